"""Read verdict.json back from an evidence folder; its content is not trusted."""

from dataclasses import replace
from pathlib import Path

from rehearsal.evidence.rerun_text import is_rerun
from rehearsal.outside.files import open_regular_file
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import MAX_SIZE, read_json


def read_verdict_file(folder: Path) -> RehearsalResult:
    """Return what the verdict.json in a folder holds. Raises `InvalidDocumentError` and OSError."""
    return parse_verdict(read_verdict_bytes(folder))


def read_verdict_bytes(folder: Path) -> bytes:
    """Return the verdict.json in a folder. Raises `InvalidDocumentError` and OSError."""
    with open_regular_file(folder / VERDICT_FILE) as file:
        content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise InvalidDocumentError(f"it is larger than {MAX_SIZE >> 20} MiB")
    return content


def parse_verdict(content: bytes) -> RehearsalResult:
    """Return what a verdict.json holds, without commands that are not ours.

    Raises `InvalidDocumentError`.
    """
    try:
        result = read_json(content.decode())
    except UnicodeDecodeError as error:
        raise InvalidDocumentError("it is not UTF-8") from error
    index = result.index
    failed, flaky = (tuple(map(_checked, tests)) for tests in (index.failed, index.flaky))
    return replace(result, index=replace(index, failed=failed, flaky=flaky))


def _checked(test: FailedTestEvidence) -> FailedTestEvidence:
    """Return a test without its command unless it is one that we write."""
    return replace(test, rerun=test.rerun if is_rerun(test.rerun, test) else "")
