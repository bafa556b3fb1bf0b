from pathlib import Path

import pytest

from rehearsal.source.source_tree import SourceTree


@pytest.fixture
def tree(tmp_path: Path) -> SourceTree:
    top = tmp_path / "top"
    for name in ("site/app/views.py", "site/views.py", "site/base.py", "secret.py"):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "outside.py").touch()
    (top / "site/link.py").symlink_to(tmp_path / "outside.py")
    return SourceTree(top=top, directory=top / "site")
