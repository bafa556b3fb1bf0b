import pytest

from rehearsal.evidence.hidden_values import hide_values

PEM = 'SIGNING_SECRET = """-----BEGIN\nabc\n"""\nb = "shown"\n'


@pytest.mark.parametrize(
    "code, shown",
    [
        ('SECRET_KEY = "abc"  # why', 'SECRET_KEY = "***"  # why'),
        ('SECRET_KEY: str = r"abc"', 'SECRET_KEY: str = r"***"'),
        ("    'PASSWORD': 'a\\'abc',", "    'PASSWORD': '***',"),
        ('x = {"default": {"PASSWORD": "abc", "PORT": "5"}}', None),
        (
            'SECRET_KEY = (\n    "my-secret"\n    "abc"\n)',
            'SECRET_KEY = (\n    "***"\n    "***"\n)',
        ),
        (PEM, 'SIGNING_SECRET = """***\n\n"""\nb = "shown"\n'),
        ('API_KEY = env("API_KEY", default="abc")', 'API_KEY = env("API_KEY", default="***")'),
        ("const apiKey = process.env.API_KEY || 'abc';", None),
        ("  secretKey: `abc`,", "  secretKey: `***`,"),
        ("define('DB_PASSWORD', 'abc');", "define('DB_PASSWORD', '***');"),
        ('environ.setdefault("AUTH_TOKEN", "abc")', 'environ.setdefault("AUTH_TOKEN", "***")'),
        ("  config.password = 'abc", "  config.password = '***'"),
        ("  :password => 'abc', :user => 'x'", "  :password => '***', :user => 'x'"),
        ('log_in(password="abc", next="/home")', 'log_in(password="***", next="/home")'),
        ('URL = "postgres://me:abc@host/db"', 'URL = "postgres://***@host/db"'),
    ],
)
def test_hide_values(code: str, shown: str | None) -> None:
    found = hide_values(code)
    assert "abc" in code
    assert "abc" not in found
    assert found.count("\n") == code.count("\n")
    assert shown is None or found == shown


@pytest.mark.parametrize(
    "code",
    [
        "def test_password(self):",
        'password = browser.find_element(By.NAME, "password")',
        'browser.find_element(By.ID, "id_password").send_keys("x")',
        'self.assertIn("Password: ", page.text, "no label")',
        'assert "Password:" in text, "no label"',
        'fields = ("username", "password", "email")',
        'token = request.GET["token"]',
        'if token == "x" or not password:\n    return render(request, "home.html")',
        'TOKEN_LIFETIME = "3 days"',
        'SECRET_KEY = ""',
        'SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]',
        '{% csrf_token %}<input type="password" name="password" placeholder="x">',
        'keywords = "a"  # it\'s\nauthor = "b"',
        'see("https://example.org/a@b?c=d:e")',
    ],
)
def test_hide_values__shows_what_is_no_secret(code: str) -> None:
    assert hide_values(code) == code


@pytest.mark.parametrize(
    "part", ["a", "token=", "'", '"', "\\", "(", '"""', "://a:", "://", "a:", " ", "password = ("]
)
def test_hide_values__in_linear_time(part: str) -> None:
    assert hide_values(part * (1_000_000 // len(part)))
