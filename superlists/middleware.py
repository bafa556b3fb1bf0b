"""The health page and the Content-Security-Policy."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from superlists.lists.models import Item, List

Handler = Callable[[HttpRequest], HttpResponseBase]

HEALTH_PATH = "/healthz"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

log = logging.getLogger(__name__)


def health(get_response: Handler) -> Handler:
    """Answer /healthz: 200 when every table of the app can be read, else 503.

    The reason for a 503 goes to the log only, since it would tell a stranger about the database.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path != HEALTH_PATH:
            return get_response(request)
        return _health()

    return middleware


def _health() -> HttpResponse:
    try:
        List.objects.first()
        Item.objects.first()
    except DatabaseError as error:
        # No traceback: one at every probe would hide the other messages of the log.
        log.error(  # noqa: TRY400
            "%s: the database does not answer: %s", HEALTH_PATH, error
        )
        status, text = 503, "unavailable\n"
    else:
        status, text = 200, "ok\n"
    headers = {"Cache-Control": "no-store", "Content-Length": str(len(text))}
    return HttpResponse(text, status=status, content_type="text/plain", headers=headers)


def content_security_policy(get_response: Handler) -> Handler:
    """Let pages load styles and images of this site and nothing else.

    Not in development: Django's debug page carries its own scripts.
    """
    if settings.DEBUG:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware
