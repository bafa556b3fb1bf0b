"""The images of Postgres and Redis that scenarios start as services: see their READMEs."""

from .leftovers import engine
from .machine import CHECKOUT, MissingToolError

# tools/services.sh makes them.
POSTGRES = "localhost/postgres-stand-in:17"
REDIS = "localhost/redis-stand-in:8"


def load_images() -> None:
    """Load the images if this engine has none; those of tools/with-engine start without.

    Raises MissingToolError when they are not made.
    """
    if (
        len(engine("image", "ls", "--quiet", "--filter", "reference=localhost/*-stand-in").split())
        == 2
    ):
        return
    saved = CHECKOUT / ".cache/services.tar"
    if not saved.exists():
        raise MissingToolError(
            f"{saved} is not there. Run `tools/set-up services`, then try again."
        )
    engine("load", "--quiet", "--input", str(saved))
