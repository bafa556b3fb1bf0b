"""The known causes as data, the root first: where several fit, the first explains the others."""

from rehearsal.diagnoses.answering import ANSWERING
from rehearsal.diagnoses.database import DATABASE
from rehearsal.diagnoses.machine import MACHINE
from rehearsal.diagnoses.making import MAKING
from rehearsal.diagnoses.starting import ENDING, STARTING
from rehearsal.diagnoses.testing import TESTING

CAUSES = (*MACHINE, *STARTING, *DATABASE, *ANSWERING, *TESTING, *ENDING, *MAKING)
