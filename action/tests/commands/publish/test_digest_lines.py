import json
from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator

from rehearsal.commands.publish.digest_lines import read_digests, write_digests
from rehearsal.commands.publish.predicate import predicate_json
from rehearsal.commands.publish.reference import read_references
from rehearsal.verdict import MisconfiguredError

from ...results.test_verdict_json import closed
from .test_predicate import SCHEMA, passed
from .test_reference import inputs

ONE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
STRICT = Draft202012Validator(closed(deepcopy(SCHEMA)))


def test_write_digests__are_lines_without_braces_and_quotes() -> None:
    digests = {"ghcr.io/owner/app:1.2.3": ONE, "localhost:5000/app:1.2.3": OTHER}
    lines = f"ghcr.io/owner/app:1.2.3={ONE}\nlocalhost:5000/app:1.2.3={OTHER}"
    assert write_digests(digests) == lines
    assert read_digests(lines) == digests
    assert read_digests(f"\n  {lines}\r\n\n") == digests, "as YAML or an editor may pass it on"
    assert not write_digests({})


@pytest.mark.parametrize(
    "reference",
    ["app:1", "ghcr.io/owner/app:1.2.3", "localhost:5000/a/b:c", "[fd00::1]:5000/app:1"],
)
def test_read_digests__accepts_every_valid_reference(reference: str) -> None:
    digests = {reference: ONE}
    assert [each.written for each in read_references(inputs(reference))] == [reference]
    assert read_digests(write_digests(digests)) == digests
    STRICT.validate(json.loads(predicate_json(passed(), digests)))


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "it is empty"),
        ("\n", "it is empty"),
        ("a:1=latest", "a:1 has the digest 'latest'"),
        ("a:1", "a:1 has the digest ''"),
        (f"={ONE}", "'' is not a reference"),
        (f"a b={ONE}", "'a b' is not a reference"),
        (f"a:1={ONE} b:1={ONE}", "has the digest"),
        (json.dumps({"a:1": ONE}), "is not a reference"),
    ],
)
def test_read_digests__rejects(text: str, message: str) -> None:
    with pytest.raises(MisconfiguredError, match="--digests does not hold the digests") as raised:
        read_digests(text)
    assert message in raised.value.problem.message
