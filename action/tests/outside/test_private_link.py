from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rehearsal.outside.private_link import PrivateLink

ADDRESS = "http://127.0.0.1:4000/token/index.html"


def test_private_link__is_removed_as_soon_as_the_page_was_asked_for(tmp_path: Path) -> None:
    with PrivateLink(ADDRESS, str(tmp_path)) as link:
        assert Path(urlsplit(link.make()).path).read_text().count(ADDRESS) == 2
        link.remove()
        assert list(tmp_path.iterdir()) == []
        link.remove()


def test_private_link__is_removed_at_the_end(tmp_path: Path) -> None:
    link = PrivateLink(ADDRESS, str(tmp_path))
    link.make()
    with suppress(KeyboardInterrupt), link:
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_private_link__without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with PrivateLink(ADDRESS, str(tmp_path / "none")) as link:
        assert link.make().startswith(tmp_path.as_uri())
    with PrivateLink(ADDRESS, "") as link:
        monkeypatch.setattr("tempfile.mkdtemp", lambda **_: (_ for _ in ()).throw(OSError("full")))
        assert link.make() == ""
