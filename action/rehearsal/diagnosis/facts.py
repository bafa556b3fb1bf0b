"""The facts of a failure: lines of text by their source."""

import json
from collections.abc import Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.file_names import BEFORE_LOG, BUILD_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.verdict import Verdict

# The log of the service, or of the worker, that the problem is about. If it is about no worker, the
# logs of all.
SERVICE_LOG = "log of the service"
WORKER_LOG = "log of the worker"
# The logs in which an app may say why it stops; a build runs parts of the app too (collectstatic).
START_LOGS = (CONTAINER_LOG, SETUP_LOG, BEFORE_LOG, WORKER_LOG, BUILD_LOG)
# What the app had logged when the tests began.
LOG_BEFORE_TESTS = f"{CONTAINER_LOG} before the tests"
# The instruction that failed in a build, what it printed, and what BuildKit says of it.
FAILED_STEP = "failed step"
# What pip says there if -r is missing before the name of a file.
PACKAGE_IS_A_FILE = r"No matching distribution found for (?P<file>\S+\.txt)$"
# What the app logged while tests ran that failed.
LOG_OF_FAILED_TESTS = f"{CONTAINER_LOG} of the failed tests"
# Where the tests start Chrome: `KIND at FILE:LINE: TEXT`, one a line.
BROWSER_STARTS = "browser starts"
# What decides whether a browser can run: `no display`, `MOZ_HEADLESS`, `root`, `memory N MiB`,
# `shared memory N MiB`; what is installed for the tests: `requirements FILE`; and how the test
# command ended: `exit code N`.
TEST_ENVIRONMENT = "test environment"
# The variables that the app misses, one `secret NAME` or `plain NAME` a line.
MISSING_VARIABLES = "missing variables"
# A file that the app was not allowed to write, as file_errors.py says.
FILE_ERROR = "file error"
# How Django's settings choose the way in which mail is sent, as mail_settings.py says.
MAIL_SETTINGS = "mail settings"
# Static files that the project does not have: `missing NAME at FILE:LINE`, `instead …`.
STATIC_NAMES = "static names"
# An address that refused the tests, as refused_connections.py says.
REFUSED_CONNECTION = "refused connection"
# The rules that may lift an element over a clicked one: `SELECTOR at FILE:LINE: TEXT`.
COVERING_STYLES = "covering styles"
# The model and the migration of what the database lacks, as migration_scan.py says.
MIGRATIONS = "migrations"
# A module of the project that its app does not find, as own_modules.py says.
OWN_MODULE = "own module"
# Files that any cause may name: `workflow`, `settings` or `code`, then the path, one a line.
LOCATIONS = "locations"
# What runs beside the app, and which address the app's variables name: companion_lines.py.
COMPANIONS = "companions"
# A server that the app could not use, as unreachable_servers.py says, and the app's words for it.
DATABASE_SERVER, DATABASE_WORDS = "database server", "words about the database server"
REDIS_SERVER, REDIS_WORDS = "Redis server", "words about the Redis server"
# Our own faults while we looked for facts, as faults.py says.
FAULTS = "faults"
# What to paste so that it fits the app: the name of a placeholder, then a line of its text.
PROPOSALS = "proposals"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of a failure with this verdict, as lines by their source.

    A source is the name of a log or of a part of it, `failed step` (of a build), `problem` (its
    message), `failures` (one failed test a line), what the stages observe (`inputs`,
    `companions`, `request`, `answer` (the last one), `answers`, `listeners`, `other pages`,
    `container`, `page links`, `final page`, `https redirects`, `console`, `test environment`), or
    what the project's files show (`locations`, `form fields`, `forms without token`, `browser
    starts`, `static names`, `covering styles`, `template name`, `template syntax`, `url name`,
    `proposals`, `workflow step`). `faults` are ours while we looked.
    """

    verdict: Verdict
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, source: str) -> str:
        """Return all lines of a source as one text, empty if there are none."""
        return "\n".join(self.lines.get(source, ()))

    def locations(self) -> dict[str, str]:
        """Return values for placeholders in the texts of any cause."""
        parts = (line.partition(" ") for line in self.lines.get(LOCATIONS, ()))
        values = {name: path for name, _, path in parts if path}
        for line in self.lines.get(PROPOSALS, ()):
            name, _, text = line.partition(" ")
            values[name] = f"{values[name]}\n{text}" if name in values else text
        return values

    def to_json(self, max_lines: int) -> str:
        """Return JSON with the last `max_lines` lines of each source."""
        lines = {source: list(found[-max_lines:]) for source, found in self.lines.items() if found}
        content = {"verdict": str(self.verdict), "lines": lines}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Read what `to_json` wrote."""
        content = json.loads(text)
        (verdict,) = (each for each in Verdict if str(each) == content["verdict"])
        return cls(
            verdict=verdict,
            lines={source: tuple(found) for source, found in content["lines"].items()},
        )
