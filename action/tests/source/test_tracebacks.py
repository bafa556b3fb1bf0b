import re
import textwrap

import pytest

from rehearsal.results.frame import ProjectFrame
from rehearsal.source.frames import Frame
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import (
    HEADERS,
    MAX_PATHS,
    failing_file,
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


def test_tracebacks__frames_and_the_error() -> None:
    (found,) = tracebacks(LOG)
    assert found.frames[1] == Frame(
        file="/src/app/views.py", line=24, function="new_list", code="new = List.objects.create()\n"
    )
    assert len(found.frames) == 3
    assert found.error == ERROR


def test_tracebacks__one_that_another_cuts_off_is_none() -> None:
    traceback = LOG.partition("\n")[2]
    start = "\n".join(traceback.splitlines()[:2])
    for indent in ("", " " * 4):
        (found,) = tracebacks(f"{start}\n{textwrap.indent(traceback, indent)}")
        assert (found.error, len(found.frames)) == (ERROR, 3)


def test_project_frame__looks_for_few_paths_of_many(tree: SourceTree) -> None:
    many = "".join(
        f'  File "/other/{number}.py", line 1, in f\n    call()\n' for number in range(MAX_PATHS)
    )
    frame = '  File "/src/app/views.py", line 24, in new_list\n'
    for text, is_found in ((frame + many, False), (many + frame, True), (frame + many[60:], True)):
        log = f"{HEADERS[0]}\n{text}{ERROR}\n"
        assert bool(project_frame(log, tree)) is is_found


def test_project_frame__is_the_deepest_in_the_project(tree: SourceTree) -> None:
    found = project_frame(LOG, tree)
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
def test_project_frame__prefers_code_that_quotes_the_name_in_the_error(
    error: str, line: int, tree: SourceTree
) -> None:
    """Not the helper that reads any variable."""
    found = project_frame(SETTINGS.replace("KeyError: 'DJANGO_SECRET_KEY'", error), tree)
    assert found
    assert found.line == line


@pytest.mark.parametrize(
    "line, asked",
    [
        pytest.param("ERROR django.request: Internal Server Error: /lists/new", "/lists/new"),
        pytest.param("asked again: GET /lists/1/", "GET /lists/1/"),
        pytest.param("[ts] ERROR in app: Exception on /buy [POST]", "POST /buy"),
        pytest.param("something else /x", ""),
    ],
    ids=["Django", "we", "Flask", "neither"],
)
def test_project_frame__has_the_request(line: str, asked: str, tree: SourceTree) -> None:
    found = project_frame(f"{line}\n{LOG.partition(chr(10))[2]}", tree)
    assert found
    assert found.request == asked
    assert found.repeated is line.startswith("asked again")


@pytest.mark.parametrize(
    "between",
    [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ],
)
def test_project_frame__has_the_request_of_a_chained_exception(
    between: str, tree: SourceTree
) -> None:
    _, _, traceback = LOG.partition("\n")
    first = traceback.partition("[2026")[0]
    found = project_frame(f"ERROR Internal Server Error: /x\n{first}\n{between}\n\n{first}", tree)
    assert found
    assert found.request == "/x"


def test_project_frame__no_request_at_the_start_of_a_log(
    tree: SourceTree,
) -> None:
    text = f"{LOG.partition(chr(10))[2]}Internal Server Error: /later"
    found = project_frame(text, tree)
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
def test_failing_line(trace: str, test: str, line: int, tree: SourceTree) -> None:
    assert failing_line(trace, "site/app/views.py", test, tree) == line


@pytest.mark.parametrize(
    "trace, test, file",
    [
        pytest.param(TRACE, "a.T.test_it", "site/app/views.py", id="the test's own file"),
        pytest.param(TRACE, "t.py::T::test_it", "site/app/views.py", id="as pytest names it"),
        pytest.param(TRACE, "a.T.test_other", "site/base.py", id="the last one"),
        pytest.param(re.sub(r"/src/[a-z/]+", "/gone/x", TRACE), "a.T.test_it", "", id="elsewhere"),
        pytest.param("no traceback", "a.T.test_it", "", id="nothing"),
        pytest.param("base.py:12: \napp/views.py:3: Error", "t", "site/base.py", id="pytest"),
        pytest.param(
            "  [chromium] a.spec.ts:5:3\n  at /src/node_modules/app/views.py:1:1\n"
            "  at http://127.0.0.1:8000/x\n  at T.<anonymous> (/src/app/views.py:5:11)",
            "t",
            "site/app/views.py",
            id="a stack of another language",
        ),
    ],
)
def test_failing_file(trace: str, test: str, file: str, tree: SourceTree) -> None:
    assert failing_file(trace, test, tree) == file


def test_project_frame__of_the_last_traceback_that_has_one(tree: SourceTree) -> None:
    later = LOG.replace("line 24", "line 99") + LOG.replace("/src/app/views.py", "/src/else.py")
    found = project_frame(LOG + later, tree)
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
def test_project_frame__none(text: str, tree: SourceTree) -> None:
    assert project_frame(text, tree) is None


def test_project_frame__a_syntax_error_has_no_function(tree: SourceTree) -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/venv/bin/gunicorn", line 8, in <module>\n    run()\n'
        '  File "/src/app/views.py", line 3\n    def (:\n        ^\nSyntaxError: invalid syntax\n'
    )
    assert project_frame(text, tree) == ProjectFrame(
        file="site/app/views.py",
        line=3,
        function="",
        error="SyntaxError: invalid syntax",
        text="Traceback (most recent call last):\n  … 1 frame of installed code …\n"
        '  File "site/app/views.py", line 3\n    def (:\n        ^\nSyntaxError: invalid syntax',
    )


def test_without_library_frames__keeps_project_frames(tree: SourceTree) -> None:
    assert without_library_frames(LOG, tree).splitlines()[1:-1] == [
        "Traceback (most recent call last):",
        "  … 1 frame of installed code …",
        '  File "site/app/views.py", line 24, in new_list',
        "    new = List.objects.create()",
        "  … 1 frame of installed code …",
        ERROR,
    ]


def test_without_library_frames__keeps_all_if_none_is_the_project_s(tree: SourceTree) -> None:
    text = LOG.replace("/src/app/views.py", "/src/gone.py")
    assert without_library_frames(text, tree) == text


def test_without_installed_code__keeps_the_app_s_paths() -> None:
    assert without_installed_code(LOG).splitlines()[1:-1] == [
        "Traceback (most recent call last):",
        "  … 1 frame of installed code …",
        '  File "/src/app/views.py", line 24, in new_list',
        "    new = List.objects.create()",
        "  … 1 frame of installed code …",
        ERROR,
    ]


def test_without_installed_code__keeps_all_if_all_are_installed() -> None:
    text = LOG.replace("/src/", "/venv/lib/python3.13/site-packages/")
    assert without_installed_code(text) == text
