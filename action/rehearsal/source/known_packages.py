"""Packages that everybody knows, by their modules.

A name that is in no table may be that of an internal package. Who installs it from the public index
gets whatever somebody else has put there under that name, so nothing proposes it.
"""

import sys

# Modules that newer versions of Python no longer have; no package brings them back as they were.
GONE = frozenset({"asynchat", "asyncore", "cgi", "distutils", "imp", "lib2to3", "smtpd"})
# Modules that tests of a running app import, and words in the names of packages that bring them.
SUITE_MODULES = {
    "selenium": r"selenium|splinter|helium",
    "playwright": r"playwright",
    "pytest": r"pytest",
    "django": r"django|wagtail|mezzanine",
}
# Packages whose modules have other names. Source: their pages on PyPI; setuptools 82 left
# pkg_resources out.
OTHER_NAMES = {
    "allauth": "django-allauth", "attr": "attrs", "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers", "crispy_forms": "django-crispy-forms",
    "cv2": "opencv-python-headless", "dateutil": "python-dateutil",
    "debug_toolbar": "django-debug-toolbar", "decouple": "python-decouple",
    "django_extensions": "django-extensions", "django_filters": "django-filter",
    "django_redis": "django-redis", "dj_database_url": "dj-database-url",
    "dotenv": "python-dotenv", "environ": "django-environ", "flask_cors": "Flask-Cors",
    "flask_login": "Flask-Login", "flask_migrate": "Flask-Migrate",
    "flask_sqlalchemy": "Flask-SQLAlchemy", "flask_wtf": "Flask-WTF", "jose": "python-jose",
    "jwt": "PyJWT", "multipart": "python-multipart", "MySQLdb": "mysqlclient", "PIL": "Pillow",
    "pkg_resources": "setuptools~=80.0", "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pydantic_settings": "pydantic-settings", "rest_framework": "djangorestframework",
    "sentry_sdk": "sentry-sdk", "sklearn": "scikit-learn", "slugify": "python-slugify",
    "storages": "django-storages", "yaml": "PyYAML",
}  # fmt: skip
# Packages with the name of their module.
SAME_NAMES = frozenset({
    "aiofiles", "aiohttp", "alembic", "anyio", "arrow", "asgiref", "asyncpg", "babel", "bcrypt",
    "black", "bleach", "boto3", "botocore", "cachetools", "celery", "certifi", "channels",
    "click", "colorama", "coverage", "cryptography", "daphne", "django", "docutils",
    "email_validator",
    "faker", "fastapi", "flask", "gevent", "granian", "greenlet", "gunicorn", "h11",
    "httpx", "humanize", "hypercorn", "itsdangerous", "jinja2", "jsonschema", "kombu", "litestar",
    "loguru", "lxml", "mako", "markdown", "markupsafe", "marshmallow", "matplotlib", "msgpack",
    "numpy", "openpyxl", "orjson", "packaging", "pandas", "paramiko", "passlib",
    "playwright", "psutil", "pydantic", "pygments", "pymongo", "pymysql", "pytest", "pytz",
    "quart", "redis", "reportlab", "requests", "rich", "sanic", "scipy", "selenium", "setuptools",
    "simplejson", "six", "sqlalchemy", "sqlmodel", "sqlparse", "starlette", "streamlit", "stripe",
    "structlog", "tenacity", "toml", "tornado", "tqdm", "twisted", "typer", "tzdata", "ujson",
    "urllib3", "uvicorn", "uvloop", "waitress", "watchfiles", "weasyprint", "websockets",
    "werkzeug", "whitenoise",
})  # fmt: skip
NODE = frozenset({
    "axios", "bcrypt", "body-parser", "chalk", "commander", "compression",
    "connect-history-api-fallback",
    "connect-redis", "cookie-parser", "cors", "date-fns", "dayjs", "debug", "dotenv", "ejs",
    "express", "express-session", "fastify", "glob", "graphql", "helmet", "ioredis", "jsonwebtoken",
    "knex", "koa", "lodash", "moment", "mongodb", "mongoose", "morgan", "multer", "mysql2",
    "next", "node-fetch", "nodemailer", "passport", "pg", "pino", "pug", "react", "react-dom",
    "redis", "sequelize", "serve", "sharp", "socket.io", "sqlite3", "stripe", "typescript",
    "undici",
    "uuid", "vite", "winston", "ws", "yargs", "zod",
})  # fmt: skip


def is_known(module: str) -> bool:
    """Whether a module that Python does not find is that of a package that everybody knows.

    A module with a dot is part of one that is there: another version of its package is needed.
    """
    is_own = module in sys.stdlib_module_names or module in GONE
    return not is_own and (module in OTHER_NAMES or module.lower() in SAME_NAMES)


def package_of(module: str) -> str:
    """Return the package that most likely has a Python module."""
    top = module.split(".", maxsplit=1)[0]
    return OTHER_NAMES.get(top, top.replace("_", "-"))
