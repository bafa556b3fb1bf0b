from pathlib import Path

import pytest

from rehearsal.source.browser_console import script_location
from rehearsal.source.source_tree import SourceTree

CHROME = (
    "2026-11-29T07:20:49.588Z SEVERE: http://localhost:8765/static/nofile.js - Failed to load "
    "resource: the server responded with a status of 404 (Not Found)\n"
    "2026-11-29T07:20:49.596Z SEVERE: http://localhost:8765/static/app.js?v=2:2:6: Uncaught "
    "TypeError: Cannot read properties of null (reading 'addEventListener')\n"
    "2026-11-29T07:20:49.600Z SEVERE: http://localhost:8765/index.html:8:9: Uncaught "
    "ReferenceError: undefinedThing is not defined\n"
)
FIREFOX = (
    "2026-11-29T07:20:52.213Z ERROR: http://localhost:8765/static/app.js:2:6: TypeError: can't "
    'access property "addEventListener", form is null\n'
)
REJECTED = (
    "2026-11-29T07:20:49.617Z SEVERE: http://localhost:8765/lists/1/:8:64: Uncaught (in promise) "
    "Error: rejected\n"
)
LOGGED = '2026-11-29T07:20:49.600Z SEVERE: http://localhost:8765/index.html:9:16: "own error"\n'


@pytest.mark.parametrize(
    "console, place",
    [
        (CHROME, "shop/static/app.js:2"),
        (FIREFOX, "shop/static/app.js:2"),
        (REJECTED, "/lists/1/:8"),
        (LOGGED, ""),
        ("", ""),
    ],
    ids=["Chrome", "Firefox", "in the page itself", "no exception", "nothing"],
)
def test_script_location(console: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "shop/static/app.js"
    file.parent.mkdir(parents=True)
    file.touch()
    assert script_location(console, SourceTree(top=tmp_path, directory=tmp_path)) == place
