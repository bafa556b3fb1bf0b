"""Ask a Django app again, in its container, for what its log does not show.

By default Django logs no traceback with DEBUG off. So one program asks for it, after failed tests
or while the app answers with 500 and is not ready: the migrations that are missing, and the pages
that answer so. It changes no verdict.
"""

from collections.abc import Sequence

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.outside.process import Sink
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.in_place_of_app import IN_PLACE_OF_APP, SET_UP_DJANGO

# In seconds.
TIMEOUT = 10.0
TRACEBACK = "Traceback (most recent call last):"
MAX_LINES = 1000
# What its lines begin with.
UNAPPLIED = "unapplied migration "
ASKED = "asked again: GET "
# Arguments: the Host header, then paths. What a view writes into the database is rolled back.
SCRIPT = rf"""{IN_PLACE_OF_APP}{SET_UP_DJANGO}
import traceback
host, *paths = sys.argv[1:]
set_up_django()
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
executor = MigrationExecutor(connection)
for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
    print("{UNAPPLIED}" + str(migration), flush=True)
for path in paths:
    print("{ASKED}" + path, flush=True)
    with transaction.atomic():
        try:
            Client(raise_request_exception=True).get(path, headers={{"host": host}})
        except Exception:
            traceback.print_exc()
        # Not before: Django refuses every query in a transaction that is to be rolled back.
        transaction.set_rollback(True)
"""


def is_silent_django(plan: Plan, log: Log) -> bool:
    """Whether the project is Django's, and its app has logged no traceback."""
    # `src/manage.py` is in the image's own working directory, which is where it is asked.
    is_django = any(any(plan.directory.glob(each)) for each in ("manage.py", "*/manage.py"))
    return is_django and TRACEBACK not in "\n".join(log.tail(MAX_LINES))


def has_memory_limit(container: Container, engine: Engine) -> bool:
    """Return whether the program could take the memory that the app needs. Raises `EngineError`."""
    return bool((engine.inspect(container.id).get("HostConfig") or {}).get("Memory"))


def ask_again(
    container: Container, engine: Engine, paths: Sequence[str], host: str, out: Sink
) -> None:
    """Run the program in the container, for at most `TIMEOUT` seconds, and hand on what it prints.

    An image that is not Django's, or has no Python, says so and nothing else.
    """
    command = ["python", "-c", SCRIPT, host, *paths]
    process = engine.execute(container.id, command, out=out)
    try:
        process.wait(TIMEOUT)
    finally:
        process.end()
