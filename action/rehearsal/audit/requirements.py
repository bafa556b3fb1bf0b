"""The lines of Python's requirements files."""

from collections.abc import Iterable, Iterator

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.package_names import normal_name

# A line that ends with a backslash goes on; a comment begins a line, or after a space.
JOINED = regex(r"\\\s*$")
COMMENT = regex(r"(?:^|\s)#.*$")
REQUIREMENT = regex(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?:@\s*(?P<url>\S+)|\(?(?P<versions>[^;()]*)\)?)\s*(?:;(?P<marker>.*))?"
)
# pip's options of one line stand after it.
OPTIONS = regex(r"\s--?[a-z].*$")
EXACT = regex(r"===?\s*(?P<version>[^\s*]+)")
ARCHIVE = regex(r".*\.(?:whl|zip|tar\.\w+|tgz)")


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A package that a line requires.

    `version` is the exact version that the line pins, empty if it pins none. With a `url` the
    version is that of what is there.
    """

    name: str
    line: str
    version: str = ""
    url: str = ""
    marker: str = ""


def parse_requirements(lines: Iterable[str]) -> Iterator[Requirement]:
    """Yield the packages that lines require; not options, paths and addresses without a name."""
    for line in map(_without_options, _joined(lines)):
        found = REQUIREMENT.fullmatch(line)
        if not found or ARCHIVE.fullmatch(found["name"]):
            continue
        versions = (found["versions"] or "").strip()
        if versions and versions[0] not in "=<>!~":
            continue
        exact = filter(None, (EXACT.fullmatch(each.strip()) for each in versions.split(",")))
        yield Requirement(
            name=normal_name(found["name"]),
            line=line,
            version=next((each["version"] for each in exact), ""),
            url=found["url"] or "",
            marker=(found["marker"] or "").strip(),
        )


def _without_options(line: str) -> str:
    return OPTIONS.sub("", line).strip()


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield whole lines without comments."""
    whole = ""
    for line in lines:
        text = COMMENT.sub("", line)
        whole += JOINED.sub(" ", text)
        if not JOINED.search(text):
            if whole.strip():
                yield whole.strip()
            whole = ""
    if whole.strip():
        yield whole.strip()
