from typing import Any

import pytest

from rehearsal_capture.trace.typed_text import TypedText, backend_node, is_plain


def node(tag: str, **attributes: str) -> dict[str, Any]:
    pairs = [each for pair in attributes.items() for each in pair]
    return {"localName": tag, "attributes": pairs}


@pytest.mark.parametrize(
    "described, shown",
    [
        (node("input"), True),
        (node("input", type="search", name="q"), True),
        (node("textarea", name="note"), True),
        (node("input", type="text", name="api_token"), False),
        (node("input", type="text", autocomplete="one-time-code"), False),
        (node("input", type="text", autocomplete="cc-number"), False),
        (node("input", type="text", placeholder="Your password"), False),
        (node("input", type="password"), False),
        (node("input", type="email"), False),
        (node("input", type="file"), False),
        (node("div", contenteditable="true"), False),
        (node("input", formcontrolname="secretAccessKey"), False),
        (node("input", onfocus="this.type='password'"), False),
        (node("input", maxlength="1"), False),
        ({}, False),
    ],
)
def test_is_plain(described: dict[str, Any], shown: bool) -> None:
    assert is_plain(described) is shown


@pytest.mark.parametrize("is_answered_first", [True, False])
def test_show__when_both_are_there(is_answered_first: bool) -> None:
    step = {"text": "•••"}
    typed = TypedText({"text": "Buy tea\ue007\ue03d"})
    if is_answered_first:
        typed.answer(node("input"))
    typed.show_in(step)
    if not is_answered_first:
        assert step["text"] == "•••"
        typed.answer(node("input"))
    assert step["text"] == "Buy tea[Enter][key]"


def test_show__a_long_text_says_that_it_is_cut() -> None:
    """The redactor knows a piece of a secret by the ellipsis."""
    step: dict[str, Any] = {}
    typed = TypedText({"text": "x" * 300})
    typed.show_in(step)
    typed.answer(node("input"))
    assert step["text"] == f"{'x' * 199}…"


@pytest.mark.parametrize("described", [node("input", type="password"), {}])
def test_show__stays_hidden(described: dict[str, Any]) -> None:
    step = {"text": "•••"}
    typed = TypedText({"text": "s3cret"})
    typed.show_in(step)
    typed.answer(described)
    assert step["text"] == "•••"


def test_backend_node__of_chromes_ids_only() -> None:
    assert backend_node({"id": "f.0A.d.1B.e.37"}, "0A") == 37
    assert backend_node({"id": "7c1bd1ff-0a0a-4b1f-8f4e-3c2d1e0f9a8b"}, "0A") is None


def test_backend_node__of_another_frame() -> None:
    """A frame of another site counts its elements from 1, too."""
    assert backend_node({"id": "f.0C.d.1B.e.2"}, "0A") is None
