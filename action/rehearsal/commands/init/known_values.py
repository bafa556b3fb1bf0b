"""Values of variables in compose files and in examples of `.env`."""

from collections.abc import Iterator, Mapping

from rehearsal.commands.init.app_service import ComposeSetup
from rehearsal.commands.init.compose_texts import env_file_values
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join

EXAMPLE = regex(
    r"\.env(?:[._-]\w+)?[._-](?:example|sample|template|dist|defaults?)"
    r"|(?:example|sample)\.env|env[._-]example"
)


# A service elsewhere that a rehearsal must not reach: Sentry by its DSN, a proxy with a password.
FOREIGN_LOGIN = regex(r"https?://[^/\s@]+@")


@dataclass(frozen=True, kw_only=True)
class KnownValue:
    """A value, and the file that has it."""

    text: str
    path: str


def known_values(
    project: ProjectFiles, setup: ComposeSetup, folders: tuple[str, ...]
) -> dict[str, KnownValue]:
    """Return the values by the variables' names; a value of the app in production counts first.

    `folders` are searched for examples of `.env`.
    """
    found: dict[str, KnownValue] = {}
    for path, values in (*_of_services(setup), *_of_examples(project, folders)):
        for name, text in values.items():
            if "${{" not in text and text.isprintable() and not FOREIGN_LOGIN.match(text):
                found.setdefault(name, KnownValue(text=text, path=path))
    return found


def _of_services(setup: ComposeSetup) -> Iterator[tuple[str, Mapping[str, str]]]:
    app = setup.app
    own = [app] if app else []
    same = [each for each in setup.others if app and each.dockerfile == app.dockerfile]
    for each in (*own, *same, *setup.needed, *setup.others):
        yield each.path, each.environment


def _of_examples(
    project: ProjectFiles, folders: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for folder in folders:
        for name in sorted(project.folders.get(folder, ()), key=lambda name: "prod" not in name):
            if EXAMPLE.fullmatch(name):
                path = join(folder, name)
                yield path, env_file_values(project.read(path))
