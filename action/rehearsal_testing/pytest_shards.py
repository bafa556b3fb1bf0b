"""The part of the pytest plugin that deselects the tests of other shards."""

import os
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal_testing.dotted_names import as_dotted_name
from rehearsal_testing.durations import read_durations
from rehearsal_testing.errors import RehearsalSettingsError
from rehearsal_testing.plugin_state import PLUGIN_STATE
from rehearsal_testing.pytest_items import case_of
from rehearsal_testing.shard import Shard, ShardAssignment
from rehearsal_testing.shard_filter import write_deselected_counts

_SHARD = pytest.StashKey[Shard | None]()
_DESELECTED = pytest.StashKey[int]()
# The key under which a worker of xdist sends its number of deselected tests to the main process.
_WORKER_OUTPUT = "rehearsal_deselected"


def pytest_configure(config: pytest.Config) -> None:
    """Read REHEARSAL_SHARD; from now on test cases do not select themselves."""
    try:
        config.stash[_SHARD] = Shard.from_environ(os.environ)
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
    PLUGIN_STATE.handles_shards = True


def pytest_unconfigure() -> None:
    PLUGIN_STATE.handles_shards = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests of other shards, among those that no other plugin has deselected."""
    shard = config.stash[_SHARD]
    if shard is None:
        return
    assignment = ShardAssignment.balance(_durations(), shard.count)
    selected: list[pytest.Item] = []
    deselected: list[pytest.Item] = []
    for item in items:
        number = assignment.shard_of(case_of(item).id, as_dotted_name(item.nodeid))
        (selected if number == shard.number else deselected).append(item)
    items[:] = selected
    config.stash[_DESELECTED] = len(deselected)
    config.hook.pytest_deselected(items=deselected)
    # Also write a count of 0. Otherwise tests that `-k` has deselected would count as tests of
    # other shards.
    counts = Counter(case_of(item).classname for item in deselected) or {"pytest": 0}
    write_deselected_counts(counts, os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a shard without tests pass if other shards have some."""
    deselected = session.config.stash.get(_DESELECTED, 0)
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and deselected:
        session.exitstatus = pytest.ExitCode.OK
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_WORKER_OUTPUT] = deselected


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the number of deselected tests, the same in each worker of xdist."""
    if deselected := getattr(node, "workeroutput", {}).get(_WORKER_OUTPUT, 0):
        node.config.stash[_DESELECTED] = deselected


def _durations() -> Mapping[str, float]:
    try:
        return read_durations(lambda problem: warnings.warn(problem, stacklevel=1))
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
