"""What the runner does at the end of a job: it drops outputs in which a line of a secret occurs.

act keeps them. So a step that `workflow.with_dropped_outputs` adds to a job runs this.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from .workflow_commands import Masker

# A variable for each output; no variable's name has a hyphen, no output's an underscore.
PREFIX = "JOB_OUTPUT_"


def main(environ: Mapping[str, str] = os.environ) -> None:
    """Set the outputs that are left. SECRETS_FILE has the secrets that the caller's run has."""
    masker = Masker()
    for secrets in (environ["JOB_SECRETS"], Path(environ["SECRETS_FILE"]).read_text()):
        for value in json.loads(secrets).values():
            masker.add_secret(value)
    with Path(environ["GITHUB_OUTPUT"]).open("a") as file:
        for variable, value in environ.items():
            name = variable.removeprefix(PREFIX).replace("_", "-")
            if not variable.startswith(PREFIX) or not value:
                continue
            if masker.drops(value):
                print(f"::warning::Skip output '{name}' since it may contain secret.")
            else:
                file.write(f"{name}<<END-OF-OUTPUT\n{value}\nEND-OF-OUTPUT\n")
