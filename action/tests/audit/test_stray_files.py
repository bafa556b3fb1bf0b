import io
import time

import pytest

from rehearsal.audit.stray_files import (
    CACHES,
    CREDENTIALS,
    DATABASES,
    ENV,
    GIT,
    HEAD,
    KEY_MARK,
    KINDS,
    RULES,
    TESTS,
    Stray,
    find_stray,
    is_private_key,
)

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDf"
PY_TEST = b"import unittest\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n"
JS_TEST = b"import { it } from 'vitest';\nit('works', () => {});\n"
SQLITE = b"SQLite format 3\0" + bytes(100)
DUMP = b"--\n-- PostgreSQL database dump\n--\n\nSET x = 0;\nCOPY public.users (id) FROM stdin;\n1\n"


def stray(path: str, content: bytes = b"content") -> Stray | None:
    return find_stray(path, io.BytesIO(content).read)


@pytest.mark.parametrize(
    "path, folder",
    [
        ("app/.git/HEAD", "app/.git"),
        (".git/objects/ab/cdef", ".git"),
        ("usr/share/nginx/html/.git/config", "usr/share/nginx/html/.git"),
    ],
)
def test_git(path: str, folder: str) -> None:
    assert stray(path) == (GIT, folder)


@pytest.mark.parametrize(
    "path",
    [
        "app/.gitignore",
        "app/.github/workflows/ci.yml",
        "app/.git",
        "app/node_modules/odd/.git/HEAD",
        "root/.nvm/.git/HEAD",
        "usr/lib/git-core/templates/.git/config",
    ],
)
def test_git__of_others_or_none(path: str) -> None:
    assert stray(path) is None


@pytest.mark.parametrize(
    "path, content",
    [
        ("app/.env", b"DEBUG=1\n"),
        ("app/.env", b"# the app\n\nexport SECRET_KEY = 'x'\n"),
        ("app/.env.local", b"A=1"),
        ("app/.env.production.local", b"A=1"),
        ("app/.env.production", b"DB_PASSWORD=hush-hush"),
        ("app/prod.env", b"API_TOKEN=abc"),
        ("app/.envrc", b"export AWS_SECRET_ACCESS_KEY=abc"),
        ("app/.env.staging", b"DATABASE_URL=postgres://app:pass@db/app"),
        ("usr/src/app/.env", b"A=1"),
        ("usr/share/nginx/html/.env", b"A=1"),
    ],
)
def test_env(path: str, content: bytes) -> None:
    assert stray(path, content) == (ENV, path)


@pytest.mark.parametrize(
    "path, content",
    [
        ("app/.env", b"# nothing\nSECRET_KEY=\nTOKEN=''\n\n"),
        ("app/.env", b"SECRET_KEY=$SECRET_KEY\n"),
        ("app/.env.example", b"SECRET_KEY=change-me"),
        ("app/.env.dist", b"SECRET_KEY=change-me"),
        ("app/.env.test", b"SECRET_KEY=only-for-tests"),
        ("app/example.env", b"SECRET_KEY=change-me"),
        # What frameworks put into the page.
        ("app/.env.production", b"VITE_API_URL=https://api.example.com\nVITE_MAPS_KEY=public\n"),
        ("app/.env.production", b"NEXT_PUBLIC_KEY=public\nSECRET=${SECRET}\n"),
        ("app/env.py", b"SECRET_KEY=1"),
        ("app/node_modules/dotenv/.env", b"A=1"),
        ("usr/share/doc/x/.env", b"A=1"),
    ],
)
def test_env__without_values_or_of_others(path: str, content: bytes) -> None:
    assert stray(path, content) is None


@pytest.mark.parametrize(
    "path, content",
    [
        ("root/.npmrc", b"//registry.example.com/:_authToken=npm_abc\n"),
        ("root/.netrc", b"machine example.com login me password hush\n"),
        ("root/.pypirc", b"[pypi]\nusername = __token__\npassword = pypi-abc\n"),
        ("root/.git-credentials", b"https://me:token@github.com\n"),
        ("root/.aws/credentials", b"[default]\naws_secret_access_key = abc\n"),
    ],
)
def test_credentials(path: str, content: bytes) -> None:
    assert stray(path, content) == (CREDENTIALS, path)


@pytest.mark.parametrize(
    "path, content",
    [
        ("app/.npmrc", b"registry=https://registry.example.com\nengine-strict=true\n"),
        ("app/.npmrc", b"//registry.example.com/:_authToken=${NPM_TOKEN}\n"),
        ("app/credentials", b"about credentials\n"),
    ],
)
def test_credentials__none(path: str, content: bytes) -> None:
    assert stray(path, content) is None


