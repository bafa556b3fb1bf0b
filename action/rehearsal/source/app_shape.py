"""What the repository shows of the app: its Dockerfile, its server, and its Django settings."""

import json
from collections.abc import Sequence
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.command_line import CommandLine
from rehearsal.source.django_project import DjangoProject, find_django
from rehearsal.source.dockerfile import Dockerfile, Stage
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.servers import Server, find_server
from rehearsal.source.start_commands import image_commands, workflow_commands

MODULE = regex(r"(?P<module>[A-Za-z_]\w*(?:\.\w+)*)(?::(?P<name>[A-Za-z_]\w*(?:\(\))?))?")
# An option whose value may be the next word.
OPTION = regex(r"-[^=]*")
FILE = regex(r".*\.(?:[cm]?js|ts|py|rb|php|jar|dll|sh|conf|cfg|ini|json|toml|ya?ml)")
SETTINGS_OPTION = regex(r"(?:--settings[= ]|DJANGO_SETTINGS_MODULE=)(?P<module>[\w.]+)")
MANAGES = regex(r"(?<![\w./-])(?P<python>[\w./-]*python[\d.]*) (?:-\w+ )*(?:[\w.-]*/)*manage\.py")
RUNNERS = regex(r"(?<!\S)(?:\S*/)?(?:uv|poetry|pdm|pipenv|hatch) run(?: --\S+)*")


@dataclass(frozen=True, kw_only=True)
class AppShape:
    """What is known of an app; all paths are relative to the working directory.

    `running` are the words of the container's command, `scripts` the text of all files that have a
    part of it. `command` is the one in a file of the repository that starts the server, `last` the
    index of the last word that names the server.
    """

    project: ProjectFiles
    dockerfile: Dockerfile | None = None
    stage: Stage | None = None
    running: tuple[str, ...] = ()
    scripts: str = ""
    command: CommandLine | None = None
    server: Server | None = None
    last: int = 0
    django: DjangoProject | None = None

    @property
    def server_name(self) -> str:
        """The name of the server, empty if it is unknown."""
        return self.server.name if self.server else ""

    @property
    def app_word(self) -> int:
        """The index of the word in `command` that names the app to serve, -1 if none does."""
        return find_app_word(self.command.texts, self.last) if self.command else -1


def find_app_shape(
    project: ProjectFiles,
    dockerfile: Dockerfile | None,
    *,
    target: str = "",
    running: str = "",
    settings: str = "",
    workflow: tuple[str, str] | None = None,
    build_context: str = ".",
) -> AppShape:
    """Return what the repository shows of the app.

    `running` is the container's command, empty if it never ran; `settings` the settings module that
    its variables name. `workflow` is the file that gives the input command: its path and text.
    `build_context` is the path of the build context from the working directory.
    """
    stage = dockerfile.final(target) if dockerfile else None
    if workflow:
        commands = list(workflow_commands(*workflow, running))
    else:
        commands = list(image_commands(project, dockerfile, stage, running, build_context))
    command = next((each for each in commands if find_server(each.texts)), None)
    words = command.texts if command else running.split()
    found = find_server(words)
    server, last = found or (None, 0)
    named = SETTINGS_OPTION.search(" ".join(words))
    if not settings and dockerfile and stage:
        settings = dockerfile.environment(stage).get("DJANGO_SETTINGS_MODULE", "")
    app = find_app_word(words, last)
    served = MODULE.fullmatch(words[app]) if app >= 0 else None
    return AppShape(
        project=project,
        dockerfile=dockerfile,
        stage=stage,
        running=tuple(running.split()),
        scripts="\n".join({each.path: each.source for each in commands}.values()),
        command=command or next(iter(commands), None),
        server=server,
        last=last,
        django=find_django(
            project, named["module"] if named else settings, served["module"] if served else ""
        ),
    )


def find_app_word(words: Sequence[str], last: int) -> int:
    """Return the index of the word that names the app, after that of the server, -1 if none does.

    Names with a colon (`shop.wsgi:application`) come before names without one, which may be the
    value of an option.
    """
    found = [
        (":" not in word, index)
        for index, word in enumerate(words[last + 1 :], last + 1)
        if MODULE.fullmatch(word) and not FILE.fullmatch(word)
        if ":" in word or ("." in word and not OPTION.fullmatch(words[index - 1]))
    ]
    return min(found)[1] if found else -1


def python_command(shape: AppShape) -> str:
    """Return how this image runs Python: `uv run python`, for example."""
    words = shape.command.texts if shape.command else list(shape.running)
    before = words[: shape.last + 1] if shape.command else words
    if found := RUNNERS.search(" ".join(before)):
        return f"{found[0]} python"
    dockerfile = shape.dockerfile.text if shape.dockerfile else ""
    for text in (" ".join(words), shape.scripts, dockerfile):
        if found := MANAGES.search(text):
            return found["python"]
    program = next((word for word in before if word.endswith(f"/{shape.server_name}")), "")
    folder = str(PurePosixPath(program).parent)
    return f"{folder}/python" if program and "/bin" in folder and folder != "/usr/bin" else "python"


def node_start(project: ProjectFiles) -> str:
    """Return how the app in package.json starts, empty if the file does not say it."""
    try:
        package = json.loads(project.read("package.json") or "{}")
        scripts, main = package.get("scripts") or {}, package.get("main") or ""
    except (ValueError, AttributeError, RecursionError):
        return ""
    if isinstance(scripts, dict) and "start" in scripts:
        return "npm start"
    return f"node {main}" if project.has(".", str(main)) else ""
