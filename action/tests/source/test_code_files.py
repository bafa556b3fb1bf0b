import pytest

from rehearsal.source.code_files import is_code


@pytest.mark.parametrize(
    "path",
    [
        "views.py", "a/secrets_of_life/x.rb", "tests/test_password.py", "src/settings.ts",
        "tests/test_login.py", "conftest.py", "settings.py", "proj/settings/base.py",
        "proj/settings/production.py", "app/controllers/passwords_controller.rb",
        "templates/registration/password_reset_form.html", "accounts/tokens.py",
        "instance/views.py", "private_messages.py", "localization.py", "config/__init__.py",
        "api_key_auth.ts",
    ],
)  # fmt: skip
def test_is_code(path: str) -> None:
    assert is_code(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env", "a/.hidden/x.py", ".x.py", "secrets.py", "a/local_secrets.py", "secrets/x.py",
        "credentials.js", "shop/local_settings.py", "shop/settings_local.py", "Password.PY",
        "proj/settings/local.py", "settings.local.py", "settings_secret.py", "secret_settings.py",
        "secret_key.py", "secrets.local.py", "credentials.local.ts", "config/env.local.js",
        "private_settings.py", "api_keys.py", "wp-config.php", "instance/config.py",
        "localsettings.py", "apiKeys.ts", "dev_secrets.py", "config/prod.secret.exs",
        "key.pem", "id_rsa", "data.json", "settings.yml", "db.sqlite3", "Makefile", "",
    ],
)  # fmt: skip
def test_is_code__may_hold_secrets(path: str) -> None:
    assert not is_code(path)
