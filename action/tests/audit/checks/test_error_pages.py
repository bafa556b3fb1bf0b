import pytest

from rehearsal.audit.checks.error_pages import debug, error_pages
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import Observations

from ..answers import UNKNOWN, answer, failed, observed, skipped
from ..recordings import recorded

NOT_FOUND = "<!doctype html><h1>Not Found</h1>"
# Pages of frameworks that have no recording: the parts that tell them, as their sources have them.
WRITTEN = {
    "Phoenix' debug page": (
        '<div class="frame-info" data-index="0" role="stack-trace-details">'
        '<div class="file"><a href="">lib/phoenix/router.ex</a></div>'
    ),
    "Laravel's debug page": "<script>window.ignite(window.data);</script>",
    "the error page of Whoops": "<title>Whoops! There was an error.</title>",
    "ASP.NET's developer exception page": (
        "<h1>An unhandled exception occurred while processing the request.</h1>"
        '<div class="titleerror">SqlException: Cannot open database</div>'
    ),
    "Spring's error page with a stack trace": (
        "<html><body><h1>Whitelabel Error Page</h1><div>java.lang.IllegalStateException\n"
        "\tat org.example.Lists.find(Lists.java:12)</div>"
    ),
    "Play's development page": "<h2>These routes have been tried, in this order:</h2>",
}


def not_found(body: str, kind: str = "text/html", **changes: object) -> Observations:
    """Return what was seen of an app whose page with status 404 is this."""
    return observed(unknown=(answer(UNKNOWN, 404, body, kind, **changes),))


@pytest.mark.parametrize("name", WRITTEN)
def test_debug__pages_of_other_frameworks(name: str) -> None:
    finding = failed(debug, not_found(WRITTEN[name]))["debug"]
    assert finding.message == f"GET {UNKNOWN} is answered with {name}."


def test_debug__a_json_answer_of_spring_with_its_trace() -> None:
    body = '{"status":500,"trace":"java.lang.IllegalStateException: gone\\n\\tat org.example.L"}'
    assert failed(debug, not_found(body, "application/json"))


@pytest.mark.parametrize(
    "body",
    [
        NOT_FOUND,
        "<pre>Cannot GET /rehearsal-c0ffee</pre>",
        "<h1>Whitelabel Error Page</h1><p>There was an unexpected error (type=Not Found).</p>",
        "<p>How to switch off DEBUG = True in Django</p>",
        "<h2>Whoops, looks like something went wrong.</h2>",
    ],
)
def test_debug__other_pages(body: str) -> None:
    assert not failed(debug, not_found(body))
    assert not skipped(debug, not_found(body))


def test_debug__in_a_page_that_is_there() -> None:
    home = (answer(body='<h1>Lists</h1><div id="djDebug" class="djdt-hidden">'),)
    assert failed(debug, observed(home=home))["debug"].message.startswith("GET / is answered")


def test_debug__a_single_page_app_answers_all_paths() -> None:
    assert not failed(debug, observed(unknown=(answer(UNKNOWN),)))


def test_debug__no_answer() -> None:
    gone = Exchange(path=UNKNOWN, error="connection closed without an answer")
    assert skipped(debug, observed(unknown=(gone,))) == (
        "GET /rehearsal-c0ffee: connection closed without an answer"
    )
    assert skipped(debug, Observations()) == "the app was asked for no page"


@pytest.mark.parametrize(
    "body, part, named",
    [
        ("<hr><center>nginx/1.22.1</center>", "version", "nginx/1.22.1"),
        ("<address>Apache/2.4.71 (Debian) Server at x", "version", "Apache/2.4.71"),
        ("<h3>Apache Tomcat/10.1.60 (Debian)</h3>", "version", "Apache Tomcat/10.1.60"),
        ("<a>Powered by Jetty:// 9.4.51.v2023</a>", "version", "Jetty:// 9.4.51"),
        ("<p>Template /app/lists/home.py</p>", "path", "/app/lists/home.py"),
        ("open() /usr/share/nginx/html/x failed", "path", "/usr/share/nginx/html/x"),
        ("<p>Add it to ALLOWED_HOSTS.</p>", "setting", "ALLOWED_HOSTS"),
        ("<pre>config.hosts &lt;&lt; x</pre>", "setting", "config.hosts"),
        ("Traceback (most recent call last):\n  File x", "traceback", "Traceback (most recent"),
        ("x\n    at find (/app/lists.js:3:14)", "traceback", "at find (/app/lists.js:3:14)"),
        ("\tat org.example.L.find(L.java:12)", "traceback", "at org.example.L.find(L.java:12)"),
        ("<pre>#0 /var/www/index.php(12): f()", "traceback", "#0 /var/www/index.php(12):"),
        ("goroutine 7 [running]:", "traceback", "goroutine 7 ["),
    ],
)
def test_error_pages__name_something(body: str, part: str, named: str) -> None:
    found = failed(error_pages, not_found(body))
    assert set(found) == {f"error-pages:{part}"}
    message = found[f"error-pages:{part}"].message
    assert message.startswith("The page with status 404 names a ")
    assert named in message
    assert named[:20] in found[f"error-pages:{part}"].evidence[-1]


@pytest.mark.parametrize(
    "body",
    [
        NOT_FOUND,
        f"<p>{UNKNOWN} was not found.</p>",
        '<script src="/app/main.js"></script><link rel="stylesheet" href="/usr/share/x">',
        "<!-- This file lives in public/404.html --><p>/app/ and /home and /data/lists</p>",
        "<p>See https://docs.example/usr/share/x, or docs/app/main.py.</p>",
        "<p>Learn Python 3.13 with us: HTTP/1.1, nginx, Apache and Django.</p>",
        "<style>/* /app/site.css.php */</style>",
        "<p>Look at home (or at the lists: 10:30)</p>",
    ],
)
def test_error_pages__that_tell_nothing(body: str) -> None:
    assert not failed(error_pages, not_found(body))


def test_error_pages__below_a_path_of_the_container() -> None:
    page = answer("/app/lists.py", 404, "<p>/app/lists.py was not found</p>")
    assert not failed(error_pages, observed(unknown=(page,)))


def test_error_pages__of_the_first_page() -> None:
    home = (answer("/", 403, "<center>nginx/1.22.1</center>"),)
    assert set(failed(error_pages, observed(home=home))) == {"error-pages:version"}


def test_error_pages__text_and_json_as_they_are() -> None:
    body = '{"error": "no such file: /srv/lists/app.py"}'
    assert set(failed(error_pages, not_found(body, "application/json"))) == {"error-pages:path"}


def test_error_pages__a_debug_page_is_found_by_debug() -> None:
    pages = recorded("django_debug")
    assert skipped(error_pages, Observations(pages=pages)) == "the error pages are debug pages"


def test_error_pages__no_error_seen() -> None:
    seen = observed(unknown=(answer(UNKNOWN),), malformed=answer(UNKNOWN), foreign=(answer(),))
    assert skipped(error_pages, seen) == "the app answered no request with an error"


def test_error_pages__each_kind_once() -> None:
    foreign = answer("/", 400, "<center>nginx/1.22.1</center><p>ALLOWED_HOSTS</p>")
    seen = observed(unknown=(answer(UNKNOWN, 404, "nginx/1.22.1"),), foreign=(foreign,))
    assert set(failed(error_pages, seen)) == {"error-pages:version", "error-pages:setting"}
