import pytest

from .projects import (
    BROWSER_TEST,
    SRC_LAYOUT,
    STARTPROJECT,
    changed,
    draft_of,
)

SETTINGS = "shop/settings.py"


def test_startproject__only_what_no_default_says() -> None:
    draft = draft_of(STARTPROJECT)
    assert draft.inputs() == {"setup-command": "python manage.py migrate --noinput"}
    assert draft.notes == ()


def test_src_layout__tests_start_there_and_the_image_is_built_above() -> None:
    draft = draft_of(SRC_LAYOUT)
    assert draft.inputs() == {
        "working-directory": "src",
        "context": "..",
        "generate-secrets": "DJANGO_SECRET_KEY",
        "env": "DJANGO_ALLOWED_HOST=localhost\nDJANGO_DB_PATH=/tmp/rehearsal.sqlite3",
        "setup-command": "python manage.py migrate --noinput",
    }
    assert draft.notes == ()


def test_src_layout__debug_is_off_as_in_production() -> None:
    without = changed(SRC_LAYOUT, ("Dockerfile", "ENV DJANGO_DEBUG_FALSE=1\n", ""))
    assert draft_of(without).inputs()["env"].splitlines() == [
        "DJANGO_DEBUG_FALSE=1",
        "DJANGO_ALLOWED_HOST=localhost",
        "DJANGO_DB_PATH=/tmp/rehearsal.sqlite3",
    ]


def test_reasons__name_the_line() -> None:
    reasons = {each.text: each.why for each in draft_of(SRC_LAYOUT).lines}
    assert "src/superlists/settings.py:7" in reasons["DJANGO_SECRET_KEY"]
    assert "src/superlists/settings.py:8" in reasons["DJANGO_ALLOWED_HOST=localhost"]


def test_tests_without_django__need_no_settings() -> None:
    files = STARTPROJECT | {"functional_tests/test_visitor.py": BROWSER_TEST}
    command = draft_of(files).inputs()["test-command"]
    assert command == "python -m unittest discover -s functional_tests -t ."


def test_tests_with_django__get_what_the_settings_need() -> None:
    edit = (SETTINGS, '"django-insecure-1"', 'os.environ["SECRET_KEY"]')
    inputs = draft_of(changed(STARTPROJECT, edit)).inputs()
    assert inputs["generate-secrets"] == "SECRET_KEY"
    assert inputs["test-env"] == "SECRET_KEY=only-for-the-tests"


def test_tests_without_requirements__they_are_written() -> None:
    files = {path: text for path, text in STARTPROJECT.items() if "tests/req" not in path}
    draft = draft_of(files)
    (new,) = draft.files
    assert new.path == "functional_tests/requirements.txt"
    assert new.text.splitlines()[1:] == ["-r ../requirements.txt", "selenium"]
    assert "test-requirements" not in draft.inputs(), "it is where a rehearsal looks for it"
    assert draft.notes == ()


def test_tests_without_requirements__without_django() -> None:
    files = {
        "Dockerfile": STARTPROJECT["Dockerfile"],
        "e2e/test_visitor.py": f"import pytest\n{BROWSER_TEST}",
    }
    draft = draft_of(files)
    (new,) = draft.files
    assert new.path == draft.inputs()["test-requirements"] == "e2e/requirements.txt"
    assert new.text.splitlines()[1:] == ["pytest", "selenium"]


def test_tests_with_too_few_requirements__a_note_says_it() -> None:
    files = STARTPROJECT | {"functional_tests/requirements.txt": "selenium\n"}
    draft = draft_of(files)
    (note,) = draft.notes
    assert "functional_tests/requirements.txt does not list" in note
    assert draft.files == ()


