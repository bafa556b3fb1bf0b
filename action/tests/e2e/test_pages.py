"""All pages of the evidence in the same ways: their width, their colours, and by axe."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal.commands.merge.page import page as merged_page
from rehearsal.report.page import page
from rehearsal.report.trace import trace_page
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import EvidenceIndex, TraceAttempt
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import ListedOutcome, ListedTest, SuiteResults

from ..audits import audit
from ..commands.merge.samples import matrix, merge_shards, shard
from ..report.page.test_page import failed_result
from ..report.test_since import comparison
from ..report.trace.samples import sample
from .test_page import wait_for

# One worker starts the browsers that these tests share.
pytestmark = pytest.mark.xdist_group("pages")

AXE = Path(__file__).parent / "axe/node_modules/axe-core/axe.min.js"
# The frame with a stored page shows what others wrote.
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"], iframes: false}).then(
  (found) => done({rules: found.passes.length, found: found.violations}),
  (error) => done({rules: 0, found: [{id: String(error), impact: "critical", nodes: []}]}));
"""
IS_DARK = "return matchMedia('(prefers-color-scheme: dark)').matches"
GRAVE = ("serious", "critical")
SCHEMES = ("light", "dark")


def listed_tests() -> tuple[ListedTest, ...]:
    outcomes = [*ListedOutcome, *[ListedOutcome.PASSED] * 30]
    return tuple(
        ListedTest(name=f"shop.tests.CartTest.test_{number}", outcome=each, seconds=number / 7)
        for number, each in enumerate(outcomes)
    )


def red(text: str) -> RehearsalResult:
    """Return a result that has each section; all texts are like `text`."""
    result = failed_result(text)
    steps = tuple(
        TraceStep(start=number, seconds=0.5, text=text, error=text, place=f"{text}.py:7")
        for number in range(20)
    )
    (test,) = result.index.failed
    test = replace(test, steps=steps, trace_page="trace.html")
    results = result.suite_results
    return replace(
        result,
        suite_results=results and replace(results, tests=listed_tests()),
        since=comparison(text),
        index=replace(
            result.index,
            failed=(test,),
            flaky=(test,),
            passed_traces={"shop.tests.CartTest.test_33": "trace.html", text: "trace.html"},
        ),
    )


def green() -> RehearsalResult:
    return RehearsalResult(
        name="77-1",
        image="rehearsed/app:77",
        stages=(Stage(name="build", seconds=3, ok=True), Stage(name="test", seconds=9, ok=True)),
        suite_results=SuiteResults(test_count=30, tests=listed_tests()[4:]),
        audit=audit("debug", waived="error-pages"),
        index=EvidenceIndex(files=("container.log", "verdict.json")),
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write one page of each kind."""
    merged = merge_shards(
        *matrix(2, "chrome", "firefox"), shard("3/3", failed=("a" * 3000,), flaky=("u",))
    )
    attempts = (
        TraceAttempt(number=1, page="trace.html"),
        TraceAttempt(number=2, page="trace-attempt2.html", passed=True),
    )
    traced = replace(sample(), test=replace(sample().test, attempts=attempts))
    passed = replace(traced, page="trace-attempt2.html", outcome=ListedOutcome.PASSED)
    made = {
        "red": page(red("A text")),
        "long": page(red("a" * 3000)),
        "green": page(green()),
        "merged": merged_page(merged),
        "trace": trace_page(traced),
        "trace-passed": trace_page(passed),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, markup in made.items():
        (folder / f"{name}.html").write_text(str(markup), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(params=["browser", "firefox"])
def driver(request: pytest.FixtureRequest) -> WebDriver:
    found: WebDriver = request.getfixturevalue(request.param)
    return found


def prefer(driver: WebDriver, scheme: str) -> None:
    """Let the reader prefer light or dark colours."""
    if isinstance(driver, webdriver.Firefox):
        name = "layout.css.prefers-color-scheme.content-override"
        with driver.context(driver.CONTEXT_CHROME):
            driver.execute_script(f"Services.prefs.setIntPref('{name}', {scheme == 'light':d})")
    else:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def brightness(driver: WebDriver, what: str) -> int:
    value = driver.execute_script(f"return getComputedStyle(document.body).{what}")
    return sum(int(part) for part in value[4:-1].split(","))


def opened_in(driver: WebDriver, pages: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Open each page in both schemes; yield its name and the scheme."""
    for scheme in SCHEMES:
        prefer(driver, scheme)
        for name, file in pages.items():
            driver.get(file.as_uri())
            # A new process of the browser learns of it a little later.
            wait_for(lambda: driver.execute_script(IS_DARK) is (scheme == "dark"))  # noqa: B023
            yield name, scheme


def test_pages__can_be_read_by_everybody(driver: WebDriver, pages: dict[str, Path]) -> None:
    axe = AXE.read_text(encoding="utf-8")
    grave: list[Any] = []
    for name, scheme in opened_in(driver, pages):
        # What is folded is there, too.
        driver.execute_script("document.querySelectorAll('details').forEach((e) => e.open = true)")
        done = driver.execute_async_script(f"{axe}\n{RUN_AXE}")
        assert done["rules"] > 10, (name, scheme)
        for each in done["found"]:
            if each["impact"] in GRAVE:
                nodes = [(node["html"][:200], node.get("failureSummary")) for node in each["nodes"]]
                grave.append((name, scheme, each["id"], each["impact"], nodes[:3]))
    assert not grave, json.dumps(grave, indent=1)


def test_pages__follow_the_reader_s_colours(driver: WebDriver, pages: dict[str, Path]) -> None:
    for name, scheme in opened_in(driver, pages):
        back, ink = (brightness(driver, what) for what in ("backgroundColor", "color"))
        assert (back < ink) is (scheme == "dark"), name
        assert abs(back - ink) > 500, name


def test_pages__are_never_wider_than_their_window(
    browser: webdriver.Chrome, pages: dict[str, Path]
) -> None:
    for name, file in pages.items():
        browser.get(file.as_uri())
        for width in (320, 390, 768, 1280, 1920):
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            # A page that has just been opened may be in a new process, which learns of it later.
            wait_for(lambda: browser.execute_script("return innerWidth") == width)  # noqa: B023
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, (name, width)
            # Also a phone shows the whole list of sections.
            ends = browser.execute_script(
                "return [...document.querySelectorAll('.jumps li')]"
                ".map((each) => each.getBoundingClientRect().right)"
            )
            assert max(ends, default=0) <= width, (name, width, ends)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
