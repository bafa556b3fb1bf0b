"""Programs that run in the container: its health check, Django's commands, a list of packages."""

from rehearsal.audit.observations import DjangoProject, ProgramOutput, PythonPackages
from rehearsal.pipeline.audit.subject import Subject


def run_healthcheck(subject: Subject) -> ProgramOutput | None:
    """Run the test that the image's HEALTHCHECK declares; None if it declares none."""
    del subject
    return None


def ask_django(subject: Subject) -> DjangoProject | None:
    """Ask a Django project for its deployment checks and its migrations."""
    del subject
    return None


def read_packages(subject: Subject) -> PythonPackages | None:
    """Read the requirements file in the image, and which packages are installed."""
    del subject
    return None
