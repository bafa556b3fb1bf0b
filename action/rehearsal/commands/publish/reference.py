"""References of images, as they are pushed to: a registry, a repository, a tag."""

import re
from dataclasses import dataclass

from rehearsal.config.inputs import Inputs, shown
from rehearsal.verdict import Misconfigured

# Source: distribution/reference, the grammar of reference.go.
HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?)(:[0-9]+)?")
PART = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY = re.compile(rf"{PART}(/{PART})*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# Of a registry's host and the repository together.
LONGEST = 255
HUB = "docker.io"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One place to push to; `written` is what the caller wrote."""

    written: str
    registry: str
    repository: str
    tag: str

    @property
    def name(self) -> str:
        """The same for every way to write it."""
        return f"{self.registry}/{self.repository}:{self.tag}"

    @property
    def untagged(self) -> str:
        """The repository as the caller wrote it, to be followed by a digest."""
        return self.written.removesuffix(f":{self.tag}")


def split_repository(written: str) -> tuple[str, str]:
    """Return the registry and the repository; without a host it is Docker's own registry."""
    first, slash, rest = written.partition("/")
    if slash and (re.search(r"[.:]", first) or first == "localhost"):
        return first, rest
    return HUB, written if slash else f"library/{written}"


def read_references(inputs: Inputs, name: str = "to") -> tuple[Reference, ...]:
    """Return the references of an input, one a line. Raises `Misconfigured`."""
    lines = inputs.lines(name)
    if not lines:
        raise Misconfigured(
            f"The input {name} is empty; it has to hold references of images, one a line.",
            hint=f"Write where to push to, with the tag: {name}: ghcr.io/OWNER/app:1.2.3.",
        )
    found: dict[str, Reference] = {}
    for line in lines:
        reference = _read(name, line)
        if same := found.get(reference.name):
            raise Misconfigured(
                f"The input {name} holds {shown(line)} twice"
                + ("." if same.written == line else f": {shown(same.written)} is the same."),
                hint="Remove one of the two lines.",
            )
        found[reference.name] = reference
    return tuple(found.values())


def _read(name: str, line: str) -> Reference:
    def wrong(what: str, advice: str) -> Misconfigured:
        return Misconfigured(f"The input {name} holds {shown(line)}{what}", hint=advice)

    if "@" in line:
        raise wrong(
            ", which names a digest; a digest is what a push results in.",
            "Write a tag instead: the outputs digest and digests tell what it became.",
        )
    path, colon, tag = line.rpartition(":")
    if not colon or "/" in tag:
        raise wrong(
            ", which has no tag.",
            f"Say which one is meant: {line}:1.2.3, or {line}:latest.",
        )
    registry, repository = split_repository(path)
    if repository != repository.lower():
        raise wrong(
            ", and a repository's name has no upper case.",
            f"Write {registry}/{repository.lower()}:{tag}. In a workflow, "
            "github.repository_owner keeps its upper case: write the name out.",
        )
    for what, text, grammar in (
        ("registry", registry, HOST),
        ("repository", repository, REPOSITORY),
        ("tag", tag, TAG),
    ):
        if not grammar.fullmatch(text):
            raise wrong(
                f", whose {what} {shown(text)} is none.",
                "One reference a line, like ghcr.io/owner/app:1.2.3.",
            )
    if len(f"{registry}/{repository}") > LONGEST:
        raise wrong(", which is too long.", f"Registry and repository have {LONGEST} characters.")
    return Reference(written=line, registry=registry, repository=repository, tag=tag)
