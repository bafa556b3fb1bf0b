import pytest

from rehearsal.source.code_files import is_code


@pytest.mark.parametrize(
    "path", ["views.py", "a/secrets_of_life/x.rb", "tests/test_password.py", "src/settings.ts"]
)
def test_is_code(path: str) -> None:
    assert is_code(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env", "a/.hidden/x.py", ".x.py", "secrets.py", "a/local_secrets.py", "secrets/x.py",
        "credentials.js", "shop/local_settings.py", "shop/settings_local.py", "Password.PY",
        "key.pem", "id_rsa", "data.json", "settings.yml", "db.sqlite3", "Makefile", "",
    ],
)  # fmt: skip
def test_is_code__may_hold_secrets(path: str) -> None:
    assert not is_code(path)
