import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from bench.fake_grid import SECONDS, TITLE, fake_grid
from bench.programs import BenchError
from bench.shards import durations
from bench.side_by_side import side_by_side


def test_durations__the_same_each_time_and_eight_seconds_in_all() -> None:
    found = durations()
    assert found == durations()
    assert sum(found.values()) == pytest.approx(8, abs=0.1)
    assert max(found.values()) < sum(found.values()) / 4, "no shard is longer than its share"


def test_side_by_side__one_that_fails(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="ended with 3"):
        side_by_side(tmp_path, [(["true"], {}), (["bash", "-c", "exit $CODE"], {"CODE": "3"})])


def asked(url: str, **how: Any) -> Any:
    request = urllib.request.Request(url, **how)  # noqa: S310  (loopback)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)["value"]


def test_fake_grid__answers_as_webdriver_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("bench.fake_grid.time.sleep", waits.append)
    with fake_grid() as url:
        session = asked(f"{url}/session", data=b"{}")["sessionId"]
        assert asked(f"{url}/session/{session}/url", data=b"{}") is None
        assert asked(f"{url}/session/{session}/title") == TITLE
        assert asked(f"{url}/session/{session}", method="DELETE") is None
    assert waits == [SECONDS, SECONDS]
