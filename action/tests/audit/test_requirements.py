from pathlib import Path

import pytest

from rehearsal.audit.requirements import Requirement, parse_requirements

FILES = sorted(Path(__file__).with_name("requirements").glob("*.txt"))
# What each of them names for Linux and Python 3.13.
VERSIONS = {
    "asgiref": "3.13.0", "click": "8.5.1", "django": "5.2.19", "gunicorn": "23.0.0",
    "h11": "0.16.0", "packaging": "26.4", "sqlparse": "0.6.1", "uvicorn": "0.54.0",
    "whitenoise": "6.12.0",
}  # fmt: skip
ELSEWHERE = {"tzdata", "typing-extensions"}


def one(line: str) -> Requirement:
    (found,) = parse_requirements([line])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_parse_requirements__of_real_tools(file: Path) -> None:
    found = list(parse_requirements(file.read_text().splitlines()))
    assert {each.name: each.version for each in found if each.name not in ELSEWHERE} == VERSIONS
    assert all(each.marker for each in found if each.name in ELSEWHERE)
    assert not any("hash" in each.line for each in found)


@pytest.mark.parametrize(
    "line, name, version",
    [
        ("Django==5.2", "django", "5.2"),
        ("zope.interface == 7.0 # why", "zope-interface", "7.0"),
        ("uvicorn[standard,x]==0.3", "uvicorn", "0.3"),
        ("typing_extensions===4.1", "typing-extensions", "4.1"),
        ("a (==1.0)", "a", "1.0"),
        ("a>=1,==1.2,!=1.3", "a", "1.2"),
        ("a==1.0 --hash=sha256:00 --hash=sha256:11", "a", "1.0"),
        ("a==1.*", "a", ""),
        ("a~=1.0", "a", ""),
        ("a", "a", ""),
        ("a >= 1", "a", ""),
        ("a<2;python_version<'3'", "a", ""),
    ],
)
def test_parse_requirements__the_version(line: str, name: str, version: str) -> None:
    found = one(line)
    assert (found.name, found.version) == (name, version)


def test_parse_requirements__address_and_marker() -> None:
    found = one("shop @ git+https://git.example/shop@v1#egg=shop ; python_version > '3'")
    assert found.url == "git+https://git.example/shop@v1#egg=shop"
    assert found.marker == "python_version > '3'"


@pytest.mark.parametrize(
    "line",
    [
        "", "  # django==1", "-r base.txt", "--index-url https://index.example/simple", "-e .", ".",
        "./packages/shop", "shop-1.0-py3-none-any.whl", "shop-1.0.tar.gz", "https://x.example/a.whl",
        "git+https://git.example/shop@v1", "-e git+https://git.example/shop@v1#egg=shop",
        "words that are no requirement", "\ufffd", "==1.0",
    ],
)  # fmt: skip
def test_parse_requirements__no_package(line: str) -> None:
    assert not list(parse_requirements([line]))


def test_parse_requirements__lines_go_on() -> None:
    lines = ["a==1 \\", "  --hash=sha256:00 \\", "# no end", "b==2 \\"]
    assert [(each.name, each.version) for each in parse_requirements(lines)] == [
        ("a", "1"),
        ("b", "2"),
    ]


def test_parse_requirements__a_hostile_line_takes_no_time() -> None:
    for line in (
        "a" + "-" * 100_000 + "!",
        "a" + " " * 100_000 + "!",
        "a\\" * 50_000,
        "a -" * 50_000,
    ):
        list(parse_requirements([line]))
