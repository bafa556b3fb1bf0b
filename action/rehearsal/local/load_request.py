"""What a command line on a laptop asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.config.request import Request
from rehearsal.local.contexts import Sources
from rehearsal.local.dotenv import FILE, parse_dotenv
from rehearsal.local.step import StepEnvironment, read_step
from rehearsal.local.step_selection import StepNotFoundError, StepSelector, select_step
from rehearsal.local.workflow_file import Use
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.outside.git import GitCheckout, NoCheckoutError, find_checkout
from rehearsal.verdict import Misconfigured


@dataclass(frozen=True, kw_only=True)
class LocalOptions:
    """The command line: which step, what `--set` sets, and inputs that go over the step's."""

    wanted: StepSelector = field(default_factory=StepSelector)
    settings: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    flags_only: bool = False


def read_request(command: LocalOptions, environ: Mapping[str, str], cwd: Path) -> Request:
    """Return what is asked for: the step of a workflow, flags over it, or flags alone.

    Flags alone count where they are wanted alone, and where there is no step to read. Raises
    `Misconfigured` with what to do.
    """
    checkout: GitCheckout | NoCheckoutError
    try:
        checkout = find_checkout(cwd, environ)
    except NoCheckoutError as nothing:
        checkout = nothing
    known = checkout if isinstance(checkout, GitCheckout) else GitCheckout(top=cwd)
    sources = Sources(
        settings=command.settings,
        environ=environ,
        dotenv=_dotenv(known.top),
        checkout=known,
    )
    if command.flags_only:
        return _flags(command, sources, cwd)
    try:
        use = _use(command.wanted, checkout, cwd)
    except (StepNotFoundError, YamlMissingError) as problem:
        if command.wanted or not command.inputs:
            raise
        return _flags(command, sources, cwd, note=f"{problem.message} The flags alone count.")
    return read_step(use, sources, command.inputs)


def _use(wanted: StepSelector, checkout: GitCheckout | NoCheckoutError, cwd: Path) -> Use:
    if isinstance(checkout, NoCheckoutError):
        raise StepNotFoundError(
            f"{cwd} is in no git checkout ({checkout}), so there is no workflow to read a step "
            "from.",
            hint="Go into the checkout (cd), make it one (git init), or give the inputs as "
            "flags: rehearse --help lists them.",
        )
    return select_step(wanted, top=checkout.top, cwd=cwd, repository=checkout.repository)


def _flags(command: LocalOptions, sources: Sources, cwd: Path, *, note: str = "") -> Request:
    return Request(
        given=dict(command.inputs),
        environ=StepEnvironment(sources),
        top=cwd,
        extra_secrets=sources.confidential,
        notes=(note,) if note else (),
    )


def _dotenv(top: Path) -> dict[str, str]:
    try:
        return parse_dotenv((top / FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"{top / FILE} cannot be read: {type(error).__name__}.",
            hint="It has to be a file of NAME=value lines, in UTF-8, that you may read.",
        ) from None
