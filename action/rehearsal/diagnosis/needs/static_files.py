"""Static files that nothing serves, or that nothing collects."""

import re
from collections.abc import Iterator

from rehearsal.diagnosis import django_static
from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.regex import regex
from rehearsal.results.next_need import NextNeed
from rehearsal.source.code_search import TEST_PATH
from rehearsal.source.django_project import DjangoProject
from rehearsal.verdict import Verdict

# A file of an app, or of the project, that pages link to.
STATIC_FILE = regex(r"(?:^|/)static/.*\.(?:css|js)$")
OTHERS = regex(r"(?:^|/)(?:node_modules|staticfiles|\.?venv|site-packages)/")
APP = "django.contrib.staticfiles"
# Servers of Python apps that serve no file by themselves.
SERVES_NONE = frozenset({"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress"})
# Something else may serve them: another server, a storage elsewhere, a view.
OTHER_SERVERS = regex(
    r"nginx|caddy|apache|dj_static|whitenoise|servestatic|static-map|storages\.backends|s3boto"
    r"|boto3|AWS_|GS_BUCKET|azure|cloudinary|staticfiles_urlpatterns|views\.static|--insecure"
    r"|ASGIStaticFilesHandler|StaticFilesHandler|STATIC_URL\s*=\s*[\"']https?:",
    re.IGNORECASE,
)
# The facts of a rehearsal whose page links to a missing static file.
MISSED = {"page links": ("404 /static/app.css",)}


def static_files(context: NeedContext) -> Iterator[Proposal]:
    """Yield that nothing serves static files, or that nothing collects them for WhiteNoise."""
    shape, django = context.context.shape, context.context.shape.django
    if not django or not shape.dockerfile or not django.line_of(APP):
        return
    own = sorted(
        path
        for path in shape.project.below(".")
        if STATIC_FILE.search(path) and not OTHERS.search(path) and not TEST_PATH.search(path)
    )
    if not own or _served_by_django(context):
        return
    place = context.context.place(own[0])
    later = context.as_if(Verdict.NOT_READY, MISSED)
    if django_static.has_whitenoise(django):
        yield from _collected(context, django, place)
        return
    if OTHER_SERVERS.search(_all_text(context, django)):
        return
    server = shape.server_name
    why = f"{server} serves no static files" if server in SERVES_NONE else "DEBUG is off"
    yield Proposal(
        need=NextNeed(
            id="static-files",
            text=f"Nothing was found that serves the static file {place}: {why}, and the "
            f"settings ({context.context.place(django.settings)}) have no WhiteNoise.",
            hint="Let WhiteNoise serve static files, and collect them while the image is built.",
            file=place,
            line=1,
        ),
        paste=django_static.serve_static(later),
    )


def _collected(context: NeedContext, django: DjangoProject, place: str) -> Iterator[Proposal]:
    shape = context.context.shape
    dockerfile = shape.dockerfile.text if shape.dockerfile else ""
    text = f"{dockerfile}\n{shape.scripts}\n{context.given.commands}"
    if "collectstatic" in text or not django.lacks("WHITENOISE_USE_FINDERS"):
        return
    yield Proposal(
        need=NextNeed(
            id="static-files",
            text=f"Nothing was found that runs collectstatic, which WhiteNoise needs to serve "
            f"{place}.",
            hint="Collect static files while the image is built.",
            file=place,
            line=1,
        ),
        paste=django_static.collectstatic(context.as_if(Verdict.NOT_READY, MISSED)),
    )


def _served_by_django(context: NeedContext) -> bool:
    """Whether runserver serves them, or may do so: it does with DEBUG on."""
    server = context.context.shape.server_name
    if server in SERVES_NONE:
        return False
    return server != "runserver" or context.settings.get("DEBUG") is not False


def _all_text(context: NeedContext, django: DjangoProject) -> str:
    shape = context.context.shape
    urls = (
        path for path in shape.project.below(django.base) if path.endswith(("urls.py", "sgi.py"))
    )
    return "\n".join(
        (
            shape.dockerfile.text if shape.dockerfile else "",
            shape.scripts,
            " ".join(shape.running),
            *(module.text for module in django.modules),
            *map(shape.project.read, urls),
        )
    )
