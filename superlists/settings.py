"""Settings of superlists.

Development by default. Production when DJANGO_DEBUG_FALSE is in the environment, whatever its
value; then DJANGO_SECRET_KEY and DJANGO_ALLOWED_HOST are required.
"""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def required(name: str, what: str) -> str:
    """Read an environment variable that production cannot do without.

    Raises KeyError where it is missing and ImproperlyConfigured where it is empty, each naming it.
    """
    value = os.environ[name].strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is set but empty. Expected: {what}.")
    return value


BASE_DIR = Path(__file__).resolve().parent.parent

if "DJANGO_DEBUG_FALSE" in os.environ:
    DEBUG = False
    SECRET_KEY = required("DJANGO_SECRET_KEY", "a long random string, the same at every start")
    ALLOWED_HOSTS = [
        host.strip()
        for host in required(
            "DJANGO_ALLOWED_HOST", "the site's host name, or several with commas between"
        ).split(",")
        if host.strip()
    ]
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "DJANGO_ALLOWED_HOST holds only commas. Expected: at least one host name."
        )
else:
    DEBUG = True
    SECRET_KEY = "insecure-key-for-dev"  # noqa: S105 -- it guards nothing
    ALLOWED_HOSTS = []

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "superlists.lists",
]

MIDDLEWARE = [
    # First, so that a probe inside the container needs neither the public host name nor TLS.
    "superlists.middleware.health",
    "superlists.middleware.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before the host check, so that the page for a refused host has the header too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

ROOT_URLCONF = "superlists.urls"
WSGI_APPLICATION = "superlists.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DJANGO_DB_PATH") or BASE_DIR / "db.sqlite3",
        # A transaction takes its write lock at once: two requests wait for each other
        # instead of failing with "database is locked" half-way. The journal stays SQLite's
        # default, as WAL keeps data in a second file that a bind mount of one file would lose.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 5},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
if not DEBUG or sys.argv[1:2] == ["collectstatic"]:
    # Only where the manifest is read or written: tests and the development server have none.
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "superlists.storage.HashedStaticFiles"},
    }

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

if "DJANGO_BEHIND_TLS" in os.environ:
    # Only a proxy that ends TLS can make these true, and only one that always sets
    # X-Forwarded-Proto itself makes the first of them safe.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    CSRF_COOKIE_SECURE = True
    # This app cannot promise TLS for the other hosts of its domain: HSTS for subdomains (W005)
    # and preloading (W021) stay off.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "[{asctime}] [{process}] [{levelname}] {name}: {message}",
            "datefmt": "%Y-%m-%d %H:%M:%S %z",
            "style": "{",
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's own handlers would print everything twice in development and, in production,
    # send mail instead of printing.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
