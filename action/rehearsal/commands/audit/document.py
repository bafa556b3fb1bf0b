"""The result of an audit as a document for programs, or for a comment."""

import re
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.finish import Ending
from rehearsal.outside.git import NoCheckoutError, find_top
from rehearsal.report.sarif import sarif
from rehearsal.report.summary import summary
from rehearsal.results.verdict_json import write_json

FORMATS = ("json", "markdown", "sarif")


def make_document(ending: Ending, kind: str, dockerfile: str) -> str:
    """Return how an audit ended as verdict.json, as the job summary, or as SARIF.

    No line is a command that GitHub's runner obeys in the log of a step.
    """
    result = ending.result
    if kind == "markdown":
        markdown = summary(result, evidence=result.evidence_path if ending.keeps_evidence else "")
        return re.sub(r"(?m)^(\s*)::", r"\1&#58;:", markdown).replace("##[", "&#35;#[")
    text = sarif(result, dockerfile=dockerfile) if kind == "sarif" else write_json(result)
    return text.replace("##[", r"\u0023#[")


def find_dockerfile(name: str, environ: Mapping[str, str], cwd: Path) -> str:
    """Return the path of a Dockerfile in the checkout, empty if there is none."""
    file = (cwd / name).resolve()
    try:
        return str(file.relative_to(find_top(cwd, environ).resolve())) if file.is_file() else ""
    except (NoCheckoutError, ValueError):
        return ""
