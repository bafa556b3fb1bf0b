"""What to paste so that an image has the Node package or file that its app does not find."""

import json
import posixpath
from collections.abc import Mapping, Sequence

from rehearsal.diagnosis.missing_modules import MissingModule
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.source import known_packages
from rehearsal.source.changes import Change, Commands
from rehearsal.source.dockerfile import Dockerfile, Stage
from rehearsal.source.image_layout import place_for_run
from rehearsal.source.packages import NODE, add_package, find_installs

# How each lock file's program installs what it locks without what only developers need, and how it
# makes a package one that the app needs.
PROGRAMS = {
    "yarn.lock": ("yarn install --frozen-lockfile --production", "yarn add"),
    "pnpm-lock.yaml": ("pnpm install --frozen-lockfile --prod", "pnpm add --save-prod"),
    "package-lock.json": ("npm ci --omit=dev", "npm install --save-prod"),
    "": ("npm install --omit=dev", "npm install --save-prod"),
}


def node_package(context: Context, missing: MissingModule) -> str:
    """Return how to add a package, to install it or to build a file; empty if that is unknown."""
    dockerfile, stage = context.shape.dockerfile, context.shape.stage
    if not dockerfile or not stage:
        return ""
    manifest = _manifest(context)
    lock = next(filter(lambda name: context.shape.project.has(".", name), PROGRAMS), "")
    if missing.name.startswith((".", "/")):
        has_build = "build" in _part(manifest, "scripts") and "run build" not in dockerfile.text
        program = PROGRAMS[lock][0].partition(" ")[0]
        return _run(context, dockerfile, stage, [f"RUN {program} run build"]) if has_build else ""
    package = package_name(missing.name)
    if package in _part(manifest, "dependencies"):
        if any(each.program in NODE for each in find_installs(dockerfile, stage)):
            return ""
        files = " ".join(filter(None, ("package.json", lock)))
        lines = [f"COPY {files} ./", f"RUN {PROGRAMS[lock][0]}"]
        return _run(context, dockerfile, stage, lines) if context.build_context == "." else ""
    changes: Sequence[Change | Commands] = ()
    if package in _part(manifest, "devDependencies"):
        changes = [Commands(text=f"{PROGRAMS[lock][1]} {package}")]
    elif package in known_packages.NODE:
        project = context.shape.project
        changes = add_package(dockerfile, project, package, stage=stage, node=True)
    return context.describe(changes)


def is_declared(context: Context, package: str) -> bool:
    """Whether package.json names a package."""
    parts = (_part(_manifest(context), name) for name in ("dependencies", "devDependencies"))
    return any(package in part for part in parts)


def package_name(module: str) -> str:
    """Return the package of a module: `@scope/name/part` and `name/part` are parts of one."""
    parts = module.split("/")
    return "/".join(parts[: 2 if module.startswith("@") else 1])


def _manifest(context: Context) -> Mapping[str, object]:
    try:
        found = json.loads(context.shape.project.read("package.json"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(manifest: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = manifest.get(name)
    return found if isinstance(found, dict) else {}


def _run(context: Context, dockerfile: Dockerfile, stage: Stage, lines: list[str]) -> str:
    place = place_for_run(dockerfile, stage)
    if place.user:
        lines = ["USER root", *lines, f"USER {place.user}"]
    path = posixpath.normpath(dockerfile.path)
    return context.describe([Change(path=path, text="\n".join(lines), after=place.line)])
