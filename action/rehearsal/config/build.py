"""Read and check the inputs that say how to build the image."""

import os
from collections.abc import Mapping
from pathlib import Path

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.paths import is_file, read_folder
from rehearsal.config.rehearsal_plan import BuildPlan
from rehearsal.config.variables import read_secrets, read_variables, values

# A folder with one of these, or with folders, has an app of its own. Others only help to build it.
APP_FILES = frozenset({
    *("manage.py", "pyproject.toml", "requirements.txt", "package.json", "go.mod", "Gemfile"),
    *("pom.xml", "build.gradle", "composer.json", "Cargo.toml"),
})  # fmt: skip


def read_build(inputs: Inputs, environ: Mapping[str, str], directory: Path, top: Path) -> BuildPlan:
    """Return how to build the image.

    `environ` is the calling step's environment, `directory` the working directory, and `top` the
    folder where its own path starts. Raises `MisconfiguredError`.
    """
    if inputs.text("image"):
        context, dockerfile = directory, directory / "Dockerfile"
    else:
        context = read_folder(inputs, "context", directory)
        dockerfile = _dockerfile(inputs, directory, context, top)
    return BuildPlan(
        context=context,
        dockerfile=dockerfile,
        target=inputs.text("target"),
        platform=inputs.text("platform"),
        args=values(read_variables(inputs, "build-args", environ)),
        secrets=read_secrets(inputs, "build-secrets", environ),
        cache_from=_cache_options(inputs, "cache-from"),
        cache_to=_cache_options(inputs, "cache-to"),
    )


def _dockerfile(inputs: Inputs, directory: Path, context: Path, top: Path) -> Path:
    value = inputs.text("dockerfile")
    paths = [context / value] if value == "Dockerfile" else [directory / value, context / value]
    for path in paths:
        if is_file(path):
            return path.resolve()
    below = _find_below(directory) if paths == [directory / "Dockerfile"] else None
    raise inputs.error_for(
        "dockerfile",
        f"a file; looked for {' and '.join(map(quoted, dict.fromkeys(paths)))}",
        _hint_for(below, directory, top)
        if below
        else "Check out the repository before this step, or name the file in dockerfile "
        "(and its folder in context).",
    )


def _find_below(directory: Path) -> Path | None:
    """Return the nearest Dockerfile one or two folders below."""
    for pattern in ("*/Dockerfile", "*/*/Dockerfile"):
        for path in sorted(directory.glob(pattern)):
            parts = path.relative_to(directory).parts
            if not any(part.startswith((".", "node_modules")) for part in parts):
                return path
    return None


def _hint_for(dockerfile: Path, directory: Path, top: Path) -> str:
    """Return what to write for a Dockerfile that is not in the working directory."""
    folder = dockerfile.parent
    has_app = any(path.is_dir() or path.name in APP_FILES for path in folder.iterdir())
    line = (
        f"working-directory: {os.path.relpath(folder, top.resolve())}"
        if has_app
        else f"dockerfile: {dockerfile.relative_to(directory)}"
    )
    return f"There is one in {folder.relative_to(directory)}. Write in the step's with:\n{line}"


def _cache_options(inputs: Inputs, name: str) -> tuple[str, ...]:
    for number, line in inputs.numbered_lines(name):
        if "type=gha" in line.replace(" ", "").split(","):
            raise inputs.error_for(
                name,
                "a cache that a composite action can reach, so not type=gha",
                "GitHub gives its cache's token only to JavaScript actions. Build with "
                "docker/build-push-action (load: true) in an earlier step, and name its image in "
                "the input image.",
                line=number,
            )
        if line.startswith("-"):
            raise inputs.error_for(name, "like type=registry,ref=NAME, one a line", line=number)
    return inputs.lines(name)
