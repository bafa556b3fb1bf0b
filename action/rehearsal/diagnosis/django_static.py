"""What to paste so that a Django app collects its static files, and serves them."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.source.app_shape import python_command
from rehearsal.source.changes import Change, Commands
from rehearsal.source.django_project import DjangoProject
from rehearsal.source.image_layout import find_in_image, place_for_run, workdir_of
from rehearsal.source.packages import add_package, declared

MIDDLEWARE = '"whitenoise.middleware.WhiteNoiseMiddleware",'
SECURITY = regex(r"[\"']django\.middleware\.security\.SecurityMiddleware[\"'],?")
# A line of the list: it begins there, or goes on with a name.
LISTED = regex(r"\s*(?:MIDDLEWARE\s*=\s*[\[(]|[\"'])")
STATIC_ROOT = "staticfiles"


def collectstatic(context: Context) -> str:
    """Return the RUN that collects static files, and the setting that it needs.

    Empty if nothing is known that would serve them.
    """
    django = context.shape.django
    is_served = bool(django and has_whitenoise(django)) or bool(_whitenoise(context))
    return context.describe(_collectstatic(context)) if is_served else ""


def whitenoise(context: Context) -> str:
    """Return how to let WhiteNoise serve static files: as much of it as is not there.

    Empty if nothing is known that would collect them.
    """
    is_collected = _is_collected(context) or any(_collectstatic(context))
    return context.describe(_whitenoise(context)) if is_collected else ""


def serve_static(context: Context) -> str:
    """Return both, or as much of it as is not there."""
    if not collectstatic(context) and not whitenoise(context):
        return ""
    return context.describe([*_collectstatic(context), *_whitenoise(context)])


def manage_command(context: Context) -> str:
    """Return how the container runs manage.py, empty if its place in the image is unknown."""
    shape, django = context.shape, context.shape.django
    if not django or not django.manage or not shape.dockerfile or not shape.stage:
        return ""
    manage = context.in_build_context(django.manage)
    placed = find_in_image(shape.dockerfile, shape.stage, manage)
    folder = workdir_of(shape.dockerfile, shape.stage)
    return f"{python_command(shape)} {posixpath.relpath(placed.path, folder)}" if placed else ""


def _are_missed(context: Context) -> bool:
    """Whether the facts may mean static files, whatever their folder is called."""
    signs = {
        "page links": r"(.)",
        "console": r"(MIME type)",
        CONTAINER_LOG: r"(/static/|staticfiles)",
        ASKED_AGAIN_LOG: r"(staticfiles)",
    }
    return any(context.find(source, pattern) for source, pattern in signs.items())


def _is_collected(context: Context) -> bool:
    dockerfile = context.shape.dockerfile
    text = dockerfile.text if dockerfile else ""
    return "collectstatic" in text + context.shape.scripts


def _collectstatic(context: Context) -> Iterator[Change]:
    shape, django = context.shape, context.shape.django
    if not django or not django.manage or not shape.dockerfile or not shape.stage:
        return
    if not _are_missed(context) or _is_collected(context):
        return
    has_root = django.find("STATIC_ROOT")
    if not has_root and not django.lacks("STATIC_ROOT"):
        return
    placed = find_in_image(shape.dockerfile, shape.stage, context.in_build_context(django.manage))
    if not placed:
        return
    place = place_for_run(shape.dockerfile, placed.stage)
    known = shape.dockerfile.environment(placed.stage, before=place.line + 1)
    needed = needed_in_build(django, known)
    variables = "".join(f"{name}={value} " for name, value in needed.items())
    manage = posixpath.relpath(placed.path, place.folder)
    text = f"RUN {variables}{python_command(shape)} {manage} collectstatic --noinput"
    if place.user:
        text = f"USER root\n{text}\nUSER {place.user}"
    yield Change(path=shape.dockerfile.path, text=text, after=place.line)
    if not has_root:
        folder = f'BASE_DIR / "{STATIC_ROOT}"' if has_base_path(django) else f'"{STATIC_ROOT}"'
        yield Change(path=django.settings, text=f"STATIC_ROOT = {folder}")


def has_base_path(django: DjangoProject) -> bool:
    """Whether the settings have BASE_DIR as a path, as Django itself begins them."""
    base = django.find("BASE_DIR")
    return base is not None and "Path(" in base[0].code(base[1])


def needed_in_build(django: DjangoProject, known: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without which the settings fail in a build, with values for it."""
    return {
        reading.name: reading.any_value
        for module in django.modules
        for reading in module.readings
        if not reading.default and reading.name not in known
        if not reading.condition or reading.condition in known
    }


def has_whitenoise(django: DjangoProject) -> bool:
    """Whether the settings name WhiteNoise's middleware."""
    return django.line_of("whitenoise.middleware.WhiteNoise") is not None


def _whitenoise(context: Context) -> list[Change | Commands]:
    """Return all that is not there yet: the middleware, the package; nothing if one is unknown."""
    shape, django = context.shape, context.shape.django
    if not django or not shape.dockerfile or not _are_missed(context):
        return []
    changes: list[Change | Commands] = []
    if not has_whitenoise(django):
        changes += _middleware(django)
        if not changes:
            return []
    if "whitenoise" not in declared(shape.dockerfile, shape.project, shape.stage):
        package = add_package(shape.dockerfile, shape.project, "whitenoise", stage=shape.stage)
        return [*changes, *package] if package else []
    return changes


def _middleware(django: DjangoProject) -> Iterator[Change]:
    """Yield the change that adds WhiteNoise after SecurityMiddleware, or as the first one."""
    if place := django.line_of("django.middleware.security.SecurityMiddleware"):
        module, number = place
        line = module.lines[number - 1]
        security = SECURITY.search(line)
        if security and line.strip() == security[0] and security[0].endswith(","):
            text = line[: security.start()] + MIDDLEWARE
            yield Change(path=module.path, text=text, after=number)
        elif security and LISTED.match(line):
            added = f"{security[0].rstrip(',')}, {MIDDLEWARE}"
            text = line[: security.start()] + added + line[security.end() :]
            yield Change(path=module.path, text=text, instead=number)
    elif setting := django.find("MIDDLEWARE"):
        module, found = setting
        if re.search(r"=\s*[\[(]\s*$", module.lines[found.line - 1]):
            yield Change(path=module.path, text=f"    {MIDDLEWARE}", after=found.line)
