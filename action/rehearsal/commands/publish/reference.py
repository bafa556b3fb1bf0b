"""References to push to: a registry, a repository and a tag."""

import re

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# Source: distribution/reference, the grammar of reference.go.
HOST = regex(r"(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?)(:[0-9]+)?")
COMPONENT = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY = regex(rf"{COMPONENT}(/{COMPONENT})*")
TAG = regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# Registry and repository together have at most so many characters.
MAX_LENGTH = 255
DOCKER_HUB = "docker.io"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One reference to push to; `written` is the text from the input."""

    written: str
    registry: str
    repository: str
    tag: str

    @property
    def normalized(self) -> str:
        """The reference with its registry, the same for every spelling."""
        return f"{self.registry}/{self.repository}:{self.tag}"

    @property
    def untagged(self) -> str:
        """The text from the input without its tag."""
        return self.written.removesuffix(f":{self.tag}")


def split_repository(name: str) -> tuple[str, str]:
    """Return the registry and the repository; without a host the registry is Docker Hub."""
    first, slash, rest = name.partition("/")
    if slash and (re.search(r"[.:]", first) or first == "localhost"):
        return first, rest
    return DOCKER_HUB, name if slash else f"library/{name}"


def read_references(inputs: Inputs, name: str = "to") -> tuple[Reference, ...]:
    """Parse the references of an input, one a line. Raises `MisconfiguredError`."""
    lines = inputs.lines(name)
    if not lines:
        raise MisconfiguredError(
            f"The input {name} is empty; it must list references to push to, one a line.",
            hint=f"Write each one with its tag: {name}: ghcr.io/OWNER/app:1.2.3.",
        )
    found: dict[str, Reference] = {}
    for line in lines:
        reference = _parse_reference(name, line)
        if same := found.get(reference.normalized):
            raise MisconfiguredError(
                f"The input {name} holds {quoted(line)} twice"
                + ("." if same.written == line else f": {quoted(same.written)} is the same."),
                hint="Remove one of the two lines.",
            )
        found[reference.normalized] = reference
    return tuple(found.values())


def _parse_reference(name: str, line: str) -> Reference:
    def error(what: str, hint: str) -> MisconfiguredError:
        return MisconfiguredError(f"The input {name} holds {quoted(line)}{what}", hint=hint)

    if "@" in line:
        raise error(
            ", which names a digest; only a push determines the digest.",
            "Write a tag instead: the outputs digest and digests hold the result.",
        )
    path, colon, tag = line.rpartition(":")
    if not colon or "/" in tag:
        raise error(
            ", which has no tag.",
            f"Add one: {line}:1.2.3, or {line}:latest.",
        )
    registry, repository = split_repository(path)
    if repository != repository.lower():
        raise error(
            ", but the name of a repository has no upper case.",
            f"Write {registry}/{repository.lower()}:{tag}. In a workflow, "
            "github.repository_owner keeps its upper case: write the name out.",
        )
    for what, text, grammar in (
        ("registry", registry, HOST),
        ("repository", repository, REPOSITORY),
        ("tag", tag, TAG),
    ):
        if not grammar.fullmatch(text):
            raise error(
                f", whose {what} {quoted(text)} is not valid.",
                "Write one reference a line, like ghcr.io/owner/app:1.2.3.",
            )
    if len(f"{registry}/{repository}") > MAX_LENGTH:
        raise error(
            ", which is too long.", f"Registry and repository have at most {MAX_LENGTH} characters."
        )
    return Reference(written=line, registry=registry, repository=repository, tag=tag)
