"""One window of Firefox, by BiDi."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.page_looks import PageLooks
from rehearsal_capture.trace.page_script import page_script

_SANDBOX = "rehearsal"
_QUALITY = 0.5
# BiDi writes each value of an object with its type: a text is shorter.
_PAGE = f"known => JSON.stringify(({page_script()})(JSON.parse(known)))"
_FIELD = """field => JSON.stringify({localName: field.localName,
  attributes: [...field.attributes].flatMap(({name, value}) => [name, value])})"""


class BidiPage:
    """A window and what it shows; `send` sends the browser a command."""

    def __init__(self, context: str, user_context: str, send: Callable[..., None]) -> None:
        self.user_context = user_context
        self.looks = PageLooks(self._describe, self._take_picture)
        self._context = context
        self._send = send

    def describe_field(
        self, params: dict[str, Any], answer: Callable[[dict[str, Any]], None]
    ) -> bool:
        """Have `answer` called with the node of a command's element; return whether it will be.

        An element of a frame is unknown here.
        """
        field = {"sharedId": str(params.get("id"))}
        self._call(_FIELD, field, lambda found: answer(json.loads(found or "{}")))
        return True

    def _describe(
        self, known: dict[str, int], answer: Callable[[dict[str, Any] | None], None]
    ) -> None:
        text = {"type": "string", "value": json.dumps(known)}
        self._call(_PAGE, text, lambda found: answer(json.loads(found) if found else None))

    def _call(
        self, script: str, argument: dict[str, Any], answer: Callable[[str | None], None]
    ) -> None:
        """Call a function that returns a text, in a world that shares only the DOM."""
        params = {
            "functionDeclaration": script, "arguments": [argument], "awaitPromise": False,
            "target": {"context": self._context, "sandbox": _SANDBOX},
        }  # fmt: skip

        def called(reply: dict[str, Any]) -> None:
            answer(((reply.get("result") or {}).get("result") or {}).get("value"))

        self._send("script.callFunction", params, called)

    def _take_picture(self, answer: Callable[[str | None], None]) -> None:
        params = {"context": self._context, "format": {"type": "image/jpeg", "quality": _QUALITY}}
        self._send("browsingContext.captureScreenshot", params,
                   lambda reply: answer((reply.get("result") or {}).get("data")))  # fmt: skip
