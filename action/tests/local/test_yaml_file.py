import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.local.yaml_file import YamlMapping, YamlMissingError, as_mapping, read_yaml
from rehearsal.verdict import MisconfiguredError


def read(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "ci.yml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file, display_path="ci.yml")


# YAML 1.1 gives other values for many of these.
@pytest.mark.parametrize(
    "text, value",
    [
        ("off", "off"), ("on", "on"), ("yes", "yes"), ("n", "n"),
        ("true", True), ("False", False), ("tRUE", "tRUE"), ("'true'", "true"),
        ("", None), ("~", None), ("null", None), ("'null'", "null"), ("''", ""),
        ("8888", 8888.0), ("010", 10.0), ("0x1F", 31.0), ("0o17", 15.0), ("-1", -1.0),
        ("1.10", 1.1), ("1e3", 1000.0), (".5", 0.5), ("'1.10'", "1.10"), ('"3"', "3"),
        ("1:30", "1:30"), ("2026-01-01", "2026-01-01"), ("1_000", "1_000"), ("1.2.3", "1.2.3"),
        ("./action", "./action"), ("$/action", "$/action"), ("a b", "a b"),
        ("[1, x]", [1.0, "x"]), ("{on: 1, 2: y}", {"on": 1.0, "2": "y"}),
        ("|\n  1\n  2\n", "1\n2\n"), (">-\n  1\n  2\n", "1 2"),
    ],
)  # fmt: skip
def test_read_yaml__core_schema(tmp_path: Path, text: str, value: object) -> None:
    found = read(tmp_path, f"key: {text}\n")["key"]
    assert found == value
    assert type(found) is type(value) or isinstance(found, YamlMapping)


def test_read_yaml__mappings_have_line_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "# x\njobs:\n  a:\n    steps:\n      - run: x\n\n      - uses: y\n")
    steps = found["jobs"]["a"]["steps"]
    assert (found.line, [step.line for step in steps]) == (2, [5, 7])


def test_read_yaml__anchors(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1.0}, "c": {"b": 1.0}}


def test_read_yaml__nested_aliases_are_converted_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    assert set(read(tmp_path, "\n".join(lines))) == {f"a{n}" for n in range(60)}


def test_read_yaml__only_a_comment(tmp_path: Path) -> None:
    assert read(tmp_path, "# only a comment\n") is None


@pytest.mark.parametrize(
    "text, words",
    [
        ("a: 1\nb: [1,\n", "ci.yml, line 3: this is not valid YAML"),
        ("a: 1\n\tb: 2\n", "ci.yml, line 2: this is not valid YAML"),
        ("a: b: c\n", "ci.yml, line 1: this is not valid YAML"),
        ("a: *nowhere\n", "ci.yml, line 1: this is not valid YAML: found undefined alias"),
        ("a: &a [*a]\n", "ci.yml cannot be read: RecursionError"),
        ("a: 1\n---\nb: 2\n", "ci.yml, line 2: this is not valid YAML"),
        ("a: \x01\n", "ci.yml cannot be read: ReaderError"),
    ],
)
def test_read_yaml__invalid(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        read(tmp_path, text)
    assert words in caught.value.problem.message
    assert caught.value.problem.hint


def test_read_yaml__not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_bytes(b"a: \xff\n")
    with pytest.raises(MisconfiguredError, match="cannot be read: UnicodeDecodeError"):
        read_yaml(tmp_path / "ci.yml", display_path="ci.yml")


def test_read_yaml__missing_file(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="cannot be read: FileNotFoundError"):
        read_yaml(tmp_path / "no.yml", display_path="no.yml")


def test_read_yaml__without_pyyaml_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(YamlMissingError) as caught:
        read(tmp_path, "a: 1")
    assert "PyYAML" in caught.value.problem.message
    assert "pip install 'dress-rehearsal[local]'" in caught.value.problem.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9).map(float) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_read_yaml__reads_what_pyyaml_writes(tmp_path_factory: Any, value: object) -> None:
    file = tmp_path_factory.mktemp("yaml") / "x.yml"
    file.write_text(yaml.safe_dump({"key": value}), encoding="utf-8")
    assert read_yaml(file, display_path="x.yml") == {"key": value}


@pytest.mark.parametrize("value", [None, "x", [], 1.0, {}])
def test_as_mapping__is_empty_for_any_other_type(value: object) -> None:
    assert as_mapping(value) == {}


def test_as_mapping__returns_a_mapping_unchanged() -> None:
    assert as_mapping(YamlMapping(a=1)) == {"a": 1}
