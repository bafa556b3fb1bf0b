import pytest

from rehearsal.diagnosis.facts import LOG_OF_FAILED_TESTS, Facts
from rehearsal.diagnosis.key_lines import MAX_KEY_LINES, key_lines
from rehearsal.verdict import Verdict

LOG = ("starting", "KeyError: 'A'", "starting", "KeyError: 'B'", "bye")


def facts(verdict: Verdict = Verdict.CRASHED, **lines: tuple[str, ...]) -> Facts:
    return Facts(verdict=verdict, lines=lines)


@pytest.mark.parametrize(
    "lines, expected",
    [
        pytest.param(
            ("hello", "tiny: queue cannot be reached", "bye"),
            ("tiny: queue cannot be reached",),
            id="error",
        ),
        pytest.param(
            ('  File "/x/error.py", line 1', "    raise Broken", "app.BrokenError: no"),
            ("app.BrokenError: no",),
            id="exception without frame",
        ),
        pytest.param(("FATAL role", "FATAL role", "x"), ("FATAL role",), id="no repetition"),
        pytest.param(
            (
                "[7] [ERROR] Exception in worker process",
                "shop.FlagError: no flags",
                "[1] [ERROR] Worker (pid:7) exited with code 3",
                "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>",
                "[1] [ERROR] Shutting down: Master",
                "[1] [ERROR] Reason: Worker failed to boot.",
            ),
            ("shop.FlagError: no flags",),
            id="no messages of the server",
        ),
        pytest.param(
            ("quiet", "Worker failed to boot."),
            ("quiet", "Worker failed to boot."),
            id="messages of the server only",
        ),
        pytest.param(("a", "", "b"), ("a", "b"), id="last lines without an error"),
        pytest.param((), (), id="empty"),
    ],
)
def test_key_lines__of_one_source(lines: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert key_lines(facts(log=lines), ["log"]) == expected


def test_key_lines__last_ones() -> None:
    lines = tuple(f"error {n}" for n in range(20))
    assert key_lines(facts(log=lines), ["log"]) == lines[-MAX_KEY_LINES:]


def test_key_lines__next_source() -> None:
    assert key_lines(facts(log=LOG, other=("x error",)), ["none", "other", "log"]) == ("x error",)


DOCUMENTATION = (
    "; For documentation on this error, please visit: https://www.selenium.dev/documentation/"
    "webdriver/troubleshooting/errors#nosuchelementexception"
)
# What chromedriver 156 and Firefox 153 said, as selenium 4 words it.
CHROME = f"""\
selenium.common.exceptions.NoSuchElementException: Message: no such element: Unable to locate \
element: {{"method":"css selector","selector":"[id="id_list_table"]"}}
  (Session info: chrome=156.0.8078.108){DOCUMENTATION}
Stacktrace:
#0 0x55814192c97e <unknown>
#1 0x55814123d264 <unknown>
#17 0x7f2876bfc1f5 <unknown>"""
FIREFOX = f"""\
selenium.common.exceptions.NoSuchElementException: Message: Unable to locate element: \
[id="id_list_table"]{DOCUMENTATION}
Stacktrace:
RemoteError@chrome://remote/content/shared/RemoteError.sys.mjs:8:8
WebDriverError@chrome://remote/content/shared/webdriver/Errors.sys.mjs:169:5
NoSuchElementError@chrome://remote/content/shared/webdriver/Errors.sys.mjs:538:5
dom.find/</<@chrome://remote/content/shared/DOM.sys.mjs:137:16"""


@pytest.mark.parametrize("margin", ["", "E   "], ids=["unittest", "pytest"])
@pytest.mark.parametrize("words", [CHROME, FIREFOX], ids=["Chrome", "Firefox"])
def test_key_lines__none_of_the_driver_s(words: str, margin: str) -> None:
    lines = [f"{margin}{line}" for line in words.splitlines()]
    log = ("Traceback (most recent call last):", *lines, "", "FAILED (errors=1)")
    (line,) = key_lines(facts(log=log), ["log"])
    assert line == lines[0].removesuffix(DOCUMENTATION)


def of_failed_tests(*app: str) -> tuple[str, ...]:
    lines = {LOG_OF_FAILED_TESTS: app, "failures": ("t: NoSuchElementException: #id",)}
    known = Facts(verdict=Verdict.TESTS_FAILED, lines=lines)
    return key_lines(known, [LOG_OF_FAILED_TESTS, "failures"])


def test_key_lines__what_the_app_says_of_a_failed_test_comes_first() -> None:
    exception = "django.template.exceptions.TemplateDoesNotExist: list.html"
    assert of_failed_tests(
        '"GET /lists/7/ HTTP/1.1" 200 -',
        "Not Found: /favicon.ico",
        "Internal Server Error: /lists/new",
        "Traceback (most recent call last):",
        '  File "/venv/lib/python3.13/site-packages/django/core/handlers/exception.py", line 55',
        "    response = get_response(request)",
        exception,
    ) == ("Internal Server Error: /lists/new", exception)


@pytest.mark.parametrize(
    "app, expected",
    [
        (
            ("Forbidden (CSRF token missing.): /lists/new", "bye"),
            "Forbidden (CSRF token missing.): /lists/new",
        ),
        (
            ("TypeError: no plan", "    at next (/app/node_modules/express/lib/route.js:149:13)"),
            "TypeError: no plan",
        ),
        (
            ("2026-11-29 12:00:00 ERROR shop: no stock",),
            "2026-11-29 12:00:00 ERROR shop: no stock",
        ),
    ],
    ids=["Django forbids it", "only installed code", "a level"],
)
def test_key_lines__of_the_app(app: tuple[str, ...], expected: str) -> None:
    assert of_failed_tests(*app) == (expected,)


@pytest.mark.parametrize(
    "app",
    [
        (),
        ('"GET /error HTTP/1.1" 200 -', "Not Found: /favicon.ico", "(the app wrote nothing)"),
        ("[1] [ERROR] Reason: Worker failed to boot.",),
    ],
    ids=["silence", "requests", "the server"],
)
def test_key_lines__what_the_test_saw_if_the_app_says_nothing(app: tuple[str, ...]) -> None:
    assert of_failed_tests(*app) == ("t: NoSuchElementException: #id",)


def test_key_lines__headings_if_there_is_nothing_else() -> None:
    assert key_lines(facts(log=("Errors:",)), ["log"]) == ("Errors:",)
