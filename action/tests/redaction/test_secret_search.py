import base64
import html
import json
import secrets
from urllib.parse import quote, quote_plus

import pytest

from rehearsal.redaction.secret_search import search_forms

from .test_redactor import PEM

ODD = "p@ss/w0rd!#Zz <&> \"quoted\" 'ü'"


def is_found(value: str, text: bytes) -> bool:
    return any(form in text for form in search_forms(value))


@pytest.mark.parametrize("value", ["Gf73hfoq93hfo", ODD, PEM, "ab12cd34ef56ab12"])
def test_forms__as_images_have_it(value: str) -> None:
    stripped = value.strip()
    texts = [
        value,
        json.dumps({"a": value}),
        json.dumps({"a": value}, ensure_ascii=False),
        quote(stripped),
        quote(stripped, safe=""),
        quote_plus(stripped),
        html.escape(stripped),
    ]
    for text in texts:
        assert is_found(value, b"<" + text.encode() + b">")


@pytest.mark.parametrize("value", ["Gf73hfoq93hfo", ODD, "ab?>12cd34ef56ab12"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "@", "@h"])
def test_forms__in_base64_at_each_alignment(value: str, before: str, after: str) -> None:
    raw = (before + value + after).encode()
    assert is_found(value, base64.b64encode(raw))
    assert is_found(value, base64.urlsafe_b64encode(raw).rstrip(b"="))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "short-1",
        "postgres",
        "password123",
        "Production",
        "smtp.example.com",
        "redis://redis:6379/0",
        "127.0.0.1:5432",
        "1234567890123456",
        "2024-01-01",
        "someone@example.com",
        "correct-horse",
        "0123456789abcdef",
        "abcdefghijklmnop",
        "-" * 40,
        "    \n",
    ],
)
def test_forms__images_may_have_it_by_chance(value: str) -> None:
    assert search_forms(value) == set()


@pytest.mark.parametrize(
    "value",
    [
        "hunter2x7",
        "correct-horse-battery-staple",
        "postgres://postgres:postgres@db:5432/app",
        "k!2#x@p-9%ab_(c=",
        "deadbeef1234cafe",
        "qWeRtYuIoP",
    ],
)
def test_forms__no_image_has_it_by_chance(value: str) -> None:
    assert value.encode() in search_forms(value)


def test_forms__generated_values_are_always_looked_for() -> None:
    for _ in range(300):
        for value in (secrets.token_hex(16), secrets.token_urlsafe(24), secrets.token_urlsafe(12)):
            assert search_forms(value)


def test_forms__the_password_of_a_url() -> None:
    value = "postgres://app:Gf73hfoq93@db.example.com/app"
    assert is_found(value, b"PASSWORD=Gf73hfoq93")
    assert not is_found(value, b"HOST=db.example.com")


def test_forms__what_is_secret_in_json() -> None:
    account = {
        "type": "service_account",
        "project_id": "my-project-123456",
        "private_key_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "private_key": PEM,
        "client_email": "app@my-project-123456.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    value = json.dumps(account)
    for part in ("private_key_id", "private_key"):
        assert is_found(value, account[part].encode())
        assert is_found(value, json.dumps(account, indent=2).encode())
    for part in ("type", "project_id", "client_email", "token_uri"):
        assert not is_found(value, account[part].encode())


def test_forms__another_key_is_not_the_secret_one() -> None:
    assert not is_found(PEM, PEM.replace("M", "N").encode())
    assert not is_found(PEM, PEM.splitlines()[0].encode())
