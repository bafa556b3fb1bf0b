"""Which Dockerfile, port, path and values are found."""

import pytest

from .projects import DOCKERFILE, MANAGE, STARTPROJECT, URLS, changed, draft_of

NODE = {
    "Dockerfile": 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
    "package.json": '{"main": "server.js", "dependencies": {"pg": "^8.0.0"}}',
    "server.js": "app.get('/', home);\napp.listen(process.env.PORT || 3000);\n",
}
FASTAPI = {
    "Dockerfile": (
        'FROM python:3.13\nCOPY app /app\nCMD ["uvicorn", "app.main:app", "--port", "80"]\n'
    ),
    "requirements.txt": "fastapi\nuvicorn\npydantic-settings\n",
    "app/main.py": 'app = FastAPI()\n\n@app.get("/health")\ndef health():\n    return {}\n',
}


@pytest.mark.parametrize(
    "paths, chosen",
    [
        (["Dockerfile", "docker/nginx/Dockerfile", "Dockerfile.dev"], "Dockerfile"),
        (["Dockerfile", "Dockerfile.prod"], "Dockerfile.prod"),
        (["compose/local/django/Dockerfile", "compose/production/django/Dockerfile",
          "compose/production/postgres/Dockerfile"], "compose/production/django/Dockerfile"),
        (["backend/Dockerfile", "frontend/tests/Dockerfile"], "backend/Dockerfile"),
        (["docker/app.Dockerfile", "docker/test.Dockerfile"], "docker/app.Dockerfile"),
    ],
)  # fmt: skip
def test_dockerfile__that_of_production(paths: list[str], chosen: str) -> None:
    files = dict.fromkeys(paths, DOCKERFILE) | {"requirements.txt": "django\n"}
    inputs = draft_of(files).inputs()
    name = inputs.get("dockerfile", "Dockerfile")
    assert name == chosen or f"{inputs.get('context')}/{name}" == chosen


def test_dockerfile__the_others_are_named() -> None:
    files = dict.fromkeys(["web/Dockerfile", "web/Dockerfile.dev"], DOCKERFILE)
    lines = {each.name: each.why for each in draft_of(files | {"web/requirements.txt": ""}).lines}
    assert lines["context"] == (
        "web/Dockerfile copies its files from this folder. This Dockerfile seems to be for "
        "production. Not chosen: web/Dockerfile.dev."
    )


def test_manage_twice__a_note_says_which_was_taken() -> None:
    files = STARTPROJECT | {"old/manage.py": MANAGE}
    (note,) = draft_of(files).notes
    assert note.startswith("The workflow uses manage.py, and there is also old/manage.py.")


def test_context__is_where_the_copied_files_are() -> None:
    files = {"docker/Dockerfile": DOCKERFILE, "docker/entry.sh": "", "requirements.txt": "django"}
    inputs = draft_of(files).inputs()
    assert inputs["dockerfile"] == "docker/Dockerfile"
    assert "context" not in inputs
    inputs = draft_of({"web/Dockerfile": DOCKERFILE, "web/requirements.txt": "django"}).inputs()
    assert inputs["context"] == "web"
    assert "dockerfile" not in inputs


@pytest.mark.parametrize(
    "more, target",
    [
        ("FROM scratch AS dev\nCMD x\n", "0"),
        ("FROM scratch AS production\nCMD x\nFROM production AS test\n", "production"),
        ("FROM scratch AS runtime\nCMD x\n", None),
    ],
)
def test_target__only_if_the_last_stage_is_for_something_else(more: str, target: str) -> None:
    files = changed(STARTPROJECT, ("Dockerfile", DOCKERFILE, DOCKERFILE + more))
    assert draft_of(files).inputs().get("target") == target


