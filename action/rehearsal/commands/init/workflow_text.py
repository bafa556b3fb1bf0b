"""Write the draft as the text of a workflow file."""

import textwrap
from collections.abc import Iterator

from rehearsal import __version__
from rehearsal.commands.init.input_line import Draft, InputLine
from rehearsal.config.input_table import INPUTS
from rehearsal.config.variables import stored_name
from rehearsal.local.yaml_file import CONSTANTS, NUMBER
from rehearsal.regex import regex

ACTION = f"OWNER/dress-rehearsal/action@v{__version__}"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
HEAD = f"""\
name: Rehearse

on:
  push:
    branches: [{{branch}}]
  pull_request:

permissions: {{{{}}}}

jobs:
  rehearse:
    name: Rehearse
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read # to check out; the action itself needs no permission
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
"""
STEP, KEY, ITEM = " " * 6, " " * 8, " " * 10
WIDTH = 100
SPACE_FIRST = regex(r"\n* ")
# Text that YAML reads as it is, without quotes.
PLAIN = regex(r"[A-Za-z0-9/.$_](?:[^\n#:]|:(?=\S)|(?<=\S)#)*")


def workflow_text(draft: Draft, *, branch: str = "main", action: str = ACTION) -> str:
    """Return the workflow file; the comment above each input says why it is there."""
    lines = [HEAD.format(branch=branch).rstrip("\n")]
    for note in draft.notes:
        lines += _comment(f"To do: {note}", STEP)
    if action == ACTION:
        lines += _comment("Replace OWNER by the GitHub account that hosts the action.", STEP)
    lines.append(f"{STEP}- uses: {action}")
    if draft.secret_names:
        lines.append(f"{KEY}env:")
        lines += (
            f"{ITEM}{name}: ${{{{ secrets.{stored_name(name)} }}}}" for name in draft.secret_names
        )
    inputs = dict(draft.by_name())
    if inputs:
        lines.append(f"{KEY}with:")
    for name in INPUTS:
        if name in inputs:
            lines += _input(name, inputs[name])
    return "\n".join(lines) + "\n"


def files_as_comments(draft: Draft) -> str:
    """Return the other files to write as comments, to print after the workflow."""
    shown = [("", f"{each.path}:", *each.text.splitlines()) for each in draft.files]
    return "".join(f"# {line}".rstrip() + "\n" for lines in shown for line in lines)


def _input(name: str, lines: list[InputLine]) -> Iterator[str]:
    for why in dict.fromkeys(each.why for each in lines if each.why):
        yield from _comment(why, ITEM)
    text = "\n".join(each.text for each in lines)
    if "\n" not in text:
        yield f"{ITEM}{name}: {quoted(text)}"
        return
    # Without a number, the spaces before the first text would be taken for the indentation.
    yield f"{ITEM}{name}: |{'2' if SPACE_FIRST.match(text) else ''}"
    yield from (f"{ITEM}  {line}".rstrip() for line in text.split("\n"))


def quoted(text: str) -> str:
    """Return a text of one line as YAML: with quotes where it needs them."""
    is_plain = (
        PLAIN.fullmatch(text)
        and text not in CONSTANTS
        and not NUMBER.fullmatch(text)
        and not text.endswith((" ", ":"))
    )
    return text if is_plain else "'" + text.replace("'", "''") + "'"


def _comment(text: str, indent: str) -> list[str]:
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return textwrap.wrap(
        shown,
        WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
