"""Ask a Django app again, in its container, for what its log does not show.

By default Django logs no traceback with DEBUG off. So after failed tests one program asks for it:
the migrations that are missing, and the pages that answer with 500. It changes no verdict.
"""

from collections.abc import Sequence

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container

# In seconds.
TIMEOUT = 10.0
# What its lines begin with.
UNAPPLIED = "unapplied migration "
ASKED = "asked again: GET "
# Arguments: the Host header, then paths. What a view writes into the database is rolled back.
SCRIPT = rf"""
import os, re, sys, traceback
host, *paths = sys.argv[1:]
sys.path.insert(0, os.getcwd())
if "DJANGO_SETTINGS_MODULE" not in os.environ:
    manage = open("manage.py").read()
    os.environ["DJANGO_SETTINGS_MODULE"] = re.search(
        r"DJANGO_SETTINGS_MODULE['\"], *['\"]([\w.]+)", manage)[1]
import django
django.setup()
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
executor = MigrationExecutor(connection)
for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
    print("{UNAPPLIED}" + str(migration), flush=True)
for path in paths:
    print("{ASKED}" + path, flush=True)
    try:
        with transaction.atomic():
            transaction.set_rollback(True)
            Client(raise_request_exception=True).get(path, headers={{"host": host}})
    except Exception:
        traceback.print_exc()
"""


def has_memory_limit(container: Container, engine: Engine) -> bool:
    """Return whether the program could take the memory that the app needs. Raises `EngineError`."""
    return bool((engine.inspect(container.id).get("HostConfig") or {}).get("Memory"))


def ask_again(
    container: Container, engine: Engine, paths: Sequence[str], host: str, log: Log
) -> None:
    """Run the program in the container, for at most `TIMEOUT` seconds, and write what it prints.

    An image that is not Django's, or has no Python, says so in the log and nothing else.
    """
    command = ["python", "-c", SCRIPT, host, *paths]
    process = engine.execute(container.id, command, out=log.stream())
    try:
        process.wait(TIMEOUT)
    finally:
        process.end()
