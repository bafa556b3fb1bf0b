"""Choose the Dockerfile of the app in production, its stage and its build context."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import PurePosixPath

from rehearsal.config.build import APP_FILES
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.dockerfile import Dockerfile, Stage, expand, parse_dockerfile
from rehearsal.source.image_layout import copy_words
from rehearsal.source.project_files import ProjectFiles, join

NAME = regex(r"(?:Docker|Container)file(?:[._-](?!dockerignore|j2|tmpl|template)[\w.-]+)?"
                  r"|[\w-]+\.[Dd]ockerfile")  # fmt: skip
WORD = regex(r"[a-z0-9]+")
PRODUCTION = frozenset({"prod", "production", "release"})
DEVELOPMENT = frozenset({
    *("ci", "debug", "dev", "devcontainer", "develop", "development", "docs", "e2e", "example"),
    *("examples", "local", "test", "testing", "tests"),
})  # fmt: skip
# Names of other programs that run beside an app.
BESIDE = frozenset({
    *("aws", "awscli", "backup", "database", "db", "elasticsearch", "grafana", "kafka", "mailpit"),
    *("mariadb", "mongo", "mysql", "nginx", "postgres", "postgresql", "prometheus", "proxy"),
    *("rabbitmq", "redis", "traefik"),
})  # fmt: skip
# The parser names a stage without a name by its number: `stage-0`.
UNNAMED = "stage-"
FIRST_STAGE = regex(r"prod|production|release|runtime|final|runner|app|web|server")


@dataclass(frozen=True, kw_only=True)
class DockerfileChoice:
    """The Dockerfile to build; paths are relative to the top of the repository.

    `target` is the stage to build, empty for the last one; `others` are the paths of the
    Dockerfiles that were not chosen.
    """

    dockerfile: Dockerfile
    context: str
    target: str = ""
    others: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage | None:
        """The stage that is built, None if the file has none."""
        return self.dockerfile.final(self.target)


def choose_dockerfile(
    project: ProjectFiles, contexts: Mapping[str, str], targets: Mapping[str, str]
) -> DockerfileChoice | None:
    """Return the Dockerfile that is most likely the app's in production, None if there is none.

    `contexts` are the build contexts and `targets` the stages that compose files give, by the
    Dockerfile's path.
    """
    paths = sorted(_find(project), key=lambda path: _rank(project, path))
    if not paths:
        return None
    path, *others = paths
    dockerfile = parse_dockerfile(project.read(path), path)
    known = [contexts[path]] if path in contexts else []
    return DockerfileChoice(
        dockerfile=dockerfile,
        context=_context(project, dockerfile, known),
        target=targets.get(path, "") or _production_stage(dockerfile),
        others=tuple(each for each in others if not _is_beside(each)),
    )


def _find(project: ProjectFiles) -> Iterator[str]:
    for folder, names in project.folders.items():
        yield from (join(folder, name) for name in names if NAME.fullmatch(name))


def _is_beside(path: str) -> bool:
    return bool(set(WORD.findall(path.lower())) & BESIDE)


def _rank(project: ProjectFiles, path: str) -> tuple[object, ...]:
    """Return a sort key: the most likely Dockerfile comes first."""
    pure = PurePosixPath(path)
    words = set(WORD.findall(path.lower()))
    dockerfile = parse_dockerfile(project.read(path), path)
    stage = dockerfile.final()
    starts = bool(stage and dockerfile.last(stage, "CMD", "ENTRYPOINT"))
    return (
        _is_beside(path),
        bool(words & DEVELOPMENT) and not words & PRODUCTION,
        not words & PRODUCTION,
        not starts,
        len(pure.parts),
        pure.name != "Dockerfile",
        path,
    )


def _context(project: ProjectFiles, dockerfile: Dockerfile, known: list[str]) -> str:
    """Return the folder in which most of what the Dockerfile copies is found."""
    folder = str(PurePosixPath(dockerfile.path).parent)
    candidates = dict.fromkeys([*known, folder, *map(str, PurePosixPath(folder).parents)])
    sources = list(_sources(dockerfile))

    def found(candidate: str) -> tuple[int, bool]:
        there = sum(_is_there(project, candidate, source) for source in sources)
        is_app = any(name in APP_FILES for name in project.folders.get(candidate, ()))
        return there, is_app

    return known[0] if known else max(candidates, key=found)


def _sources(dockerfile: Dockerfile) -> Iterator[str]:
    for stage in dockerfile.stages:
        variables = dockerfile.environment(stage)
        for copy in stage.all("COPY", "ADD"):
            if not copy.flag("from"):
                for word in copy_words(expand(copy.arguments, variables))[:-1]:
                    if "://" not in word and not word.startswith("<<"):
                        yield str(PurePosixPath(word.lstrip("/") or "."))


def _is_there(project: ProjectFiles, context: str, source: str) -> bool:
    path = PurePosixPath(context, source)
    if str(path) in project.folders:
        return True
    names = project.folders.get(str(path.parent), ())
    return any(fnmatch(name, path.name) for name in names)


def _production_stage(dockerfile: Dockerfile) -> str:
    """Return the stage for production, if the last one is for something else."""
    last = dockerfile.final()
    if not last or not _is_for(last, DEVELOPMENT):
        return ""
    usable = [each for each in dockerfile.stages if not _is_for(each, DEVELOPMENT)]
    starting = [each for each in usable if dockerfile.last(each, "CMD", "ENTRYPOINT")]
    named = [each for each in usable if FIRST_STAGE.search(each.name)]
    for stage in (*reversed(named), *reversed(starting)):
        # A stage without a name is named by its number.
        return stage.name.removeprefix(UNNAMED)
    return ""


def _is_for(stage: Stage, words: Iterable[str]) -> bool:
    return bool({*WORD.findall(stage.name)} & {*words})
