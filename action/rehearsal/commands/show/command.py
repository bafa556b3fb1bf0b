"""`rehearse show`: open the page of an evidence, or the trace of one of its tests."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rehearsal.commands.command import Command
from rehearsal.commands.show.find_evidence import downloaded_evidence, local_evidence
from rehearsal.commands.show.traces import find_trace
from rehearsal.outside.github import Console
from rehearsal.outside.page_files import FolderFiles, PageFiles
from rehearsal.outside.page_server import PageServer
from rehearsal.outside.private_link import PrivateLink
from rehearsal.outside.web_browser import is_here, open_page, tunnel_command
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.verdict import MisconfiguredError

DESCRIPTION = """\
Open the page of an evidence in the browser.

Without PATH it is that of the project's last rehearsal on this machine that
kept one. Where there is no browser (over SSH, or without a display), the page
is served on 127.0.0.1 until Ctrl-C.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is shown, and how."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        default="",
        help="an artifact from GitHub: its folder, or the zip",
    )
    parser.add_argument(
        "--trace",
        metavar="NAME",
        help="open the trace of the test with this in its name",
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="serve it, if the browser cannot open the file",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Open a page, or serve it until Ctrl-C; return 0. Raises `MisconfiguredError`."""
    if console.on_github:
        raise MisconfiguredError(
            "rehearse show opens a page for somebody, and a runner of GitHub has nobody.",
            hint="Download the artifact, and run it on your machine: rehearse show ARTIFACT.zip",
        )
    files: PageFiles
    if options.path:
        files, what = downloaded_evidence(Path(options.path)), options.path
    else:
        files, what = local_evidence(environ, Path.cwd())
    page = PAGE_FILE if options.trace is None else find_trace(files, options.trace)
    console.info(f"evidence: {what}")
    browser = is_here(environ)
    if isinstance(files, FolderFiles) and browser and not options.serve:
        address = f"{files.folder.path.absolute().as_uri()}/{quote(page)}"
        console.info(f"open:     {address}")
        if open_page(address):
            return 0
    _serve(files, page, console, environ, browser=browser)
    return 0


def _serve(
    files: PageFiles, page: str, console: Console, environ: Mapping[str, str], *, browser: bool
) -> None:
    with PageServer(files) as server:
        address = server.address(page)
        link = PrivateLink(address, environ.get("HOME", ""))
        server.when_asked = link.remove
        console.info(f"open:     {address}")
        if not browser:
            console.info(f"tunnel:   {tunnel_command(environ, server.port)}")
            console.info("          (run it on the machine with the browser, if that is another)")
        console.info("end:      Ctrl-C")

        def open_link() -> None:
            if browser and (page := link.make()):
                open_page(page)

        with link:
            server.run(open_link)


COMMAND = Command(add_arguments=add_arguments, run=run)