@pytest.mark.parametrize(
    "browser, inputs, notes",
    [
        ("webdriver.Firefox()", {"test-env": "MOZ_HEADLESS=1"}, 0),
        ("webdriver.Chrome()", {}, 1),
        ("webdriver.Firefox(options)  # headless", {}, 0),
    ],
)
def test_tests_that_open_a_window__need_none(
    browser: str, inputs: dict[str, str], notes: int
) -> None:
    files = STARTPROJECT | {"functional_tests/test_visitor.py": f"import django\n{browser}\n"}
    draft = draft_of(files)
    asked = {name: text for name, text in draft.inputs().items() if name == "test-env"}
    assert asked == inputs
    assert len(draft.notes) == notes
    assert all("functional_tests/test_visitor.py:2" in note for note in draft.notes)


LIVE = """\
from django.contrib.staticfiles.testing import StaticLiveServerTestCase

class VisitorTest(StaticLiveServerTestCase):
    def setUp(self):
        self.browser = webdriver.Chrome(options=headless())
"""
FROM_OUTSIDE = """\
        if os.environ.get("TEST_SERVER"):
            self.live_server_url = "http://" + os.environ["TEST_SERVER"]
"""
FIXTURE = """\
import pytest

def test_greets(page, live_server):
    page.goto(live_server.url)
"""


@pytest.mark.parametrize(
    "test, line",
    [(LIVE, ":3:"), (LIVE + FROM_OUTSIDE, ""), (FIXTURE, ":3:")],
    ids=["own-server", "address-from-outside", "pytest-django"],
)
def test_tests_with_a_server_of_their_own__a_note_says_it(test: str, line: str) -> None:
    files = STARTPROJECT | {
        "functional_tests/requirements.txt": "django\npytest\nselenium\n",
        "functional_tests/test_visitor.py": test,
    }
    notes = draft_of(files).notes
    assert len(notes) == bool(line)
    assert all(f"functional_tests/test_visitor.py{line}" in note for note in notes)


def test_no_tests__a_note_says_it() -> None:
    files = {path: text for path, text in STARTPROJECT.items() if "functional" not in path}
    (note,) = draft_of(files).notes
    assert "test-command" in note


def test_secrets_of_others__are_random_until_the_repository_has_them() -> None:
    edit = (SETTINGS, "DEBUG = True", 'DEBUG = True\nPAY = os.environ["PAY_API_KEY"]')
    draft = draft_of(changed(STARTPROJECT, edit))
    assert draft.secret_names == ("PAY_API_KEY",)
    assert draft.inputs()["secrets"] == draft.inputs()["generate-secrets"] == "PAY_API_KEY"


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_CLIENT_SECRET"])
def test_secrets__none_of_github(name: str) -> None:
    edit = (SETTINGS, "DEBUG = True", f'DEBUG = True\nPAY = os.environ["{name}"]')
    draft = draft_of(changed(STARTPROJECT, edit))
    assert draft.secret_names == ()
    assert draft.inputs()["generate-secrets"] == name
    assert "secrets" not in draft.inputs()


@pytest.mark.parametrize("name", ["PAY-API_KEY", "PAY: x}}_API_KEY", "9_API_KEY", "PAY API_KEY"])
def test_secrets__a_name_that_is_none_is_a_note(name: str) -> None:
    edit = (SETTINGS, "DEBUG = True", f'DEBUG = True\nPAY = os.environ["{name}"]')
    draft = draft_of(changed(STARTPROJECT, edit))
    assert draft.secret_names == ()
    assert "secrets" not in draft.inputs()
    assert "generate-secrets" not in draft.inputs()
    assert name in draft.notes[0]


def test_variables__that_each_container_has_are_not_given() -> None:
    code = 'X = [os.environ["PATH"], os.environ["HOME"], os.environ["HOSTNAME"]]'
    edit = (SETTINGS, "DEBUG = True", f"DEBUG = True\n{code}")
    assert "env" not in draft_of(changed(STARTPROJECT, edit)).inputs()


def test_hosts__that_cannot_be_given_are_a_note() -> None:
    edit = (SETTINGS, "ALLOWED_HOSTS = []", 'ALLOWED_HOSTS = ["shop.example.com"]')
    (note,) = draft_of(changed(STARTPROJECT, edit)).notes
    assert note.startswith("shop/settings.py:6: ALLOWED_HOSTS does not allow localhost")
