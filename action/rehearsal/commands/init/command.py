"""`rehearse init`: read the repository, and write a workflow that rehearses its app."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.init.input_line import Draft
from rehearsal.commands.init.make_draft import make_draft
from rehearsal.commands.init.repository import main_branch, read_survey
from rehearsal.commands.init.survey import Survey
from rehearsal.commands.init.workflow_text import (
    ACTION,
    files_as_comments,
    workflow_text,
)
from rehearsal.commands.rehearse import run_rehearsal
from rehearsal.config.parser import plan_of
from rehearsal.local.load_inputs import LocalOptions, load_inputs
from rehearsal.local.step_selection import StepSelector
from rehearsal.local.workflow_file import (
    WORKFLOWS_FOLDER,
    ActionUse,
    find_uses,
    is_our_action,
    workflow_files,
)
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.outside.git import NoCheckoutError, find_checkout
from rehearsal.outside.github import Console
from rehearsal.verdict import MisconfiguredError

FILE = WORKFLOWS_FOLDER / "rehearse.yml"
# Where a repository may have a copy of the action.
OWN_ACTION = "./action"
QUESTION = "Rehearse now? [Y/n] "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the one flag."""
    parser.add_argument(
        "--print", action="store_true", help="only print the workflow on standard output"
    )


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Write the workflow and offer to rehearse it. Raises `MisconfiguredError`."""
    cwd = Path.cwd()
    try:
        checkout = find_checkout(cwd, environ)
    except NoCheckoutError as error:
        raise MisconfiguredError(
            f"{cwd} is not in a git repository ({error}), so there is no place for a workflow.",
            hint="Change to the repository (cd), or make this folder one: git init.",
        ) from None
    top = checkout.top
    if not options.print:
        _check_place(top)
        _check_not_used(top, checkout.repository)
    survey = read_survey(top, environ)
    draft = make_draft(survey)
    action = OWN_ACTION if is_our_action(OWN_ACTION, top=top, repository="") else ACTION
    text = workflow_text(draft, branch=main_branch(top, environ), action=action)
    if options.print:
        text += files_as_comments(draft)
        sys.stdout.buffer.write(text.encode(errors="replace"))
        sys.stdout.buffer.flush()
        return 0
    _check_new_files(top, draft)
    written = {FILE: text, **{Path(file.path): file.text for file in draft.files}}
    for path, content in written.items():
        _write(top / path, content)
    try:
        _check_written(cwd, environ, console)
    except MisconfiguredError:
        # The next rehearse init would only say that there is a workflow already.
        for path in written:
            (top / path).unlink(missing_ok=True)
        raise
    _print_summary(console, survey, draft)
    return _offer_rehearsal(environ, console, cwd)


def _check_place(top: Path) -> None:
    for file in (FILE, FILE.with_suffix(".yaml")):
        if (top / file).exists() or (top / file).is_symlink():
            raise MisconfiguredError(
                f"{file} exists already, and rehearse init never overwrites a file.",
                hint="To see what it would write: rehearse init --print. To let it write, move or "
                "remove the file first.",
            )


def _check_new_files(top: Path, draft: Draft) -> None:
    """Raise `MisconfiguredError` for a file that exists, though git does not have it."""
    for file in draft.files:
        if (top / file.path).exists() or (top / file.path).is_symlink():
            raise MisconfiguredError(
                f"{file.path} exists, but git ignores it, so GitHub would not have it.",
                hint="Take the rule out of .gitignore, or remove the file, and run rehearse init "
                "again.",
            )


def _check_not_used(top: Path, repository: str) -> None:
    """Raise `MisconfiguredError` if a workflow uses the action: two steps would do the same."""
    for file in workflow_files(top):
        for use in _uses(file, top, repository):
            raise MisconfiguredError(
                f"{use}, line {use.line}, uses the action already.",
                hint="Rehearse that step with: rehearse. To see what rehearse init would write: "
                "rehearse init --print.",
            )


def _uses(file: Path, top: Path, repository: str) -> list[ActionUse]:
    try:
        return find_uses(file, top=top, repository=repository)
    except YamlMissingError:
        raise
    except MisconfiguredError:
        return []  # GitHub does not run it either.


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", errors="replace") as opened:
            opened.write(text)
    except OSError as error:
        raise MisconfiguredError(
            f"{file} cannot be written: {error.strerror or type(error).__name__}.",
            hint="Check that you may write there, or print it: rehearse init --print.",
        ) from None


def _check_written(cwd: Path, environ: Mapping[str, str], console: Console) -> None:
    """Read the file as a rehearsal does. Raises `MisconfiguredError` for what it would refuse."""
    try:
        plan_of(load_inputs(_own_step(), environ, cwd))
    except YamlMissingError as error:
        console.info(f"note: {FILE} is written, but was not checked. {error.problem.message}")
    except MisconfiguredError as error:
        raise MisconfiguredError(
            f"Nothing is written, since a rehearsal refuses the workflow: {error.problem.message}",
            hint=f"{error.problem.hint} To see the workflow: rehearse init --print.",
        ) from None


def _own_step() -> LocalOptions:
    return LocalOptions(selector=StepSelector(workflow=str(FILE)))


def _print_summary(console: Console, survey: Survey, draft: Draft) -> None:
    for file in (str(FILE), *(each.path for each in draft.files)):
        console.info(f"written:  {file}")
    others = survey.choice.others
    rest = f" (not {', '.join(others[:3])}{', …' if others[3:] else ''})" if others else ""
    console.info(f"image:    {survey.choice.dockerfile.path}{rest}")
    console.info(f"tests:    {survey.suite or 'none found'}")
    for note in draft.notes:
        console.info(f"to do:    {note}")


def _offer_rehearsal(environ: Mapping[str, str], console: Console, cwd: Path) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        console.info("next:     rehearse")
        return 0
    try:
        answer = input(QUESTION).strip().lower()
    except (EOFError, KeyboardInterrupt):
        answer = "n"
    if answer not in ("", "y", "yes"):
        console.info("next:     rehearse")
        return 0
    ending = run_rehearsal(
        lambda: load_inputs(_own_step(), environ, cwd), environ, console, local=True
    )
    return ending.result.verdict.exit_code


COMMAND = Command(
    add_arguments=add_arguments,
    run=run,
    draws_stages=True,
    prints_document=lambda options: bool(options.print),
)
