import pytest

from rehearsal.commands.publish.reference import read_references
from rehearsal.commands.publish.request import PUBLISH_INPUTS
from rehearsal.config.inputs import Inputs
from rehearsal.verdict import MisconfiguredError


def inputs(to: str) -> Inputs:
    return Inputs.of({"to": to}, PUBLISH_INPUTS)


@pytest.mark.parametrize(
    "written, normalized",
    [
        ("app:1", "docker.io/library/app:1"),
        ("owner/app:1", "docker.io/owner/app:1"),
        ("docker.io/owner/app:1", "docker.io/owner/app:1"),
        ("ghcr.io/owner/app:1.2.3", "ghcr.io/owner/app:1.2.3"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("localhost/app:1", "localhost/app:1"),
        ("[::1]:5000/app:1", "[::1]:5000/app:1"),
        ("r.example.com:443/a/b__c/d-e.f:v1_2", "r.example.com:443/a/b__c/d-e.f:v1_2"),
    ],
    ids=str,
)  # fmt: skip
def test_read_references__grammar(written: str, normalized: str) -> None:
    (reference,) = read_references(inputs(written))
    assert (reference.written, reference.normalized) == (written, normalized)
    assert reference.untagged == written.rpartition(":")[0]


def test_read_references__keeps_the_order() -> None:
    found = read_references(inputs("\n  b.example/app:1  \n\na.example/app:1\n"))
    assert [each.written for each in found] == ["b.example/app:1", "a.example/app:1"]


@pytest.mark.parametrize(
    "to, words",
    [
        ("", "is empty"),
        ("ghcr.io/owner/app", "has no tag"),
        ("localhost:5000/app", "has no tag"),
        ("ghcr.io/owner/app@sha256:" + "a" * 64, "names a digest"),
        ("ghcr.io/Owner/App:1", "upper case"),
        ("Owner/app:1", "upper case"),
        ("ghcr.io/owner/app:-1", "whose tag"),
        ("ghcr.io/owner/app:1 2", "whose tag"),
        ("ghcr.io/owner//app:1", "whose repository"),
        ("ghcr.io/:1", "whose repository"),
        ("https://ghcr.io/owner/app:1", "whose registry 'https:' is not valid"),
        ("ghcr_.io/owner/app:1", "whose registry"),
        ("a.b/" + "x" * 255 + ":1", "too long"),
        ("ghcr.io/owner/app:" + "x" * 129, "whose tag"),
        ("app:1\napp:1", "'app:1' twice."),
        ("app:1\ndocker.io/library/app:1", "'app:1' is the same"),
    ],
    ids=lambda text: text[:30] or "nothing",
)
def test_read_references__rejects(to: str, words: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        read_references(inputs(to))
    assert words in caught.value.problem.message
    assert caught.value.problem.message.startswith("The input to ")
    assert caught.value.problem.hint


def test_read_references__suggests_the_name_in_lower_case() -> None:
    with pytest.raises(MisconfiguredError) as caught:
        read_references(inputs("ghcr.io/Owner/App:V1"))
    assert "ghcr.io/owner/app:V1" in caught.value.problem.hint
