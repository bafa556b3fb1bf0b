"""What the helper expects of GitHub, held against the runner's rules in the end-to-end tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.workflow.digest_spelling import choose_spelling, read_digest, spell
from rehearsal.commands.workflow.dropped_outputs import hidden_texts, require_kept, short_lines
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError

from ...e2e.workflow_commands import Masker

ACCOUNT = '{\n  "type": "service_account",\n  "ports": [\n    443,\n    80\n  ]\n}'
WRITTEN = {"container-secrets": f"KEY<<END\n{ACCOUNT}\nEND\nNAME=firefox\r\n"}
SECRETS = (Secret(name="KEY", value=ACCOUNT), Secret(name="NAME", value="firefox"))
HIDDEN = hidden_texts(WRITTEN, SECRETS)


def test_hidden_texts__are_lines_and_masked_values() -> None:
    place = "line {} of container-secrets".format
    assert HIDDEN["{"] == place(2)
    assert HIDDEN["80"] == place(6)
    assert HIDDEN["END"] == place(9)
    assert HIDDEN["NAME=firefox"] == place(10)
    assert HIDDEN["firefox"] == "the secret NAME"
    assert "" not in HIDDEN


def test_short_lines__are_those_that_occur_by_chance() -> None:
    assert short_lines(HIDDEN) == ["line 6 of container-secrets"]


@given(
    lines=st.lists(st.text(" {}[]:,\"'=1a9fgqEND-\r\t", max_size=6), max_size=6),
    digest=st.from_regex("sha256:[0-9a-f]{64}", fullmatch=True),
)
def test_choose_spelling__github_keeps_the_digest(lines: list[str], digest: str) -> None:
    text = "\n".join(lines)
    hidden = hidden_texts({"container-secrets": text}, ())
    github = Masker()
    github.add_secret(text)
    try:
        written = spell(digest, choose_spelling(hidden))
    except MisconfiguredError:
        assert any(set(line) <= {*"sha256:019af"} for line in hidden)
        assert any(set(line) <= {*"gq"} for line in hidden)
        return
    if not any(len(line) > 5 for line in hidden):  # By chance a longer line can be in it.
        assert not github.drops(written)
    assert read_digest(written) == digest


@given(
    lines=st.lists(st.text("{},12\"' x\r", max_size=4), max_size=4),
    value=st.sampled_from(["1", "1,2", "1,2,3", "2"]),
)
def test_require_kept__refuses_what_github_drops(lines: list[str], value: str) -> None:
    text = "\n".join(lines)
    github = Masker()
    github.add_secret(text)
    hidden = hidden_texts({"container-secrets": text}, ())
    if github.drops(value):
        with pytest.raises(MisconfiguredError, match="can occur in the output shards of this job"):
            require_kept({"shards": value}, hidden)
    else:
        require_kept({"shards": value}, hidden)


@pytest.mark.parametrize(
    "lines, spelling",
    [
        pytest.param(("{", "}", '"a": 1,', "-----BEGIN KEY-----"), "hex", id="json-and-pem"),
        pytest.param(("443",), "letters", id="number"),
        pytest.param(("sha",), "letters", id="prefix"),
        pytest.param(("123456",), "hex", id="long-number"),
        pytest.param(("no",), "hex", id="letters"),
    ],
)
def test_choose_spelling__depends_on_the_secrets_alone(
    lines: tuple[str, ...], spelling: str
) -> None:
    assert choose_spelling(dict.fromkeys(lines, "line 1 of x")) == spelling


def test_choose_spelling__refuses_secrets_that_could_hide_both() -> None:
    with pytest.raises(MisconfiguredError) as caught:
        choose_spelling({"1": "line 2 of build-secrets", "yes": "x", "k": "the secret KEY"})
    message, hint = caught.value.problem.message, caught.value.problem.hint
    assert "the output config of this job" in message
    assert "line 2 of build-secrets and the secret KEY" in message
    assert "jq -c ." in hint


def test_read_digest__of_nothing_else() -> None:
    assert read_digest("") == read_digest("g" * 63) == read_digest("none") == ""
    assert read_digest(spell(f"sha256:{'0f' * 32}", "letters")) == f"sha256:{'0f' * 32}"
