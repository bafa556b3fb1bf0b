#!/usr/bin/env python3
"""Write an image's files, as a tar archive: this machine's browsers with Selenium Grid.

usage: grid_image.py JAR GECKODRIVER ARCHIVE

Of the machine's libraries it takes what these programs load. tools/grid.sh makes the image of it.
"""

import io
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from os.path import normpath
from pathlib import Path

# Where distributions install browsers, with all that is theirs alone.
CHROME = ("/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser",
          "/opt/google/chrome/chrome")  # fmt: skip
FIREFOX = ("/usr/lib/firefox-esr/firefox-esr", "/usr/lib/firefox/firefox", "/opt/firefox/firefox")
# What NSS and Java load by name, and what a page is written with.
BESIDE_NSS = ("libsoftokn3.so", "libfreebl3.so", "libfreeblpriv3.so", "libnssckbi.so")
DATA = ("/etc/fonts", "/usr/share/fonts", "/usr/share/fontconfig", "/etc/nsswitch.conf")
# Large, and not used: of a JDK what only compilers read, and Chrome's other languages.
NOT_NEEDED = re.compile(
    r"/(jmods|demo|man)/|/(src\.zip|ct\.sym)$|/locales/(?!en-US\.pak)|/(MEI|Widevine)"
)
ROOT = "/opt/grid"
NO_SANDBOX = "/usr/bin/chrome-without-sandbox"
# A container has no namespaces for Chrome's sandbox, so images of Grid start it without.
OWN_FILES = {
    NO_SANDBOX: '#!/bin/sh\nexec {chrome} --no-sandbox "$@"\n',
    "/usr/bin/java": '#!/bin/sh\nexec {java} "$@"\n',
    "/etc/passwd": "root:x:0:0:root:/tmp:/bin/sh\n",
    f"{ROOT}/grid.toml": """\
[node]
detect-drivers = false
selenium-manager = false
max-sessions = 4
override-max-sessions = true

[[node.driver-configuration]]
display-name = "Chrome"
webdriver-executable = "{chromedriver}"
stereotype = '{{"browserName": "chrome", "goog:chromeOptions": {{"binary": "{no_sandbox}"}}}}'

[[node.driver-configuration]]
display-name = "Firefox"
webdriver-executable = "/usr/bin/geckodriver"
stereotype = '{{"browserName": "firefox", "moz:firefoxOptions": {{"binary": "{firefox}"}}}}'
""",
}


def main(jar: Path, geckodriver: Path, target: Path) -> None:
    chrome, firefox = _first(CHROME, "Chromium or Chrome"), _first(FIREFOX, "Firefox")
    java, chromedriver = _program("java"), _program("chromedriver")
    folders = [chrome.parent, firefox.parent, java.parents[1]]
    programs = [path for folder in folders for path in folder.rglob("*") if _is_program(path)]
    shell = Path("/bin/sh")
    libraries = set(_libraries([*programs, chromedriver, shell]))
    nss = {path.parent for path in libraries if path.name == "libnss3.so"}
    libraries |= {path for folder in nss for name in BESIDE_NSS for path in folder.rglob(name)}
    libraries |= set(_libraries(libraries))
    files = {*libraries, chromedriver, shell, *map(Path, DATA), *Path("/etc").glob("java-*")}
    everything = (each for path in (*folders, *files) for each in (path, *path.rglob("*")))
    with tarfile.open(target, mode="w", dereference=True) as archive:
        # Some links lead to what another package would have.
        for path in sorted({Path(normpath(each)) for each in everything if each.is_file()}):
            if not NOT_NEEDED.search(str(path)):
                archive.add(path)
        archive.add(jar, f"{ROOT}/selenium-server.jar")
        archive.add(geckodriver.resolve(), "/usr/bin/geckodriver", filter=_executable)
        for name, text in OWN_FILES.items():
            content = text.format(
                chrome=chrome,
                firefox=firefox,
                java=java,
                chromedriver=chromedriver,
                no_sandbox=NO_SANDBOX,
            )
            _add_text(archive, name, content)
        _add_folder(archive, "/tmp")  # noqa: S108  (that of the image)


def _first(paths: Iterable[str], name: str) -> Path:
    found = next((Path(path) for path in paths if Path(path).is_file()), None)
    return found or sys.exit(f"{name} is in none of: {', '.join(paths)}")


def _program(name: str) -> Path:
    return Path(shutil.which(name) or sys.exit(f"{name} is missing")).resolve()


def _is_program(path: Path) -> bool:
    return path.is_file() and (".so" in path.name or bool(path.stat().st_mode & 0o100))


def _libraries(programs: Iterable[Path]) -> Iterator[Path]:
    """Yield the shared libraries that programs or libraries are loaded with, and the loader."""
    command = ["ldd", *map(str, programs)]
    listed = subprocess.run(command, text=True, capture_output=True, check=False).stdout
    yield from map(Path, re.findall(r"(/\S+) \(0x", listed))


def _executable(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode = 0o755
    return member


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o755
    archive.addfile(member, io.BytesIO(content))


def _add_folder(archive: tarfile.TarFile, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, 0o1777
    archive.addfile(member)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
