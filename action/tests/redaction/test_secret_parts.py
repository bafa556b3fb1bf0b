"""The parts of a value that are replaced on their own."""

import json

import pytest

from rehearsal.redaction.secret import MIN_REPLACED_LENGTH
from rehearsal.redaction.secret_parts import secret_parts

from .test_redactor import PEM, redactor

ACCOUNT = json.dumps({"type": "service", "private_key": PEM, "nested": [{"token": "tok-a1b2c3"}]})


@pytest.mark.parametrize(
    "value, parts",
    [
        pytest.param("  a-secret\n", {"a-secret"}, id="trimmed"),
        pytest.param("one\ntwo-two\nthree-three", {"two-two", "three-three"}, id="lines"),
        pytest.param('{"pin": 123456, "port": 54321}', {"123456"}, id="number"),
        pytest.param("[-1234.5678, 1e9, true, null, 12345]", {"1234.5678"}, id="fraction"),
        pytest.param('{"a": [{"b": "secret-1"}]}', {"secret-1"}, id="nested"),
        pytest.param('{"broken": 123456', set(), id="broken-json"),
        pytest.param("[" * 100_000, set(), id="deep-json"),
        pytest.param("code 123456", set(), id="number-outside-json"),
        pytest.param("postgres://app:s3cr3t-pw@db-host:5432/prod", {"s3cr3t-pw"}, id="url"),
        pytest.param("redis://:p%40ss%2Fw0rd@h/0", {"p%40ss%2Fw0rd", "p@ss/w0rd"}, id="escaped"),
        pytest.param("mysql://u:pa@ss/w#rd@host/db", {"pa@ss/w#rd"}, id="not-escaped"),
        pytest.param("postgres://app:short@db-host:5432/production", set(), id="short-password"),
        pytest.param("https://user-name@host.example/some/path", set(), id="no-password"),
        pytest.param(
            "https://h.example/x?sig=abc%2Fdef&user=ab&api_key=abcdef;t=1%202345#frag-ment",
            {"abc%2Fdef", "abc/def", "abcdef", "1%202345", "1 2345"},
            id="query",
        ),
        pytest.param("postgres://h/db?sslmode=require&target=read-write", set(), id="options"),
        pytest.param(
            '{"url": "amqp://u:secret-1@h/v", "n": 7654321}',
            {"amqp://u:secret-1@h/v", "secret-1", "7654321"},
            id="url-in-json",
        ),
    ],
)
def test_secret_parts__without_the_whole(value: str, parts: set[str]) -> None:
    found = {part for part in secret_parts(value) if len(part) >= MIN_REPLACED_LENGTH}
    assert found - {value.strip()} == parts - {value.strip()}


def test_secret_parts__no_pem_armour() -> None:
    assert not [part for part in secret_parts(PEM) if part.startswith("-----") and len(part) < 40]


def test_redactor__strings_inside_json() -> None:
    out = redactor(ACCOUNT).redact("tok-a1b2c3 and MIIEvQIBADANBgkqhkiG9w0B and service")
    assert out == "*** and *** and ***"


def test_redactor__a_url_keeps_user_host_and_path() -> None:
    out = redactor("postgres://superlists:s3cr3t%2Dpw@db-host:5432/production").redact(
        "superlists connects to db-host:5432/production with s3cr3t-pw or s3cr3t%2Dpw"
    )
    assert out == "superlists connects to db-host:5432/production with *** or ***"
