from pathlib import Path

import pytest

from rehearsal.results.frame import ProjectFrame
from rehearsal.source.tracebacks import (
    Frame,
    SourceTree,
    failing_line,
    project_frame,
    tracebacks,
    without_installed_code,
    without_library_frames,
)

LOG = """\
[2026-11-22 16:32:30 +0000] [7] [ERROR] django.request: Internal Server Error: /lists/new
Traceback (most recent call last):
  File "/venv/lib/python3.13/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
  File "/src/app/views.py", line 24, in new_list
    new = List.objects.create()
  File "/venv/lib/python3.13/site-packages/django/db/base.py", line 902, in save
    self.save_base(
    ~~~~~~~~~~~~~~^
        using=using,

    ...<2 lines>...
django.db.utils.OperationalError: no such table: lists_list
[2026-11-22 16:32:41 +0000] [1] [INFO] Handling signal: term
"""
ERROR = "django.db.utils.OperationalError: no such table: lists_list"


@pytest.fixture
def checkout(tmp_path: Path) -> SourceTree:
    top = tmp_path / "top"
    for name in ("site/app/views.py", "site/views.py", "site/base.py", "secret.py"):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "outside.py").touch()
    (top / "site/link.py").symlink_to(tmp_path / "outside.py")
    return SourceTree(top=top, directory=top / "site")


def test_tracebacks__frames_and_the_error() -> None:
    (found,) = tracebacks(LOG)
    assert found.frames[1] == Frame(
        file="/src/app/views.py", line=24, function="new_list", code="new = List.objects.create()\n"
    )
    assert len(found.frames) == 3
    assert found.error == ERROR


def test_own_frame__is_the_deepest_of_the_project_s(checkout: SourceTree) -> None:
    found = project_frame(LOG, checkout)
    assert found
    assert (found.file, found.line, found.function) == ("site/app/views.py", 24, "new_list")
    assert found.error == ERROR


SETTINGS = """\
Traceback (most recent call last):
  File "/src/app/views.py", line 29, in <module>
    SECRET_KEY = required(
        "DJANGO_SECRET_KEY", "a long random string"
    )
  File "/src/app/views.py", line 19, in required
    value = os.environ[name].strip()
            ~~~~~~~~~~^^^^^^
  File "<frozen os>", line 717, in __getitem__
KeyError: 'DJANGO_SECRET_KEY'
"""


@pytest.mark.parametrize(
    "error, line",
    [
        pytest.param("KeyError: 'DJANGO_SECRET_KEY'", 29, id="in quotes"),
        pytest.param('Missing: no "DJANGO_SECRET_KEY" here', 29, id="in double quotes"),
        pytest.param("Wrong: DJANGO_SECRET_KEY is set but empty", 29, id="as variables are"),
        pytest.param("KeyError: 'SECRET'", 19, id="a part of a name"),
        pytest.param("ValueError", 19, id="nothing"),
    ],
)
def test_own_frame__is_where_the_code_names_what_the_exception_names(
    error: str, line: int, checkout: SourceTree
) -> None:
    """And not the helper that it was handed to."""
    found = project_frame(SETTINGS.replace("KeyError: 'DJANGO_SECRET_KEY'", error), checkout)
    assert found
    assert found.line == line


@pytest.mark.parametrize(
    "line, asked",
    [
        pytest.param("ERROR django.request: Internal Server Error: /lists/new", "/lists/new"),
        pytest.param("[ts] ERROR in app: Exception on /buy [POST]", "POST /buy"),
        pytest.param("something else /x", ""),
    ],
    ids=["Django", "Flask", "neither"],
)
def test_own_frame__knows_what_was_being_answered(
    line: str, asked: str, checkout: SourceTree
) -> None:
    found = project_frame(f"{line}\n{LOG.partition(chr(10))[2]}", checkout)
    assert found
    assert found.request == asked


@pytest.mark.parametrize(
    "between",
    [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ],
)
def test_own_frame__knows_it_behind_an_exception_that_led_to_another(
    between: str, checkout: SourceTree
) -> None:
    _, _, traceback = LOG.partition("\n")
    first = traceback.partition("[2026")[0]
    found = project_frame(
        f"ERROR Internal Server Error: /x\n{first}\n{between}\n\n{first}", checkout
    )
    assert found
    assert found.request == "/x"


def test_own_frame__a_log_that_begins_with_a_traceback_tells_no_request(
    checkout: SourceTree,
) -> None:
    text = f"{LOG.partition(chr(10))[2]}Internal Server Error: /later"
    found = project_frame(text, checkout)
    assert found
    assert found.request == ""


TRACE = """\
Traceback (most recent call last):
  File "/usr/lib/python3.13/unittest/case.py", line 58, in run
    method()
  File "/src/app/views.py", line 28, in test_it
    self.wait_for_row()
  File "/src/app/views.py", line 71, in wait_for_row
    self.wait_for(row)
  File "/src/base.py", line 68, in wait_for
    raise
selenium.NoSuchElementException: no
"""


