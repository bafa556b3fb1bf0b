"""Compare a rehearsal with its baseline; nothing in a baseline changes a verdict."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rehearsal.evidence.baseline_folder import BaselineFolder, NoBaselineError
from rehearsal.evidence.failed_test import with_steps
from rehearsal.outside.folder import Folder
from rehearsal.results.baseline import compare, why_not_comparable
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.picture_pair import PicturePair
from rehearsal.results.rehearsal import RehearsalResult

NOT_COMPARED = "Nothing was compared with the baseline: {}."
NO_PICTURES = "No pictures were compared with the baseline: {}."
FAULT = "an error in Dress Rehearsal ({})"
# In characters.
MAX_REASON = 500
# How many failed tests have their pictures compared, and the bytes of all these pictures: with a
# third more as text in the page, which has 5 MB at most.
MAX_PAIRS = 10
MAX_PICTURES = 1_500_000
# How long the pictures may take: nothing can cancel this.
MAX_SECONDS = 10.0


class SinceBaseline:
    """What changed since the baseline in the folder `path`; nothing without one.

    `redact` hides secrets in texts of the baseline; `warn` gets one sentence if it is of no use.
    """

    def __init__(
        self, path: Path | None, redact: Callable[[str], str], warn: Callable[[str], None]
    ) -> None:
        self._redact = redact
        self._warn = warn
        self._folder = self._open(path) if path else None

    def _open(self, path: Path) -> BaselineFolder | None:
        try:
            return BaselineFolder(path)
        except NoBaselineError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001  (a fault of ours costs no report)
            self._refuse(FAULT.format(type(error).__name__))
        return None

    def _refuse(self, reason: str) -> None:
        self._folder = None
        self._warn(NOT_COMPARED.format(cut_text(self._redact(reason), MAX_REASON)))

    def add_to(self, result: RehearsalResult) -> RehearsalResult:
        """Return the result with what changed, so far without pictures."""
        if not self._folder:
            return result
        baseline = self._folder.result
        if reason := why_not_comparable(result, baseline):
            self._refuse(reason)
            return result
        return replace(result, since=compare(result, baseline, self._redact))

    def add_pictures(self, result: RehearsalResult, evidence: Folder) -> RehearsalResult:
        """Return the result with the pictures of its failed tests, which are in `evidence`.

        verdict.json has no steps, so those of a merge are read from `evidence`. Tests that share a
        name, as those of two browsers do in a merge, have no pictures.
        """
        if not self._folder or not result.since:
            return result
        try:
            pairs = tuple(self._pairs(result, self._folder, evidence))
        except Exception as error:  # noqa: BLE001  (a fault of ours costs no report)
            self._warn(NO_PICTURES.format(FAULT.format(type(error).__name__)))
            return result
        return replace(result, since=replace(result.since, pictures=pairs))

    def _pairs(
        self, result: RehearsalResult, baseline: BaselineFolder, evidence: Folder
    ) -> Iterator[PicturePair]:
        old = set(result.since.old) if result.since else set()
        room = MAX_PICTURES
        deadline = time.monotonic() + MAX_SECONDS
        listed = result.suite_results.tests if result.suite_results else ()
        counts = Counter(each.name for each in listed)
        tests = [
            each
            for each in result.index.failed
            if each.failure.name not in old and counts[each.failure.name] <= 1
        ]
        for each in tests[:MAX_PAIRS]:
            test = each if each.steps else with_steps(each, evidence)
            if pair := baseline.picture_pair(test, evidence, room, deadline):
                room -= len(pair.before.content) + len(pair.now.content)
                yield replace(pair, step=self._redact(pair.step))
