import os
from pathlib import Path

import pytest

from rehearsal.evidence.attachments import MAX_FILES, OUTSIDE, AttachmentFinder
from rehearsal.evidence.copy_files import copy_files
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import MAX_TESTS, name_folders
from rehearsal.evidence.left_out import MAX_NAMED, LeftOut
from rehearsal.evidence.staged_files import StagedFiles, StagedFolder, open_staged
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.tests import Failure, SuiteResults

from ..fakes import secret

PICTURE = b"\x89PNG\r\n"


class Project:
    """A checkout with files of its tests, and a place outside of it."""

    def __init__(self, top: Path) -> None:
        self.top = top / "checkout"
        self.directory = self.top / "app"
        self.outside = top / "outside"
        self.warnings: list[str] = []
        self.staged: list[StagedFolder] = []
        for folder in (self.directory, self.outside, top / "run"):
            folder.mkdir(parents=True)
        redactor = Redactor([secret()])
        self.evidence = Evidence(Folder(top / "run"), redactor, self.warnings.append)

    def write(self, name: str, content: bytes = PICTURE) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def copy(
        self, *paths: str, report: str = "reports/a.xml", count: int = 1, name: str = "t"
    ) -> list[str]:
        """Copy the attachments of tests of a name; return the paths of what was kept."""
        failure = Failure(name=name, message="no", attachments=paths, report=str(self.top / report))
        results = name_folders(SuiteResults(failed=(failure,) * count), self.evidence)
        folders = [self.top, self.directory, self.top / "missing"]
        left_out = LeftOut()
        finder = AttachmentFinder(self.evidence, folders, self.directory, left_out)
        staged = StagedFiles(
            folders=tuple(self.staged),
            attachments=tuple(finder.find_all(results)),
            left_out=left_out,
            limit=1 << 20,
        )
        copy_files(staged, self.evidence)
        kept = self.evidence.folder.path
        return sorted(str(each.relative_to(kept)) for each in kept.rglob("*") if each.is_file())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(
    "file, path",
    [
        pytest.param("reports/out/shot.png", "out/shot.png", id="from the report"),
        pytest.param("out/shot.png", "../out/shot.png", id="above the report"),
        pytest.param("app/out/shot.png", "out/shot.png", id="from the working directory"),
        pytest.param("app/out/shot.png", "{top}/app/out/shot.png", id="absolute"),
        pytest.param("app/out/shot.png", "file://{top}/app/out/shot.png", id="a URL"),
    ],
)
def test_find_all__finds_the_file(project: Project, file: str, path: str) -> None:
    project.write(file)
    assert project.copy(path.format(top=project.top)) == ["tests/t/shot.png"]
    assert (project.evidence.folder.path / "tests/t/shot.png").read_bytes() == PICTURE
    assert not project.warnings


def test_find_all__beside_the_report_goes_first(project: Project) -> None:
    project.write("reports/shot.png", b"beside the report")
    project.write("app/shot.png", b"in the working directory")
    assert project.copy("shot.png") == ["tests/t/shot.png"]
    kept = project.evidence.folder.path / "tests/t/shot.png"
    assert kept.read_bytes() == b"beside the report"


def test_find_all__each_test_of_a_name_keeps_its_own(project: Project) -> None:
    project.write("app/shot.png")
    assert project.copy("shot.png", count=2) == ["tests/t-2/shot.png", "tests/t/shot.png"]


def test_find_all__two_files_of_one_name(project: Project) -> None:
    project.write("app/a/video.webm")
    project.write("app/b/video.webm")
    found = project.copy("a/video.webm", "b/video.webm")
    assert found == ["tests/t/video-2.webm", "tests/t/video.webm"]


def test_find_all__through_the_redactor_under_safe_names(project: Project) -> None:
    name = f"{secret().value} 1.md"
    project.write(f"app/{name}", f"it is {secret().value}".encode())
    (found,) = project.copy(name)
    assert secret().value not in found
    assert (project.evidence.folder.path / found).read_text() == "it is ***"