@pytest.mark.parametrize(
    "path, content, found",
    [
        ("app/tests/unit/test_x.py", PY_TEST, "app/tests"),
        ("app/lists/tests.py", PY_TEST, "app/lists/tests.py"),
        ("src/functional_tests/test_login.py", PY_TEST, "src/functional_tests"),
        ("app/conftest.py", b"import pytest\n", "app/conftest.py"),
        ("app/src/Button.test.tsx", JS_TEST, "app/src/Button.test.tsx"),
        ("app/cypress/e2e/login.cy.js", b"describe('x', () => {})", "app/cypress"),
        ("app/src/__tests__/a.test.js", b"test.each([1])('x', f)", "app/src/__tests__"),
        ("src/main_test.go", b"package main\nfunc TestX(t *testing.T) {}\n", "src/main_test.go"),
        ("app/spec/models/user_spec.rb", b"RSpec.describe User do\nend\n", "app/spec"),
        ("app/test/a_test.rb", b"class A\n  test 'it works' do\n", "app/test"),
        ("app/tests/Unit/ATest.php", b"public function testIt()", "app/tests"),
        ("src/test/java/ATest.java", b"@Test\nvoid it() {}", "src/test"),
        ("src/ATests.cs", b"[Fact]\npublic void It()", "src/ATests.cs"),
        ("app/test/a_test.exs", b"defmodule A do\n  use ExUnit.Case\n", "app/test"),
    ],
)
def test_tests(path: str, content: bytes, found: str) -> None:
    assert stray(path, content) == (TESTS, found)


@pytest.mark.parametrize(
    "path, content",
    [
        # As `startapp` of Django makes it.
        (
            "app/lists/tests.py",
            b"from django.test import TestCase\n\n# Create your tests here.\n",
        ),
        ("app/ab_test.py", b"def choose(user):\n    return user.id % 2\n"),
        ("app/test_runner.py", b"class Runner:\n    pass\n"),
        ("app/tests/__init__.py", b""),
        ("app/tests/data.json", b"{}"),
        ("venv/lib/python3.13/site-packages/django/test/test_x.py", PY_TEST),
        ("usr/lib/python3/dist-packages/numpy/tests/test_x.py", PY_TEST),
        ("usr/local/lib/python3.13/test/test_ast.py", PY_TEST),
        ("root/.local/share/uv/python/x/lib/python3.12/test/test_ast.py", PY_TEST),
        ("app/node_modules/x/a.test.js", JS_TEST),
        ("usr/local/lib/node_modules/npm/test/a.test.js", JS_TEST),
        ("usr/local/bundle/gems/x-1.0/spec/a_spec.rb", b"describe X do\n"),
        ("app/vendor/phpunit/tests/ATest.php", b"function testIt()"),
        ("usr/local/go/src/net/net_test.go", b"func TestX(t *testing.T) {}\n"),
        ("go/pkg/mod/x@v1/a_test.go", b"func TestX(t *testing.T) {}\n"),
    ],
)
def test_tests__of_others_or_none(path: str, content: bytes) -> None:
    assert stray(path, content) is None


@pytest.mark.parametrize(
    "path, content",
    [
        ("app/db.sqlite3", SQLITE),
        ("data/anything", SQLITE),
        ("app/backup.sql", DUMP),
        ("app/backup.sql", b"-- MySQL dump 10.13\n\nINSERT INTO `users` VALUES (1);\n"),
        ("app/latest.dump", b"PGDMP\x01\x0e"),
        ("data/dump.rdb", b"REDIS0011\xfa"),
    ],
)
def test_databases(path: str, content: bytes) -> None:
    assert stray(path, content) == (DATABASES, path)


@pytest.mark.parametrize(
    "path, content",
    [
        ("app/db.sqlite3", b""),
        ("app/schema.sql", b"CREATE TABLE users (id integer);\nINSERT INTO a VALUES (1);\n"),
        ("app/structure.sql", DUMP.partition(b"COPY")[0]),
        ("app/.coverage", SQLITE),
        ("app/tests/fixtures/small.sqlite3", SQLITE),
        ("var/lib/rpm/rpmdb.sqlite", SQLITE),
        ("etc/pki/nssdb/cert9.db", SQLITE),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", SQLITE),
        ("venv/lib/python3.13/site-packages/x/data.db", SQLITE),
    ],
)
def test_databases__of_others_or_none(path: str, content: bytes) -> None:
    assert stray(path, content) is None


