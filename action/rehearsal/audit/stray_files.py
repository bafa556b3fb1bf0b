"""Which files an image should not have, by their path and by how they begin.

Left out are the files that are not the project's own: see `foreign_files`.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from rehearsal.audit.foreign_files import PACKAGES, is_foreign
from rehearsal.regex import regex

# In bytes: how much of a file is looked at.
HEAD = 1 << 16
GIT, ENV, CREDENTIALS, KEYS, DATABASES, TESTS, CACHES = KINDS = (
    "git", "env", "credentials", "keys", "databases", "tests", "caches",
)  # fmt: skip
# What stands in every private key; `is_private_key` then looks closer.
KEY_MARK = b"PRIVATE KEY-----"


class Stray(NamedTuple):
    """A file that should not be there, or the folder of such files; no slash before its path."""

    kind: str
    path: str


# What a tool keeps for its next run. Not listed is what an app may need: the environments of
# Poetry, the browsers of Playwright, models, the packages that Yarn keeps in the project.
SYSTEM_CACHES = regex(
    r"""
    (?: var/lib/apt/lists (?=/(?!lock\Z|partial/|auxfiles/))
    | var/cache/apt (?=/(?:archives/[^/]+\.deb|\w+\.bin)\Z)
    | var/cache/(?:dnf|yum|libdnf5|zypp) (?=/.*\.(?:solvx?|rpm|sqlite|xml\.\w+|zck)\Z)
    | (?:var/cache/apk|etc/apk/cache|var/cache/pacman/pkg) (?=/)
    )""",
    re.VERBOSE,
)
TOOLS_CACHES = regex(
    r"""
    (?:^|/)
    (?: \.cache/(?: pip | uv | pipenv | pypoetry/(?:cache|artifacts) | go-build | yarn | composer
                  | bazel | ccache | node-gyp | pre-commit )
    | \.npm/_cacache | \.pnpm-store | \.local/share/pnpm/store | \.bun/install/cache
    | node_modules/\.cache | \.parcel-cache | \.next/cache/webpack | \.nyc_output
    | \.pytest_cache | \.mypy_cache | \.ruff_cache | \.hypothesis | \.tox | \.nox
    | \.composer/cache | \.gradle/caches | \.m2/repository | vendor/bundle/ruby/[^/]+/cache
    | usr/local/bundle/cache | cargo/registry/cache | pkg/mod/cache/download
    ) (?=/)""",
    re.VERBOSE,
)
TEST_FOLDER = regex(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|cypress|fixtures|test_?data"
    r"|(?:unit|functional|integration|acceptance|system|end[_-]to[_-]end)[_-]?tests?)(?=/)"
)
REPOSITORY = regex(r"(?:^|/)\.git(?=/(?:HEAD\Z|config\Z|objects/))")

NO_EXAMPLE = r"(?!.*(?:example|sample|template|dist|default|schema|test|\bci\b))"
LINE = r"^[ \t]*(?:export[ \t]+)?"
SENSITIVE = r"\w{0,40}(?:SECRET|PASS|PWD|TOKEN|KEY|CREDENTIAL|AUTH|DSN)\w{0,40}"
# Variables that are made for browsers: not secret, whatever their names say.
NOT_PUBLIC = r"(?!\w{0,40}PUBLIC_|VITE_|REACT_APP_|VUE_APP_|GATSBY_)"
VALUE = r"""[ \t]*=[ \t]*['"]?[^\s'"#$]"""
LOGIN_IN_URL = r"://[^\s/:@]+:[^\s/:@$]+@"
DUMP = r"\A(?:--\s+)*(?:MySQL|MariaDB|PostgreSQL)(?: database)? dump[^\0]*"
# The kind of a file, its name, and what it has to contain. No pattern may take long, whatever the
# file contains: so its repetitions are short, or cannot overlap.
RULES = tuple(
    (kind, regex(name), regex(content.encode(), re.MULTILINE))
    for kind, name, content in (
        (ENV, r"\.env(?:\.local|\.[\w-]+\.local)?", rf"{LINE}\w{{1,80}}{VALUE}"),
        (
            ENV,
            rf"(?i:{NO_EXAMPLE}(?:\.env\.[\w.-]+|[\w.-]+\.env|\.envrc))",
            rf"{LINE}{NOT_PUBLIC}{SENSITIVE}{VALUE}|{LOGIN_IN_URL}",
        ),
        (CREDENTIALS, r"\.npmrc", r"_(?:authToken|auth|password)[ \t]*=[ \t]*[^\s$]"),
        (CREDENTIALS, r"\.netrc|\.pypirc", r"\bpassword[ \t]*[ \t=:]\s?[^\s$]"),
        (CREDENTIALS, r"\.git-credentials", LOGIN_IN_URL),
        (CREDENTIALS, r"credentials", r"^aws_secret_access_key[ \t]*=[ \t]*\S"),
        (TESTS, r"(?:test_\w+|\w+_test|tests)\.py", r"^[ \t]*(?:async )?def test"),
        (TESTS, r"conftest\.py", r"^@pytest|^import pytest|^def pytest_"),
        (
            TESTS,
            r"[\w.-]+\.(?:test|spec|cy|e2e-spec)\.[cm]?[jt]sx?",
            r"\b(?:it|test|describe)(?:\.\w{1,20}){0,2}\s?\(",
        ),
        (TESTS, r"\w+_test\.go", r"^func (?:Test|Benchmark|Fuzz|Example)"),
        (TESTS, r"\w+_(?:spec|test)\.rb", r"\bdescribe\b|\bdef test_|^[ \t]*test ['\"]"),
        (TESTS, r"\w+Test\.php", r"function test|#\[Test\]|@test\b"),
        (TESTS, r"\w+(?:Tests?|IT)\.(?:java|kt)", r"@Test\b"),
        (TESTS, r"\w+Tests?\.cs", r"\[(?:Fact|Theory|Test|TestMethod)\b"),
        (TESTS, r"\w+_test\.exs", r"^[ \t]*use ExUnit|^[ \t]*test ['\"]"),
        (DATABASES, r".+\.(?:sql|dump)", DUMP + r"^(?:INSERT INTO |COPY .* FROM stdin)"),
        (DATABASES, r"(?!\.coverage\b).+", r"\A(?:SQLite format 3\0|PGDMP|REDIS00)"),
    )
)
KEY_BEGIN = regex(
    rb"""(?:\A|[\0\n\r"'`>]|\\n)[ \t]*-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"""
    rb"(?:\s|\\[nr]|[\w-]+: [^\n]+\n)+[A-Za-z0-9+/]{40}"
)
# Debian's package ssl-cert makes this one for every machine that has none.
SNAKEOIL = "ssl-cert-snakeoil.key"


def find_stray(path: str, read: Callable[[int], bytes]) -> Stray | None:
    """Return what a file is that should not be there, or None.

    The path has no slash before it. `read` returns the next bytes of the file, at most so many.
    """
    cache = SYSTEM_CACHES.match(path) or TOOLS_CACHES.search(path)
    if cache and not PACKAGES.search(path, 0, cache.start() + 1):
        return Stray(CACHES, path[: cache.end()])
    if is_foreign(path):
        return None
    if repository := REPOSITORY.search(path):
        return Stray(GIT, path[: repository.end()])
    folder = TEST_FOLDER.search(path)
    name, head = path.rpartition("/")[2], read(HEAD)
    for kind, name_pattern, content in RULES:
        if kind == DATABASES and (folder or path.startswith("etc/")):
            continue
        if name_pattern.fullmatch(name) and content.search(head):
            return Stray(kind, path[: folder.end()] if folder and kind == TESTS else path)
    return None


def is_private_key(path: str, text: bytes) -> bool:
    """Whether there is a private key in a file of the project, where `text` has `KEY_MARK`."""
    return (
        not is_foreign(path)
        and not TEST_FOLDER.search(path)
        and not path.endswith(SNAKEOIL)
        and KEY_BEGIN.search(text) is not None
    )
