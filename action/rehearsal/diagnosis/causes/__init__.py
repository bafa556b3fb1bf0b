"""The known causes as data, the root first: where several fit, the first explains the others."""

from rehearsal.diagnosis.causes.build import MAKING
from rehearsal.diagnosis.causes.database import DATABASE
from rehearsal.diagnosis.causes.environment import MACHINE
from rehearsal.diagnosis.causes.http_answers import ANSWERING
from rehearsal.diagnosis.causes.startup import ENDING, STARTING
from rehearsal.diagnosis.causes.tests import TESTING

CAUSES = (*MACHINE, *STARTING, *DATABASE, *ANSWERING, *TESTING, *ENDING, *MAKING)