@pytest.mark.parametrize(
    "path, folder",
    [
        ("root/.cache/pip/http/a/b", "root/.cache/pip"),
        ("root/.cache/uv/wheels-v5/x", "root/.cache/uv"),
        ("root/.cache/pypoetry/cache/x", "root/.cache/pypoetry/cache"),
        ("root/.cache/go-build/00/x", "root/.cache/go-build"),
        ("root/.npm/_cacache/index-v5/x", "root/.npm/_cacache"),
        ("usr/local/share/.cache/yarn/v6/x", "usr/local/share/.cache/yarn"),
        ("app/node_modules/.cache/babel/x", "app/node_modules/.cache"),
        ("app/.pytest_cache/README.md", "app/.pytest_cache"),
        ("app/.mypy_cache/3.13/x", "app/.mypy_cache"),
        ("var/lib/apt/lists/mirror.example_debian_dists_trixie_InRelease", "var/lib/apt/lists"),
        ("var/cache/apt/archives/git_1_amd64.deb", "var/cache/apt"),
        ("var/cache/apt/pkgcache.bin", "var/cache/apt"),
        ("var/cache/apk/APKINDEX.abc.tar.gz", "var/cache/apk"),
        ("var/cache/dnf/fedora-abc/packages/x.rpm", "var/cache/dnf"),
        ("usr/local/bundle/cache/rack.gem", "usr/local/bundle/cache"),
        ("go/pkg/mod/cache/download/x", "go/pkg/mod/cache/download"),
    ],
)
def test_caches(path: str, folder: str) -> None:
    assert stray(path) == (CACHES, folder)


@pytest.mark.parametrize(
    "path",
    [
        # Debian's images have these, and apt makes them again.
        "var/lib/apt/lists/lock",
        "var/lib/apt/lists/auxfiles/x",
        "var/cache/apt/archives/lock",
        "var/cache/debconf/config.dat",
        "var/cache/dnf/last_makecache",
        # What the app runs with.
        "root/.cache/pypoetry/virtualenvs/app/bin/python",
        "root/.cache/ms-playwright/chromium/chrome",
        "root/.cache/huggingface/hub/model",
        "app/.yarn/cache/react.zip",
        "app/.next/cache/images/x",
        "usr/local/lib/ruby/gems/3.3.0/cache/bigdecimal.gem",
        "app/node_modules/x/.nyc_output/a.json",
        "venv/lib/python3.13/site-packages/x/.pytest_cache/README.md",
        "app/cache/views.py",
    ],
)
def test_caches__none(path: str) -> None:
    assert stray(path) is None


@pytest.mark.parametrize("algorithm", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize(
    "text",
    [
        "{begin}\n{body}\n",
        "-----END CERTIFICATE-----\n{begin}\r\n{body}\r\n",
        "{begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}\n",
        '"private_key": "{begin}\\n{body}',
        'KEY = """{begin}\n{body}',
    ],
    ids=["alone", "bundle", "encrypted", "json", "source"],
)
def test_keys(algorithm: str, text: str) -> None:
    begin = f"-----BEGIN {algorithm}PRIVATE KEY-----"
    content = text.format(begin=begin, body=BODY).encode()
    assert KEY_MARK in content
    # As it stands in a layer, after the zeros of a header.
    for before in (b"", b"\0" * 9):
        assert is_private_key("app/key.pem", before + content)


@pytest.mark.parametrize(
    "path, text",
    [
        ("app/auth.py", 'if "-----BEGIN PRIVATE KEY-----" in text:\n    return load(text)\n'),
        ("app/README.md", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"),
        ("app/README.md", "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----\n"),
        ("app/key.pem", f"-----END PRIVATE KEY-----\n{BODY}"),
        ("app/tests/key.pem", f"-----BEGIN PRIVATE KEY-----\n{BODY}"),
        ("etc/ssl/private/ssl-cert-snakeoil.key", f"-----BEGIN PRIVATE KEY-----\n{BODY}"),
        ("usr/share/doc/x/key.pem", f"-----BEGIN PRIVATE KEY-----\n{BODY}"),
        ("venv/lib/python3.13/site-packages/x/key.pem", f"-----BEGIN PRIVATE KEY-----\n{BODY}"),
    ],
)
def test_keys__none_or_of_others(path: str, text: str) -> None:
    assert not is_private_key(path, text.encode())


def test_rules__of_known_kinds() -> None:
    assert {kind for kind, _, _ in RULES} <= set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        " ",
        "KEY",
        "it.",
        "it.it(",
        "password ",
        "://a:",
        "a",
        "-- ",
        "_",
        "\nINSERT INTO",
        "A=",
    ],
)
def test_rules__no_content_takes_long(text: str) -> None:
    for before in ("", "-- MySQL dump "):
        content = (before + text * HEAD)[:HEAD].encode()
        began = time.process_time()
        for _, _, pattern in RULES:
            pattern.search(content)
        # A pattern that goes back and forth would take minutes.
        assert time.process_time() - began < 5
