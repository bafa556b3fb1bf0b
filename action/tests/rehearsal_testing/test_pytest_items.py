from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal_testing.pytest_items import case_of


@pytest.mark.parametrize(
    "node_id, name, classname",
    [
        ("tests/pages.yaml::opens v1.2", "opens v1.2", "tests.pages.yaml"),
        ("tests/pages.yaml::opens[http://[::1]/]", "opens[http://[::1]/]", "tests.pages.yaml"),
        ("pages.yaml::menu::opens", "opens", "pages.yaml.menu"),
    ],
)
def test_case_of__an_item_without_python_keeps_its_whole_name(
    node_id: str, name: str, classname: str
) -> None:
    item: Any = SimpleNamespace(
        nodeid=node_id, name=name, reportinfo=lambda: ("pages.yaml", None, "")
    )
    case = case_of(item)
    assert (case.classname, case.name, case.line) == (classname, name, 0)