@pytest.mark.parametrize(
    "command, exposed, port, env",
    [
        ('CMD ["gunicorn", "-b", ":8888", "shop.wsgi"]', "", None, None),
        ('CMD ["gunicorn", "-b", ":8888", "shop.wsgi"]', "EXPOSE 80 443", None, None),
        ('CMD ["gunicorn", "-b", ":9000", "shop.wsgi"]', "", "9000", None),
        ('CMD ["gunicorn", "-b", ":9000", "shop.wsgi"]', "EXPOSE 80", "9000", None),
        ('CMD ["gunicorn", "-b", ":80", "shop.wsgi"]', "EXPOSE 80/tcp 53/udp", None, None),
        ('CMD ["gunicorn", "shop.wsgi"]', "", "8000", None),
        ('CMD ["uvicorn", "shop.asgi:app", "--port=5000"]', "", "5000", None),
        ("CMD gunicorn --bind 0.0.0.0:$PORT shop.wsgi", "", "8000", "PORT=8000"),
        ("CMD gunicorn --bind 0.0.0.0:${PORT:-7000} shop.wsgi", "", "7000", None),
        ("ENV PORT=6000\nCMD gunicorn --bind 0.0.0.0:$PORT shop.wsgi", "", "6000", None),
        ("CMD python manage.py runserver 0.0.0.0:9001", "", "9001", None),
        ("CMD python manage.py runserver 0.0.0.0:9001", "EXPOSE \u00b2 8000-8010", "9001", None),
    ],
)
def test_port__unless_the_image_tells_it(
    command: str, exposed: str, port: str | None, env: str | None
) -> None:
    head = DOCKERFILE.partition("EXPOSE")[0]
    inputs = draft_of(STARTPROJECT | {"Dockerfile": f"{head}{exposed}\n{command}\n"}).inputs()
    assert inputs.get("port") == port
    assert inputs.get("env") == env


def test_port__of_the_code() -> None:
    assert draft_of(NODE).inputs()["port"] == "3000"
    base = changed(NODE, ("Dockerfile", "CMD", "ENV PORT=4000\nCMD"))
    assert draft_of(base).inputs()["port"] == "4000"


@pytest.mark.parametrize(
    "urls, path",
    [
        (URLS, None),
        ('urlpatterns = [path("admin/", admin.site.urls)]', "/admin/login/"),
        ('urlpatterns = [path("shop/", shop), path("healthz", health)]', "/healthz"),
        ('urlpatterns = [re_path(r"^$", home), path("healthz", health)]', None),
        ('urlpatterns = [path("shop/", shop)]', None),
        ('urlpatterns = [path("healthz", health)] + i18n_patterns(path("", home))', None),
    ],
)
def test_ready_path__only_without_a_page_at_the_root(urls: str, path: str | None) -> None:
    assert draft_of(STARTPROJECT | {"shop/urls.py": urls}).inputs().get("ready-path") == path


def test_ready_path__of_other_apps() -> None:
    assert draft_of(FASTAPI).inputs()["ready-path"] == "/health"
    assert "ready-path" not in draft_of(NODE).inputs()
    other = changed(FASTAPI, ("app/main.py", "/health", "/items"))
    assert draft_of(other).inputs()["ready-path"] == "/docs"


def test_pydantic__types_and_examples_give_the_values() -> None:
    settings = """\
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    admin: EmailStr
    title: str
    page: HttpUrl
    secret_key: str
    allowed_hosts: list[str] = ["shop.example.com"]
"""
    files = FASTAPI | {"app/settings.py": settings, ".env.example": "TITLE=Shop\nSECRET_KEY=x\n"}
    inputs = draft_of(files).inputs()
    assert inputs["env"].splitlines() == [
        "ADMIN=someone@example.com",
        "TITLE=Shop",
        "PAGE=http://localhost",
        'ALLOWED_HOSTS=["localhost"]',
    ]
    assert inputs["generate-secrets"] == "SECRET_KEY"


def test_file_env__counts_only_in_the_image() -> None:
    settings = (
        "class Settings(BaseSettings):\n    model_config = dict(env_file='.env')\n    title: str\n"
    )
    text = f"from pydantic_settings import BaseSettings\n{settings}"
    files = FASTAPI | {"app/settings.py": text, ".env": "TITLE=mine"}
    assert draft_of(files).inputs()["env"] == "TITLE=rehearsal"
    inside = changed(files, ("Dockerfile", "COPY app /app", "COPY . /"))
    assert "env" not in draft_of(inside).inputs()


