"""What an input is: its name, the type of its value, its meaning, and where it is allowed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY
from ipaddress import ip_address

from rehearsal.dataclass import dataclass


def _anything(value: str) -> bool:
    del value
    return True


@dataclass(frozen=True, kw_only=True)
class InputType:
    """A type of value.

    Documents show `label`, `--help` shows `metavar`, errors show `allowed`. `accepts` gets the
    value without the white space around it. Errors never show a confidential value: it may hold a
    secret. `yaml` is the type in a reusable workflow. A list has one item a line; so has a script.
    """

    label: str
    metavar: str = "TEXT"
    allowed: str = ""
    accepts: Callable[[str], bool] = _anything
    confidential: bool = False
    is_list: bool = False
    yaml: str = "string"


def matching(pattern: str, allowed: str, *, confidential: bool = False) -> InputType:
    """Return the type of a text that is empty or matches the whole pattern."""
    return InputType(
        label="text",
        allowed=allowed,
        accepts=lambda value: not value or re.fullmatch(pattern, value) is not None,
        confidential=confidential,
    )


def number(
    low: int, high: int, unit: str = "", *, optional: bool = False, yaml: str = "number"
) -> InputType:
    """Return the type of a whole number from `low` to `high`; empty means 0 where `optional`.

    In a workflow, GitHub makes 0 of a number that is not given: as a string it can be empty.
    """

    def accepts(value: str) -> bool:
        if not value:
            return optional
        return bool(re.fullmatch(r"[0-9]{1,9}", value)) and low <= int(value) <= high

    return InputType(
        label=f"{low} to {high} {unit}".rstrip(),
        metavar="N",
        allowed=f"a whole number{unit and ' of ' + unit} from {low} to {high}",
        accepts=accepts,
        yaml=yaml,
    )


def one_of(*words: str, yaml: str = "string") -> InputType:
    """Return the type of a value that is one of several words."""
    return InputType(
        label=f"{', '.join(words[:-1])} or {words[-1]}",
        metavar="WORD",
        allowed=f"one of {', '.join(words)}",
        accepts=words.__contains__,
        yaml=yaml,
    )


def _is_address(value: str) -> bool:
    """Whether a text is empty, or an address on which one interface of a machine may listen."""
    try:
        address = ip_address(value or "127.0.0.1")
    except ValueError:
        return False
    # The engine takes no zone, as in fe80::1%eth0.
    return not (address.is_unspecified or address.is_multicast or "%" in value)


TEXT = InputType(label="text")
FOLDER = InputType(label="folder", metavar="FOLDER")
FILE = InputType(label="file", metavar="FILE")
SCRIPT = InputType(label="script", metavar="SCRIPT", confidential=True, is_list=True)
LINES = InputType(label="lines", metavar="LINE", is_list=True)
# Lines that may hold a secret, such as an option with a password.
PRIVATE_LINES = InputType(label="lines", metavar="LINE", confidential=True, is_list=True)
# In the grammar of redaction.secret; each value of SECRETS is a secret.
VARIABLES = InputType(label="variables", metavar="NAME=VALUE", confidential=True, is_list=True)
# The same with the name of a service before each variable.
SERVICE_VARIABLES = InputType(
    label="variables", metavar="NAME=VALUE", confidential=True, is_list=True
)
SECRETS = InputType(label="secrets", metavar="NAME", confidential=True, is_list=True)
ADDRESS = InputType(
    label="IP address",
    metavar="ADDRESS",
    allowed="one IPv4 or IPv6 address of this machine, not 0.0.0.0 or ::",
    accepts=_is_address,
)
BOOLEAN = one_of("true", "false", yaml="boolean")


@dataclass(frozen=True)
class Input:
    """One input of an action or of a reusable workflow.

    `meaning` is one sentence for action.yml and the documents. `--help` has `short`, a few words
    that fit on a line beside the flag, below the heading `stage`.
    """

    name: str
    type: InputType
    meaning: str
    _: KW_ONLY
    stage: str = ""
    short: str = ""
    default: str = ""
    # Ignored where the input `image` names an image.
    build_only: bool = False
    # Ignored on a laptop.
    github_only: bool = False
    # Used by the tests alone.
    tests_only: bool = False
    # Why rehearsal.yml does not have this input; empty where it does.
    not_in_workflow: str = ""
    # The meaning in rehearsal.yml, where it differs.
    workflow_meaning: str = ""

    @property
    def help(self) -> str:
        """What `--help` says of it, for argparse, which replaces single percent signs."""
        default = f" [{self.default}]" if self.default not in ("", "false") else ""
        return f"{self.short}{default}".replace("%", "%%")


def table(*inputs: Input) -> Mapping[str, Input]:
    """Return inputs by name, in the order given."""
    return {each.name: each for each in inputs}