@pytest.mark.parametrize(
    "path, reason",
    [
        pytest.param("/etc/passwd", OUTSIDE, id="outside"),
        pytest.param("../../../outside/x.png", OUTSIDE, id="by dots"),
        pytest.param("link.png", "Too many levels of symbolic links", id="a link"),
        pytest.param("folder/x.png", "Not a directory", id="a link to a folder"),
        pytest.param("pipe.png", "Not a regular file", id="a pipe"),
        pytest.param("shots", "Not a regular file", id="a folder"),
        pytest.param("../.git/config", "hidden files are not kept", id="git's"),
        pytest.param(".env", "hidden files are not kept", id="hidden"),
        pytest.param("gone.png", "No such file or directory", id="missing"),
        pytest.param("a\0b", "No path below the folder", id="no path"),
        pytest.param(".", "", id="the folder itself"),
        pytest.param("x" * 5000, "too long", id="long"),
    ],
)
def test_find_all__says_what_is_not_kept(project: Project, path: str, reason: str) -> None:
    (project.outside / "x.png").write_bytes(PICTURE)
    app = project.directory
    (app / "link.png").symlink_to(project.outside / "x.png")
    (app / "folder").symlink_to(project.outside)
    (app / "shots").mkdir()
    os.mkfifo(app / "pipe.png")
    project.write(".git/config")
    project.write("app/.env")
    assert project.copy(path, report="app/a.xml") == []
    (warning,) = project.warnings
    assert warning.startswith("The attachment ")
    assert reason in warning
    assert len(warning) < 400


def test_find_all__ignores_addresses(project: Project) -> None:
    assert project.copy("https://example.com/shot.png", "s3://x/y.png") == []
    assert not project.warnings


def test_find_all__not_what_is_in_the_folder_already(project: Project) -> None:
    staged = project.evidence.staging_folder("traces") / "t/shot.png"
    staged.parent.mkdir()
    staged.write_bytes(PICTURE)
    project.staged += open_staged(project.evidence, "traces", "tests", variable="X")
    assert project.copy(str(staged)) == ["tests/t/shot.png"]


@pytest.mark.parametrize("folder", ["traces", "junit"])
def test_find_all__from_the_staging_folders(project: Project, folder: str) -> None:
    staged = project.evidence.staging_folder(folder)
    (staged / "shot.png").write_bytes(PICTURE)
    assert project.copy(str(staged / "shot.png")) == ["tests/t/shot.png"]


def test_find_all__not_through_a_link_in_place_of_one(project: Project) -> None:
    (project.outside / "private.png").write_bytes(PICTURE)
    staged = project.evidence.staging_folder("traces")
    staged.rmdir()
    staged.symlink_to(project.outside)
    assert project.copy(str(staged / "private.png")) == []
    assert project.warnings == [f"The attachment '{staged}/private.png' was left out: {OUTSIDE}."]


def test_find_all__up_to_a_number(project: Project) -> None:
    for number in range(MAX_FILES + 2):
        project.write(f"app/{number}.png")
    paths = [f"{number}.png" for number in range(MAX_FILES + 2)]
    assert len(project.copy(*paths)) == MAX_FILES
    assert project.warnings == ["2 more attachments of t were not kept."]


def test_find_all__warns_a_few_times_and_of_the_first_tests_alone(project: Project) -> None:
    assert project.copy("gone.png", count=MAX_TESTS + 9) == []
    assert len(project.warnings) == MAX_NAMED + 1
    assert project.warnings[-1] == f"{MAX_TESTS - MAX_NAMED} more files were left out (0 bytes)."


SLUG = "tests-test-visit-py-testpage-test-title-chromium-1-280px"


@pytest.mark.parametrize(
    "name",
    [
        "tests.test_visit.TestPage.test_title[chromium-1_280px]",
        "tests/test_visit.py::TestPage::test_title[chromium-1_280px]",
    ],
    ids=["as in JUnit XML", "node ID"],
)
@pytest.mark.parametrize("output", ["test-results", "out/shots"])
def test_attachments__in_the_folder_of_pytest_playwright(
    project: Project, name: str, output: str
) -> None:
    project.write(f"app/{output}/{SLUG}/test-failed-1.png")
    project.write(f"app/{output}/{SLUG}-retry1/trace.zip")
    project.write(f"app/{output}/tests-test-visit-py-test-other-chromium/trace.zip")
    kept = project.copy(name=name)
    assert [path.rpartition("/")[2] for path in kept] == ["test-failed-1.png", "trace.zip"]
    assert len({path.rpartition("/")[0] for path in kept}) == 1


def test_attachments__of_pytest_playwright_in_the_evidence(project: Project) -> None:
    folder = project.evidence.staging_folder("traces") / "test-a-py-test-b-chromium"
    folder.mkdir()
    (folder / "trace.zip").write_bytes(PICTURE)
    (kept,) = project.copy(name="test_a.test_b[chromium]")
    assert kept.startswith("tests/test_a")
    assert kept.endswith("/trace.zip")


def test_attachments__no_folder_behind_a_link(project: Project) -> None:
    (project.outside / "test-a-py-test-b").mkdir()
    (project.outside / "test-a-py-test-b/trace.zip").touch()
    (project.directory / "test-results").symlink_to(project.outside)
    assert project.copy(name="test_a.test_b") == []
