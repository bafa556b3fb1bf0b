"""Checks of what the image contains: its layers, its history, its configuration."""

import re
from collections.abc import Iterator

from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.observations import ImageContent, LayerFile, Observations, SecretPlace
from rehearsal.audit.shown_lines import first_lines
from rehearsal.audit.stray_files import (
    CACHES,
    CREDENTIALS,
    DATABASES,
    ENV,
    GIT,
    KEYS,
    KINDS,
    TESTS,
)

IGNORE = "Name it in .dockerignore, or copy only what the app needs"
REPLACE = "Replace what was secret in it: all who have the image have it."
# What each kind is called, and what to do.
NAMES = {
    GIT: "a Git repository",
    ENV: "a file with the values of environment variables",
    CREDENTIALS: "a tool's credentials",
    KEYS: "a private key",
    DATABASES: "a database",
    TESTS: "the project's tests",
    CACHES: "what a build tool keeps for its next run",
}
HINTS = {
    GIT: f"{IGNORE}: a repository has every version of every file.",
    ENV: f"{IGNORE}, and give the values to the container when it starts. {REPLACE}",
    CREDENTIALS: "Give them to the build alone, by RUN --mount=type=secret and the input "
    f"build-secrets. {REPLACE}",
    KEYS: "Mount the key when the container starts, or give it to the build alone, by RUN "
    "--mount=type=secret. Replace it: all who have the image have it.",
    DATABASES: f"{IGNORE}, and keep the app's data on a volume.",
    TESTS: f"{IGNORE}. Where the build needs them, copy its result into a last stage.",
    CACHES: "Keep it out of the layer: by RUN --mount=type=cache,target=FOLDER, or by pip install "
    "--no-cache-dir, npm cache clean --force or rm -rf /var/lib/apt/lists/* in the same RUN as the "
    "command that fills it. Or build in one stage, and copy the result into a last one.",
}
# The names of secrets that can stand in the id of a finding.
PART = r"[A-Za-z0-9_.-]+"
MEGABYTE = 1_000_000
TOO_ORDINARY = "an image may have such short or ordinary values by chance"


@check(
    "secret-in-image",
    title="No secret's value is in the image's configuration, history or layers",
    why="Everybody who can pull an image can read all its layers, its history and its "
    "configuration. What a later layer removes is still in the earlier one.",
    hint="Give secrets to the container when it starts, and to a build with RUN "
    "--mount=type=secret, never by ARG or ENV. Keep files that have them out with .dockerignore. "
    "Then replace this secret by a new one: all who have the image have it.",
    reference="https://docs.docker.com/build/building/secrets/",
    parts=PART,
    parts_label="the name of a secret",
)
def secret_in_image(observations: Observations) -> Iterator[Failure | Note]:
    """Fail for each secret whose value was found."""
    content = _content(observations)
    if not (content.searched or content.not_searched or content.generated):
        raise CheckSkipped("the rehearsal was given no secrets")
    by_name: dict[str, list[SecretPlace]] = {}
    for place in content.secrets:
        by_name.setdefault(place.name, []).append(place)
    for name, places in by_name.items():
        yield Failure(
            message=f"The value of {name} is in {_first(places[0].place, len(places))}.",
            part=name if re.fullmatch(PART, name) else "",
            evidence=first_lines(
                [f"{_layer(each.layer)}{each.place}{_command(each.made_by)}" for each in places]
            ),
        )
    if content.unread:
        raise CheckSkipped(content.unread)
    ordinary = ", ".join(content.not_searched)
    if ordinary and not content.searched:
        raise CheckSkipped(f"{TOO_ORDINARY}: {ordinary}")
    if ordinary:
        yield Note(message=f"Not looked for, since {TOO_ORDINARY}: {ordinary}.")
    elif not content.searched:
        yield Note(
            message="The values of these secrets are generated, and new in each run: "
            f"{', '.join(content.generated)}."
        )


@check(
    "stray-files",
    title="The layers have no repository, secrets, databases, tests or caches",
    why="Whoever can pull an image can read all its layers: history, keys and data leak with it, "
    "also those that a later layer removes. The rest makes it larger and slower to pull.",
    hint=f"{IGNORE}; build in one stage and copy the result into a last one.",
    reference="https://docs.docker.com/build/concepts/context/#dockerignore-files",
    parts="|".join(KINDS),
    parts_label=f"one of {', '.join(KINDS)}",
)
def stray_files(observations: Observations) -> Iterator[Failure | Note]:
    """Fail for each kind of file that was found."""
    content = _content(observations)
    for kind in KINDS:
        if files := [each for each in content.files if each.kind == kind]:
            yield Failure(
                message=f"The image has {NAMES[kind]}: {_first(files[0].path, len(files))}.",
                part=kind,
                evidence=first_lines([_describe(each) for each in files]),
                hint=HINTS[kind],
            )
    if content.unread:
        raise CheckSkipped(content.unread)


def _content(observations: Observations) -> ImageContent:
    if not observations.content:
        raise CheckSkipped("the image could not be read")
    return observations.content


def _first(place: str, count: int) -> str:
    more = count - 1
    return f"{place}, and in {more} more place{'s' if more > 1 else ''}" if more else place


def _describe(file: LayerFile) -> str:
    extent = f", {file.files} files, {_size(file.size)}" if file.files > 1 else ""
    removed = (
        f"; layer {file.removed_by} removes it, but it stays in layer {file.layer}"
        if file.removed_by
        else ""
    )
    return f"{_layer(file.layer)}{file.path}{extent}{_command(file.made_by)}{removed}"


def _size(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{-(-size // 1000)} kB"


def _layer(number: int) -> str:
    return f"layer {number}: " if number else ""


def _command(made_by: str) -> str:
    return f" ({made_by})" if made_by else ""
