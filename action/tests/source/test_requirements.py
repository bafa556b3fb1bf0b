import time
from pathlib import Path

import pytest

from rehearsal.source.requirements import read_requirements

TOP = Path("/project")


def read(**texts: str) -> tuple[tuple[str, ...], str]:
    """Read a.txt of these files; return all that was read, and what is not described."""
    files = {TOP / f"{name}.txt": text for name, text in texts.items()}
    found = read_requirements(TOP / "a.txt", files.get)
    return found.texts, found.undescribed


@pytest.mark.parametrize(
    "line",
    [
        "django",
        "django==5.2",
        "Django == 5.2.*  # a comment",
        "a-b_c.d[one, two]>=1,<2,!=1.5; python_version < '3.13' and sys_platform == 'linux'",
        "a (>=1.0)",
        "a~=1.4",
        "a===1.0+local.1",
        "a==1.0 --hash=sha256:00ff --hash=sha256:11ee",
        "a==1.0 \\\n    --hash=sha256:00ff \\\n    --hash=sha256:11ee",
        "a==1.0 ; python_version < '3' --config-settings x=y",
        "a>=1 # git+https://example.com/x",
        "",
        "   # only a comment",
        "-i https://name:word@example.com/simple",
        "--index-url=https://${TOKEN}@example.com/simple",
        "--extra-index-url https://example.com/simple",
        "--pre",
        "--no-binary :all:",
        "--only-binary=:all:",
        "--trusted-host example.com",
    ],
)
def test_read_requirements__says_everything(line: str) -> None:
    assert read(a=f"\ufeff{line}\nb==1\n") == ((f"\ufeff{line}\nb==1\n",), "")


@pytest.mark.parametrize(
    "line",
    [
        ".",
        "-e .",
        "--editable=.",
        "./package",
        "../package[extra]",
        "/absolute",
        "folder/package",
        "package.whl",
        "package-1.0.tar.gz",
        "a @ file:///a",
        "a@git+https://example.com/a@main",
        "a @ https://name:word@example.com/a.whl",
        "git+ssh://git@example.com/a.git@v1#egg=a",
        "https://example.com/a.zip",
        "-f ./wheels",
        "--find-links=https://example.com/wheels",
        "--no-such-option",
        "a b",
        "a==1.0 \\\n  .",
        "${WHAT}",
        "-r https://example.com/b.txt",
    ],
)
def test_read_requirements__has_an_undescribed_line(line: str) -> None:
    _, undescribed = read(a=f"# one\nb==1\n{line}\nc==1")
    assert undescribed in (
        "a.txt, line 3, is no name with versions, but a path, an address or an option",
        "b.txt cannot be read",
    )
    assert "word" not in undescribed, "an address may hold a password"


@pytest.mark.parametrize(
    "line",
    ["-r b.txt", "-rb.txt", "--requirement b.txt", "--requirement=b.txt", "-r 'b.txt'  # b",
     "-c b.txt", "--constraint=b.txt", f"-r {TOP}/b.txt"],
)  # fmt: skip
def test_read_requirements__with_what_it_includes(line: str) -> None:
    assert read(a=line, b="b==1\n") == ((line, "b==1\n"), "")
    assert read(a=line, b="x==1\n-e .")[1].startswith("b.txt, line 2, is no name")
    assert read(a=line)[1] == "b.txt cannot be read"


def test_read_requirements__below_the_including_file() -> None:
    files = {TOP / "in/a.txt": "-r ../all/b.txt", TOP / "in/../all/b.txt": "-r c.txt"}
    files[TOP / "in/../all/c.txt"] = "c==1"
    assert read_requirements(TOP / "in/a.txt", files.get).texts == tuple(files.values())


def test_read_requirements__in_a_circle() -> None:
    assert read(a="-r b.txt", b="-r a.txt") == (("-r b.txt", "-r a.txt"), "")


def test_read_requirements__without_end() -> None:
    def read_next(path: Path) -> str:
        return f"-r {path.stem}a.txt"

    found = read_requirements(TOP / "a.txt", read_next)
    assert found.undescribed.endswith(" cannot be read")
    assert len(found.texts) == 100


def test_read_requirements__variables() -> None:
    files = {TOP / "a.txt": "--index-url https://${TOKEN}@${HOST}/x\n-r b.txt\n$NOT ${not}"}
    files[TOP / "b.txt"] = "a==${VERSION}"
    found = read_requirements(TOP / "a.txt", files.get)
    assert found.variables == {"TOKEN", "HOST", "VERSION"}


def test_has_hashes() -> None:
    def found(*texts: str) -> bool:
        files = {TOP / f"{number}.txt": text for number, text in enumerate(texts)}
        return read_requirements(TOP / "0.txt", files.get).has_hashes

    assert not found("a==1\n-r 1.txt", "b==1")
    assert found("a==1\n-r 1.txt", "b==1 \\\n  --hash=sha256:00ff")
    assert found("--require-hashes\na==1")


@pytest.mark.parametrize(
    "line",
    [
        f"a{' ' * 200_000}@",
        f"a=={'1' * 200_000}@",
        f"a{',==1' * 60_000}@",
        f"a[{'b,' * 100_000}@",
        f"{'a-' * 100_000}@",
        f"{'a -' * 60_000}@",
        f"-r{' =' * 100_000}",
        "\\\n" * 100_000,
    ],
    ids=str.__len__,
)
def test_read_requirements__takes_little_time(line: str) -> None:
    started = time.process_time()
    read(a=line)
    assert time.process_time() - started < 2
