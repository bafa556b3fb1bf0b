"""Load the inputs for a rehearsal on a laptop from a workflow file and the command line."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.dataclass import dataclass
from rehearsal.local.contexts import ValueSources
from rehearsal.local.dotenv import DOTENV_FILE, parse_dotenv
from rehearsal.local.step_environment import StepEnvironment
from rehearsal.local.step_reader import read_step
from rehearsal.local.step_selection import StepNotFoundError, StepSelector, select_step
from rehearsal.local.workflow_file import ActionUse
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.outside.git import GitCheckout, NoCheckoutError, find_checkout
from rehearsal.verdict import MisconfiguredError


@dataclass(frozen=True, kw_only=True)
class LocalOptions:
    """The command line on a laptop.

    `set_values` are the values of `--set`, by path. `inputs` replace those of the step.
    `flags_only` means that no workflow is read. `unused` are inputs of the step without effect.
    """

    selector: StepSelector = field(default_factory=StepSelector)
    set_values: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    flags_only: bool = False
    unused: tuple[str, ...] = ()


def load_inputs(options: LocalOptions, environ: Mapping[str, str], cwd: Path) -> GivenInputs:
    """Return the request: the inputs of a workflow's step, with those given as flags over them.

    Only the flags are used with `flags_only`, and where they are given and there is no step to
    read. Raises `MisconfiguredError`.
    """
    no_checkout = ""
    try:
        checkout = find_checkout(cwd, environ)
    except NoCheckoutError as error:
        checkout, no_checkout = GitCheckout(top=cwd), str(error)
    sources = ValueSources(
        set_values=options.set_values,
        environ=environ,
        dotenv=_read_dotenv(checkout.top),
        checkout=checkout,
    )
    if options.flags_only:
        return _request_from_flags(options, sources, cwd)
    try:
        use = _select_use(options.selector, checkout, cwd, no_checkout)
    except (StepNotFoundError, YamlMissingError) as error:
        if options.selector or not options.inputs:
            raise
        note = f"{error.problem.message} Only the flags are used."
        return _request_from_flags(options, sources, cwd, note)
    return read_step(use, sources, options.inputs, unused=options.unused)


def _select_use(
    selector: StepSelector, checkout: GitCheckout, cwd: Path, no_checkout: str
) -> ActionUse:
    if no_checkout:
        raise StepNotFoundError(
            f"{cwd} is not in a git checkout ({no_checkout}), so there is no workflow to read.",
            hint="Change to the checkout (cd), make this folder one (git init), or give the inputs "
            "as flags: rehearse --help lists them.",
        )
    return select_step(selector, top=checkout.top, cwd=cwd, repository=checkout.repository)


def _request_from_flags(
    options: LocalOptions, sources: ValueSources, cwd: Path, *notes: str
) -> GivenInputs:
    return GivenInputs(
        inputs=dict(options.inputs),
        environ=StepEnvironment(sources),
        top=cwd,
        extra_secrets=sources.used_secrets,
        notes=notes,
    )


def _read_dotenv(top: Path) -> dict[str, str]:
    try:
        return parse_dotenv((top / DOTENV_FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            f"{top / DOTENV_FILE} cannot be read: {type(error).__name__}.",
            hint="It has to be a readable file of NAME=value lines in UTF-8.",
        ) from None
