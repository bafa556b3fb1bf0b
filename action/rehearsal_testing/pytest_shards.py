"""The part of the pytest plugin that leaves tests to other shards."""

import os
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal_testing.dotted_names import own_name
from rehearsal_testing.durations import read_durations
from rehearsal_testing.errors import RehearsalSettingsError
from rehearsal_testing.plugin_state import RUNNER
from rehearsal_testing.pytest_items import case_of
from rehearsal_testing.shard import Division, Shard
from rehearsal_testing.shard_filter import tell_left

_SHARD = pytest.StashKey[Shard | None]()
_LEFT = pytest.StashKey[int]()
# Where a worker of xdist leaves word for the first process.
_OUTPUT = "rehearsal_left"


def pytest_configure(config: pytest.Config) -> None:
    """Read REHEARSAL_SHARD; from here on no test case decides for itself."""
    try:
        config.stash[_SHARD] = Shard.from_environ(os.environ)
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
    RUNNER.shards = True


def pytest_unconfigure() -> None:
    RUNNER.shards = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what other shards run, of what everybody else has left."""
    shard = config.stash[_SHARD]
    if shard is None:
        return
    division = Division.of(_seconds(), shard.count)
    here: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        number = division.number_of(case_of(item).id, own_name(item.nodeid))
        (here if number == shard.number else left).append(item)
    items[:] = here
    config.stash[_LEFT] = len(left)
    config.hook.pytest_deselected(items=left)
    # None is told, too: what `-k` has deselected would else pass for the other shards' tests.
    tell_left(Counter(case_of(item).classname for item in left) or {"pytest": 0}, os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let an empty shard pass where the others have tests; let a worker say what it has left."""
    left = session.config.stash.get(_LEFT, 0)
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and left:
        session.exitstatus = pytest.ExitCode.OK
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = left


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker of xdist what each of them has left to other shards."""
    if left := getattr(node, "workeroutput", {}).get(_OUTPUT, 0):
        node.config.stash[_LEFT] = left


def _seconds() -> Mapping[str, float]:
    try:
        return read_durations(lambda problem: warnings.warn(problem, stacklevel=1))
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
