"""Read the evidence of an earlier rehearsal, which nobody vouches for.

Only files of known names below the folder are read, each up to a limit; no link is followed.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rehearsal.evidence.excerpts import read_excerpt
from rehearsal.evidence.failed_test import files_of
from rehearsal.evidence.folder_names import captured_name
from rehearsal.evidence.trace_content import find_attempts
from rehearsal.evidence.verdict_file import parse_verdict
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import PAGE_FILE, SHARDS_FOLDER, TESTS_FOLDER, VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.picture_format import picture_kind
from rehearsal.results.picture_pair import Picture, PicturePair, choose_pictures
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.trace_reader import read_trace

# In bytes. Larger pictures are left out; of a longer trace only the beginning is read.
MAX_VERDICT = 8 << 20
MAX_TRACE = 2 << 20
MAX_PICTURE = 400_000
MAX_SHARDS = 256
FOLDER_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
SCREENSHOT = "screenshot.png"
NO_SUCH_FOLDER = "there is no folder {}, as is normal until a first rehearsal has kept its evidence"


class NoBaselineError(Exception):
    """There is nothing to compare with; the text says why, as the end of a sentence."""


class BaselineFolder:
    """The evidence of an earlier rehearsal, held open, and what its verdict.json tells.

    Raises `NoBaselineError`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._folder = Folder(path)
        except FileNotFoundError:
            raise NoBaselineError(NO_SUCH_FOLDER.format(path)) from None
        except OSError as error:
            raise NoBaselineError(f"{path} cannot be read: {error.strerror}") from error
        self.result = self._read_verdict()

    def _read_verdict(self) -> RehearsalResult:
        try:
            with self._folder.open_file(VERDICT_FILE) as file:
                content = file.read(MAX_VERDICT + 1)
        except FileNotFoundError:
            raise NoBaselineError(
                f"{self._folder.path} has no {VERDICT_FILE}; it has to be the folder of one "
                "artifact with the evidence of a rehearsal"
            ) from None
        except OSError as error:
            raise NoBaselineError(f"its {VERDICT_FILE} cannot be read: {error.strerror}") from error
        if len(content) > MAX_VERDICT:
            raise NoBaselineError(f"its {VERDICT_FILE} is larger than {MAX_VERDICT >> 20} MiB")
        try:
            return parse_verdict(content)
        except InvalidDocumentError as error:
            raise NoBaselineError(f"its {VERDICT_FILE} is not valid: {error}") from error

    def picture_pair(
        self, test: FailedTestEvidence, evidence: Folder, room: int, deadline: float
    ) -> PicturePair | None:
        """Return the last picture of a test in the baseline, and the one of its failure.

        `evidence` is that of the failure; both pictures together have at most `room` bytes. After
        `deadline`, by the monotonic clock, no more folders are searched.
        """
        screenshot = f"{test.folder}/{SCREENSHOT}"
        name = test.failure.name
        for folder in self._folders(name):
            if time.monotonic() > deadline:
                return None
            chosen = choose_pictures(
                self._trace(folder).steps,
                test.steps,
                has_screenshot=bool(test.folder) and screenshot in test.pictures,
            )
            if not chosen:
                continue
            before = read_picture(self._folder, f"{folder}/{chosen.before}", room)
            shown = f"{test.folder}/{chosen.now}" if chosen.now else screenshot
            now = read_picture(evidence, shown, room - len(before.content)) if before else None
            if before and now:
                return PicturePair(
                    test=name,
                    before=before,
                    now=now,
                    now_path=shown,
                    step=chosen.step,
                    same_step=chosen.same_step,
                )
        return None

    def _folders(self, name: str) -> Iterator[str]:
        """Yield where files of a test that passed may be: in a merge, in those of its shards."""
        own = f"{TESTS_FOLDER}/{captured_name(name)}"
        yield own
        for shard in self.result.shards[:MAX_SHARDS]:
            parts = PurePosixPath(shard.page).parts
            is_page = len(parts) == 3 and parts[::2] == (SHARDS_FOLDER, PAGE_FILE)  # noqa: PLR2004
            if is_page and FOLDER_NAME.fullmatch(parts[1]):
                yield f"{SHARDS_FOLDER}/{parts[1]}/{own}"

    def _trace(self, folder: str) -> BrowserTrace:
        """Return the trace of the last attempt."""
        attempts = find_attempts(self._folder, files_of(self._folder, folder), flaky=False)
        last = attempts[-1].file if attempts else ""
        found = read_excerpt(self._folder, last, (MAX_TRACE, 0)) if last else None
        return read_trace(found.text) if found else BrowserTrace()


def read_picture(folder: Folder, name: str, room: int) -> Picture | None:
    """Return a picture of at most `MAX_PICTURE` and `room` bytes, if it is a PNG or a JPEG."""
    limit = min(MAX_PICTURE, room)
    try:
        with folder.open_file(name) as file:
            content = file.read(limit + 1) if limit > 0 else b""
    except (OSError, ValueError):
        return None
    kind = picture_kind(content) if 0 < len(content) <= limit else ""
    return Picture(kind=kind, content=content) if kind else None
