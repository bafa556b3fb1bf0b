"""The known causes, in order: if several fit, the first one explains the others."""

from rehearsal.diagnosis.causes.addresses import ADDRESSES
from rehearsal.diagnosis.causes.browser import BROWSER
from rehearsal.diagnosis.causes.build import BUILD
from rehearsal.diagnosis.causes.connections import CONNECTIONS
from rehearsal.diagnosis.causes.covered import COVERED_ELEMENT
from rehearsal.diagnosis.causes.database import DATABASE
from rehearsal.diagnosis.causes.engine_and_inputs import ENGINE_AND_INPUTS
from rehearsal.diagnosis.causes.file_system import FILE_SYSTEM
from rehearsal.diagnosis.causes.http_answers import HTTP_ANSWERS
from rehearsal.diagnosis.causes.mail import MAIL
from rehearsal.diagnosis.causes.modules import MODULES
from rehearsal.diagnosis.causes.page import PAGE
from rehearsal.diagnosis.causes.programs import PROGRAMS
from rehearsal.diagnosis.causes.servers import SERVERS
from rehearsal.diagnosis.causes.services import BEFORE_COMMAND, SERVICES
from rehearsal.diagnosis.causes.startup import CONTAINER_EXIT, STARTUP
from rehearsal.diagnosis.causes.static_files import STATIC_FILES, WRONG_NAMES
from rehearsal.diagnosis.causes.suite import SUITE
from rehearsal.diagnosis.causes.templates import TEMPLATES
from rehearsal.diagnosis.causes.tests import TESTS
from rehearsal.diagnosis.causes.variables import VARIABLES

CAUSES = (
    *PROGRAMS,
    *ENGINE_AND_INPUTS,
    *SERVICES,
    *VARIABLES,
    *MODULES,
    *STARTUP,
    *SERVERS,
    *DATABASE,
    *FILE_SYSTEM,
    *MAIL,
    *ADDRESSES,
    *WRONG_NAMES,
    *TEMPLATES,
    *HTTP_ANSWERS,
    *BROWSER,
    *SUITE,
    *CONNECTIONS,
    *TESTS,
    *STATIC_FILES,
    *PAGE,
    *COVERED_ELEMENT,
    *CONTAINER_EXIT,
    *BEFORE_COMMAND,
    *BUILD,
)
