#!/usr/bin/env python3
"""Take the pictures of red checks in docs/: rehearse superlists with six faults, for real.

Of each fault two pictures: the job summary, rendered with styles like GitHub's, and the page in the
evidence; of the audit one, of a finding on the page. Of one there is also the trace of its test.
Needs what `make setup` brings: the engine, the base image, Chromium.
"""

import argparse
import io
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "action"))

from tests.e2e import leftovers  # noqa: E402  (it stands beside this folder)
from tests.e2e.machine import tool  # noqa: E402
from tests.e2e.repository import copy_of_checkout  # noqa: E402
from tests.e2e.runner import ActionResult, Runner  # noqa: E402

DOCS = TOP / "docs"
# In pixels. A picture shows what one sees without scrolling far.
WIDTH = 1100
TALLEST = 1500
# In bytes: they are in every clone.
LARGEST = 150_000
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
INPUTS = {
    "secrets": "DJANGO_SECRET_KEY=only-for-these-pictures",
    "env": "DJANGO_ALLOWED_HOST=localhost",
    "setup-command": "python manage.py migrate --noinput",
}
ONE_STORY = {"test-command": "python manage.py test functional_tests.test_new_visitor"}
# Like the styles of GitHub's summaries, so that the picture shows what a reader sees there.
LIKE_GITHUB = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  color: #1f2328; background: #fff; margin: 0; padding: 24px 28px; overflow-wrap: break-word; }
h2 { font-size: 1.5em; margin: 0 0 14px; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0; }
p, ul, table, pre, details { margin: 0 0 14px; }
table { border-collapse: collapse; display: block; overflow: auto; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
tr:nth-child(2n) { background: #f6f8fa; }
pre { background: #f6f8fa; border-radius: 6px; padding: 14px; font-size: 11.9px; line-height: 1.45;
  overflow: auto; font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
code { background: #eff1f3; border-radius: 6px; padding: .2em .4em; font-size: 85%; }
"""

# Drawn, since a fresh machine has no font with emoji.
CROSS = (
    '<svg viewBox="0 0 10 10" width="0.8em" height="0.8em"><path d="M1 1L9 9M9 1L1 9" '
    'stroke="#d1242f" stroke-width="2.4"/></svg>'
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A copy of superlists with one thing wrong: inputs, and (file, pattern, replacement).

    If `part` is a CSS selector, there is one picture: of this part of the page. `trace` takes one
    more, of the page of its test's trace.
    """

    name: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    change: tuple[str, str, str] | None = None
    part: str = ""
    trace: bool = False


FAULTS = (
    Fault(
        name="missing-secret",
        inputs={"secrets": "", "setup-command": "", "test-command": ""},
        # As the rehearsed step, so that the advice is what its author needs.
        change=(".github/workflows/ci.yml", r"^ +generate-secrets: DJANGO_SECRET_KEY\n", ""),
    ),
    Fault(name="missing-table", inputs={"setup-command": "", **ONE_STORY}),
    Fault(
        name="static-files",
        inputs={"test-command": "python manage.py test functional_tests.test_layout_and_styling"},
        change=("superlists/settings.py", r'^ +"whitenoise\..*,\n', ""),
    ),
    Fault(name="disallowed-host", inputs={"env": "DJANGO_ALLOWED_HOST=example.com"}),
    Fault(
        name="broken-view",
        inputs=ONE_STORY,
        change=(
            "superlists/lists/views.py",
            r"^(    chosen = .*\n    text = ).*$",
            r'\1request.POST["text"]',
        ),
        trace=True,
    ),
    # The worker that gunicorn has by itself.
    Fault(
        name="audit",
        inputs={"test-command": "true", "audit": "enforce"},
        change=(
            "gunicorn.conf.py",
            r"^worker_class(?s:.*)\Z",
            "workers = 2\ngraceful_timeout = 3\n",
        ),
        part="#audit-idle-connection",
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Take the pictures; 1 when one is too large to be committed."""
    parser = argparse.ArgumentParser(description="Take the pictures of red checks in docs/.")
    parser.add_argument("names", nargs="*", help="only these faults")
    chosen = parser.parse_args(argv).names or [fault.name for fault in FAULTS]
    large = []
    with _browser() as browser:
        for fault in (fault for fault in FAULTS if fault.name in chosen):
            with _rehearsed(fault) as rehearsed:
                for picture in _pictures(fault, rehearsed, browser):
                    size = picture.stat().st_size
                    print(f"{picture.relative_to(TOP)}: {size // 1000} kB")
                    if size > LARGEST:
                        large.append(picture.name)
    if large:
        print(f"larger than {LARGEST // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return bool(large)


@contextmanager
def _rehearsed(fault: Fault) -> Iterator[ActionResult]:
    # The number of this run marks all that it starts, so that all of it can be removed.
    run_id = str(10**9 + secrets.randbelow(9 * 10**9))
    workdir = Path(tempfile.mkdtemp(prefix="dr-"))
    os.environ.pop("REHEARSAL_INPUTS", None)
    try:
        repository = copy_of_checkout(workdir / "superlists")
        if fault.change:
            repository.replace(*fault.change)
        runner = Runner(folder=workdir, run_id=run_id)
        rehearsed = runner.use(repository, INPUTS | dict(fault.inputs), timeout=300)
        if rehearsed.outputs["verdict"] == "passed" or not rehearsed.evidence:
            raise SystemExit(f"{fault.name}: it passed, so there is nothing to show")
        yield rehearsed
    finally:
        leftovers.remove_images(run_id)
        shutil.rmtree(workdir, ignore_errors=True)


def _pictures(fault: Fault, rehearsed: ActionResult, browser: webdriver.Chrome) -> Iterator[Path]:
    evidence = rehearsed.evidence
    if not evidence:
        return
    if fault.part:
        yield _picture(browser, evidence / "index.html", DOCS / f"{fault.name}.png", fault.part)
        return
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    summary = rehearsed.folder / "summary.html"
    summary.write_text(
        f'<!doctype html><meta charset="utf-8"><style>{LIKE_GITHUB}</style>'
        f"{markdown.render(rehearsed.summary).replace('❌', CROSS)}",
        encoding="utf-8",
    )
    for kind, page in (("summary", summary), ("page", evidence / "index.html")):
        yield _picture(browser, page, DOCS / f"{fault.name}-{kind}.png")
    if fault.trace:
        (trace,) = evidence.glob("tests/*/trace.html")
        yield _picture(browser, trace, DOCS / "trace.png")


def _picture(browser: webdriver.Chrome, page: Path, target: Path, part: str = "") -> Path:
    _resize(browser, 800)
    browser.get(page.as_uri())
    height = browser.execute_script("return document.documentElement.scrollHeight")
    _resize(browser, min(height, TALLEST))
    shown = browser.find_element(By.CSS_SELECTOR, part).screenshot_as_png if part else None
    with Image.open(io.BytesIO(shown or browser.get_screenshot_as_png())) as screenshot:
        # 256 colours do for text and boxes. Maximum coverage keeps the few pixels of a red cross.
        small = screenshot.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
    small.save(target, optimize=True)
    return target


def _resize(browser: webdriver.Chrome, height: int) -> None:
    metrics = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@contextmanager
def _browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = str(tool("chromium"))
    service = webdriver.ChromeService(str(tool("chromedriver")))
    with webdriver.Chrome(options=options, service=service) as browser:
        yield browser


if __name__ == "__main__":
    sys.exit(main())
