"""Environment variables that apps in Ruby, Elixir, Rust and Java need to start."""

import re
from collections.abc import Iterator
from itertools import islice

from rehearsal.regex import regex
from rehearsal.source.code_search import MAX_FILES, TEST_PATH
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.settings_variables import SettingsVariable

NAME = r"[\"'](?P<name>[A-Z][A-Z0-9_]{2,99})[\"']"
# Suffixes of files, and code that reads a variable without a default.
READINGS = (
    ((".rb", ".yml", ".ru", ".erb"), rf"\bENV\.fetch\(\s*{NAME}\s*\)(?!\s*(?:\{{|do\b))"),
    ((".ex", ".exs"), rf"\bSystem\.fetch_env!\(\s*{NAME}"),
    ((".ex", ".exs"), rf"\bSystem\.get_env\(\s*{NAME}\s*\)\s*\|\|\s*raise\b"),
    ((".rs",), rf"\benv::var\(\s*{NAME}\s*\)\s*\.(?:unwrap|expect)\("),
    (("application.properties", "application.yml", "application.yaml"),
     r"\$\{(?P<name>[A-Z][A-Z0-9_]{2,99})\}"),
)  # fmt: skip
RAILS = regex(r"^[ \t]*gem [\"']rails[\"']", re.MULTILINE)
KEY_OF_RAILS = "SECRET_KEY_BASE"


def other_variables(project: ProjectFiles) -> Iterator[SettingsVariable]:
    """Yield the variables that the files of a project read without a default."""
    paths = (path for path in project.below(".") if not TEST_PATH.search(path))
    for path in islice(paths, MAX_FILES * 4):
        for ends, pattern in READINGS:
            if path.endswith(ends):
                text = project.read(path)
                for found in re.finditer(pattern, text):
                    line = text.count("\n", 0, found.start()) + 1
                    yield SettingsVariable(name=found["name"], path=path, line=line)
    gems = project.read("Gemfile")
    if rails := RAILS.search(gems):
        # Without it, Rails starts only if it has a key file that git does not have.
        line = gems.count("\n", 0, rails.end()) + 1
        yield SettingsVariable(name=KEY_OF_RAILS, path="Gemfile", line=line)