def test_engine__as_an_example_has_it() -> None:
    sqlite = '"ENGINE": "django.db.backends.sqlite3"'
    engine = '"ENGINE": os.environ.get("SQL_ENGINE", "django.db.backends.sqlite3")'
    host = '"HOST": os.environ.get("SQL_HOST", "localhost")'
    files = changed(
        STARTPROJECT,
        ("shop/settings.py", sqlite, f"{engine},\n        {host}"),
        ("requirements.txt", "django", "django\npsycopg2-binary"),
    )
    files |= {".env.prod-sample": "SQL_ENGINE=django.db.backends.postgresql\n"}
    assert draft_of(files).inputs()["env"].splitlines() == [
        "SQL_HOST=postgres",
        "SQL_ENGINE=django.db.backends.postgresql",
    ]


def test_debug__is_switched_off_by_its_variable() -> None:
    on = ("shop/settings.py", "DEBUG = True", 'DEBUG = os.environ.get("DEBUG", "1") == "1"')
    files = changed(STARTPROJECT, on)
    files = changed(files, ("shop/settings.py", "HOSTS = []", 'HOSTS = ["localhost"]'))
    assert draft_of(files).inputs()["env"] == "DEBUG=False"


def test_alembic__before_the_app_starts() -> None:
    files = FASTAPI | {
        "alembic.ini": "",
        "app/db.py": 'engine = create_engine(os.environ["DATABASE_URL"])\n',
        "requirements.txt": "fastapi\nuvicorn\nalembic\npsycopg\n",
        "Dockerfile": (
            "FROM python:3.13\nWORKDIR /code\nCOPY . .\nRUN pip install -r requirements.txt\n"
            'CMD ["uvicorn", "app.main:app", "--port", "80"]\n'
        ),
    }
    assert draft_of(files).inputs()["before-command"] == "alembic upgrade head"


def test_node__what_is_not_set_is_no_error_there() -> None:
    code = """\
const theme = process.env.THEME_NAME;
const key = process.env.COOKIE_SECRET;
const shop = process.env.SHOP_NAME;
const site = process.env.SITE_TITLE;
if (!site) {
  throw new Error('no SITE_TITLE');
}
"""
    files = NODE | {"config.js": code, ".env.example": "SHOP_NAME=Books\n"}
    inputs = draft_of(files).inputs()
    assert inputs["generate-secrets"] == "COOKIE_SECRET"
    assert inputs["env"].splitlines() == ["SHOP_NAME=Books", "SITE_TITLE=rehearsal"]


@pytest.mark.parametrize(
    "path, code, env",
    [
        ("config/app.rb", 'ENV.fetch("SHOP_NAME")', "SHOP_NAME=rehearsal"),
        ("config/app.rb", 'ENV.fetch("SHOP_NAME") { "Books" }', None),
        ("config/app.rb", 'ENV.fetch("SHOP_NAME", "Books")', None),
        ("config/runtime.exs", 'System.fetch_env!("SHOP_NAME")', "SHOP_NAME=rehearsal"),
        (
            "config/runtime.exs",
            'System.get_env("SHOP_NAME") ||\n  raise "x"',
            "SHOP_NAME=rehearsal",
        ),
        ("config/runtime.exs", 'System.get_env("SHOP_NAME") || "Books"', None),
        ("src/main.rs", 'env::var("SHOP_NAME").expect("x")', "SHOP_NAME=rehearsal"),
        ("src/main/application.properties", "name=${SHOP_NAME}", "SHOP_NAME=rehearsal"),
        ("src/main/application.properties", "name=${SHOP_NAME:Books}", None),
        ("spec/app.rb", 'ENV.fetch("SHOP_NAME")', None),
    ],
)
def test_other_languages__what_has_no_default(path: str, code: str, env: str | None) -> None:
    dockerfile = "FROM scratch\nCOPY . .\nEXPOSE 80\nCMD app\n"
    assert draft_of({"Dockerfile": dockerfile, path: code}).inputs().get("env") == env


def test_rails__needs_its_key() -> None:
    dockerfile = "FROM ruby:3.4\nCOPY . .\nEXPOSE 80\nCMD bin/rails server\n"
    files = {"Dockerfile": dockerfile, "Gemfile": 'source \'x\'\n\ngem "rails", "8"\n'}
    draft = draft_of(files)
    assert draft.inputs()["generate-secrets"] == "SECRET_KEY_BASE"
    assert draft.lines[0].why.startswith("Gemfile:3 needs SECRET_KEY_BASE.")