@pytest.mark.parametrize(
    "trace, test, line",
    [
        pytest.param(TRACE, "a.T.test_it", 28, id="the test's own line"),
        pytest.param(TRACE, "a.T.test_it[chrome.1]", 28, id="with a parameter"),
        pytest.param(TRACE, "a.T.test_it (n=1.5)", 28, id="a sub-test"),
        pytest.param(TRACE, "a.T.test_other", 71, id="a helper beside it"),
        pytest.param(TRACE + TRACE.replace("28", "9"), "test_it", 9, id="the last traceback"),
        pytest.param("app/views.py:12: \napp/views.py:3: Error", "t", 12, id="as pytest says it"),
        pytest.param("  at (/src/app/views.py:5:11)", "t", 5, id="as others say it"),
        pytest.param(TRACE.replace("/src/app/views.py", "/src/gone.py"), "t", 0, id="elsewhere"),
        pytest.param("", "t", 0, id="nothing"),
    ],
)
def test_failing_line(trace: str, test: str, line: int, checkout: SourceTree) -> None:
    assert failing_line(trace, "site/app/views.py", test, checkout) == line


def test_own_frame__of_the_last_traceback_that_has_one(checkout: SourceTree) -> None:
    later = LOG.replace("line 24", "line 99") + LOG.replace("/src/app/views.py", "/src/else.py")
    found = project_frame(LOG + later, checkout)
    assert found
    assert found.line == 99


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Traceback (most recent call last):", id="cut off"),
        pytest.param(LOG.replace("/src/app/views.py", "/src/gone.py"), id="not in the checkout"),
        pytest.param(LOG.partition("django.db.utils")[0], id="without its end"),
    ],
)
def test_own_frame__none(text: str, checkout: SourceTree) -> None:
    assert project_frame(text, checkout) is None


def test_own_frame__a_syntax_error_has_no_function(checkout: SourceTree) -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/venv/bin/gunicorn", line 8, in <module>\n    run()\n'
        '  File "/src/app/views.py", line 3\n    def (:\n        ^\nSyntaxError: invalid syntax\n'
    )
    assert project_frame(text, checkout) == ProjectFrame(
        file="site/app/views.py",
        line=3,
        function="",
        error="SyntaxError: invalid syntax",
        text="Traceback (most recent call last):\n  … 1 frame of installed code …\n"
        '  File "site/app/views.py", line 3\n    def (:\n        ^\nSyntaxError: invalid syntax',
    )


@pytest.mark.parametrize(
    "path, place",
    [
        pytest.param("/src/app/views.py", "site/app/views.py", id="the longest end"),
        pytest.param("/srv/other/views.py", "site/views.py", id="a shorter end"),
        pytest.param("app/views.py", "site/app/views.py", id="relative"),
        pytest.param("/src/app/gone.py", "", id="no such file"),
        pytest.param("/src/app", "", id="a folder"),
        pytest.param("/", "", id="root"),
        pytest.param("/src/secret.py", "", id="above the working directory"),
        pytest.param("../secret.py", "", id="climbing"),
        pytest.param("/src/link.py", "", id="a link out of it"),
        pytest.param("/v/lib/python3.13/site-packages/x/base.py", "", id="installed code"),
        pytest.param("/usr/lib/python3.13/base.py", "", id="the standard library"),
        pytest.param("/repo/action/rehearsal_testing/base.py", "", id="our own library"),
        pytest.param("<frozen base.py>", "", id="frozen"),
        pytest.param("a\x00b.py", "", id="no name of a file"),
        pytest.param("x" * 5000, "", id="too long a name"),
    ],
)
def test_place(path: str, place: str, checkout: SourceTree) -> None:
    assert checkout.locate(path) == place


def test_place__a_path_of_this_machine(checkout: SourceTree) -> None:
    assert checkout.locate(f"{checkout.directory}/app/views.py") == "site/app/views.py"


def test_place__where_nothing_is_known_nothing_is_guessed() -> None:
    assert SourceTree(top=Path("/nowhere"), directory=Path("/nowhere")).locate("/a/b.py") == ""


def test_condensed__leaves_the_project_s_own_frames(checkout: SourceTree) -> None:
    assert without_library_frames(LOG, checkout).splitlines()[1:-1] == [
        "Traceback (most recent call last):",
        "  … 1 frame of installed code …",
        '  File "site/app/views.py", line 24, in new_list',
        "    new = List.objects.create()",
        "  … 1 frame of installed code …",
        ERROR,
    ]


def test_condensed__without_own_frames_all_stay(checkout: SourceTree) -> None:
    text = LOG.replace("/src/app/views.py", "/src/gone.py")
    assert without_library_frames(text, checkout) == text


def test_without_installed__leaves_the_others_as_the_app_names_them() -> None:
    assert without_installed_code(LOG).splitlines()[1:-1] == [
        "Traceback (most recent call last):",
        "  … 1 frame of installed code …",
        '  File "/src/app/views.py", line 24, in new_list',
        "    new = List.objects.create()",
        "  … 1 frame of installed code …",
        ERROR,
    ]


def test_without_installed__without_another_all_stay() -> None:
    text = LOG.replace("/src/", "/venv/lib/python3.13/site-packages/")
    assert without_installed_code(text) == text
