import pytest

from rehearsal.source.app_shape import AppShape, find_app_shape, node_start, python_command
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.servers import bind_to_all

from .test_django_project import PLAIN, SPLIT, project_of


def shape_of(
    end: str, files: dict[str, str] | None = None, *, running: str = "", target: str = ""
) -> AppShape:
    dockerfile = parse_dockerfile(f"FROM python:3.13\n{end}\n")
    return find_app_shape(project_of(files or {}), dockerfile, target=target, running=running)


START = "#!/bin/bash\n\nset -o errexit\n\npython /app/manage.py migrate\n{}\n"


@pytest.mark.parametrize(
    "end, files, server, path",
    [
        ('CMD ["gunicorn", "shop.wsgi"]', {}, "gunicorn", "Dockerfile"),
        ('ENTRYPOINT ["python", "manage.py"]\nCMD ["runserver"]', {}, "python", "Dockerfile"),
        (
            'ENTRYPOINT ["/entrypoint"]\nCMD ["/start"]',
            {"compose/django/start": START.format("exec gunicorn config.wsgi --chdir=/app")},
            "gunicorn",
            "compose/django/start",
        ),
        (
            'ENTRYPOINT ["/entry.sh"]\nCMD ["gunicorn", "shop.wsgi"]',
            {"entry.sh": START.format('exec "$@"')},
            "gunicorn",
            "Dockerfile",
        ),
        (
            'ENTRYPOINT ["/entry.sh"]\nCMD ["uvicorn", "main:app"]',
            {"entry.sh": START.format('exec gosu app "$@"  # the command\n')},
            "uvicorn",
            "Dockerfile",
        ),
        (
            'ENTRYPOINT ["/entry.sh"]\nCMD ["--workers=2"]',
            {"entry.sh": START.format('exec gunicorn shop.wsgi "$@"')},
            "gunicorn",
            "entry.sh",
        ),
        ("CMD ./run.sh", {"run.sh": "uvicorn main:app\n"}, "uvicorn", "run.sh"),
        ("CMD npm start", {"package.json": '{"scripts": {"start": "next start"}}'}, "next",
         "package.json"),
        ("CMD npm start", {"package.json": "{}"}, "npm", "Dockerfile"),
        ("CMD python app.py", {"app.py": "import flask"}, "python", "Dockerfile"),
        ("FROM base\nCMD tail -f", {}, "", "Dockerfile"),
        ("", {}, "", ""),
    ],
)  # fmt: skip
def test_find_app_shape__server(end: str, files: dict[str, str], server: str, path: str) -> None:
    found = shape_of(end, files)
    assert found.server_name == server
    assert (found.command.path if found.command else "") == path


def test_find_app_shape__script_of_the_image() -> None:
    """The script for development has the same name, and compose names it, not the Dockerfile."""
    files = {
        "compose/local/start": START.format("exec uvicorn config.asgi"),
        "compose/production/start": START.format("exec gunicorn config.wsgi"),
    }
    end = 'COPY compose/production/start /start\nCOPY . /app\nENTRYPOINT ["/entrypoint"]'
    found = shape_of(end, files, running="/entrypoint /start")
    assert found.server_name == "gunicorn"
    assert "manage.py migrate" in found.scripts


def test_find_app_shape__server_of_the_base_image() -> None:
    assert shape_of("", running="/bin/sh -c uvicorn main:app").server_name == "uvicorn"


def test_find_app_shape__target() -> None:
    end = "CMD gunicorn a\nFROM other AS assets\nCMD nginx"
    assert shape_of(end).server_name == "nginx"
    assert shape_of(end, target="stage-0").server_name == "gunicorn"


def test_find_app_shape__no_dockerfile() -> None:
    found = find_app_shape(project_of(PLAIN), None, running="gunicorn shop.wsgi")
    assert found.server_name == "gunicorn"
    assert found.django


@pytest.mark.parametrize(
    "end, running, settings",
    [
        ("CMD gunicorn config.wsgi", "", "config/settings/production.py"),
        ("CMD python manage.py runserver --settings=config.settings.local", "",
         "config/settings/local.py"),
        ("ENV DJANGO_SETTINGS_MODULE=config.settings.base\nCMD gunicorn config.wsgi", "",
         "config/settings/base.py"),
    ],
)  # fmt: skip
def test_find_app_shape__settings(end: str, running: str, settings: str) -> None:
    found = shape_of(end, SPLIT, running=running)
    assert found.django
    assert found.django.settings == settings


def test_find_app_shape__settings_of_the_container() -> None:
    found = find_app_shape(project_of(SPLIT), None, settings="config.settings.local")
    assert found.django
    assert found.django.settings == "config/settings/local.py"


WORKFLOW = """\
      - uses: ./action
        with:
          command: |
            gunicorn
            --bind=127.0.0.1:80
            shop.wsgi:application
          port: '80'
"""


def test_find_app_shape__command_of_the_workflow() -> None:
    running = "gunicorn --bind=127.0.0.1:80 shop.wsgi:application"
    found = find_app_shape(project_of({}), None, running=running, workflow=("ci.yml", WORKFLOW))
    assert found.command
    assert found.command.texts == running.split()
    change = bind_to_all(found.command, "80")
    assert change
    assert (change.instead, change.text) == (5, "            --bind=0.0.0.0:80")
    change = found.command.insert_after(0, "--threads", "4")
    margin = " " * 12
    assert change.text == f"{margin}gunicorn\n{margin}--threads\n{margin}4"


def test_find_app_shape__another_command_in_the_workflow() -> None:
    found = find_app_shape(
        project_of({}), None, running="gunicorn other", workflow=("ci.yml", WORKFLOW)
    )
    assert found.command is None
    assert found.server_name == "gunicorn"


@pytest.mark.parametrize(
    "end, word",
    [
        ("CMD gunicorn -k uvicorn.workers.UvicornWorker a.wsgi:application", "a.wsgi:application"),
        ("CMD gunicorn a.wsgi --bind 0.0.0.0:80", "a.wsgi"),
        ('CMD ["uvicorn", "main:create_app()", "--factory"]', "main:create_app()"),
        ("CMD gunicorn --config gunicorn.conf.py a.wsgi", "a.wsgi"),
        ("CMD gunicorn --bind=:80 a.wsgi", "a.wsgi"),
        ("CMD uvicorn --reload main:app", "main:app"),
    ],
)
def test_app_shape__app_word(end: str, word: str) -> None:
    found = shape_of(end)
    assert found.command
    assert found.command.texts[found.app_word] == word


def test_app_shape__no_app_word() -> None:
    assert shape_of("CMD node server.js").app_word == -1
    assert shape_of("").app_word == -1


@pytest.mark.parametrize(
    "end, python",
    [
        ("CMD gunicorn a.wsgi", "python"),
        ("CMD uv run gunicorn a.wsgi", "uv run python"),
        ('CMD ["uv", "run", "--no-sync", "gunicorn", "a"]', "uv run --no-sync python"),
        ("CMD poetry run gunicorn a", "poetry run python"),
        ("CMD /venv/bin/gunicorn a", "/venv/bin/python"),
        ("CMD /usr/bin/gunicorn a", "python"),
        ("CMD python3 manage.py runserver", "python3"),
        ("RUN A=b python3 manage.py collectstatic\nCMD gunicorn a.wsgi", "python3"),
        ("", "python"),
    ],
)
def test_python_command(end: str, python: str) -> None:
    assert python_command(shape_of(end)) == python


@pytest.mark.parametrize(
    "package, start",
    [
        ('{"scripts": {"start": "node a.js"}}', "npm start"),
        ('{"main": "a.js"}', "node a.js"),
        ('{"main": "gone.js"}', ""),
        ("[]", ""),
        ("{", ""),
        ('{"scripts": 1}', ""),
        pytest.param("[" * 100_000, "", id="deeply nested"),
    ],
)
def test_node_start(package: str, start: str) -> None:
    assert node_start(project_of({"package.json": package, "a.js": ""})) == start


COPIES = "COPY --from=s{} /x /x\n" * 10
MANY_STAGES = "AS s0\nCOPY . /x\n" + "".join(
    f"FROM a AS s{number}\n{COPIES.replace('{}', str(number - 1))}" for number in range(1, 12)
)


@pytest.mark.parametrize(
    "end",
    [
        MANY_STAGES,
        "ENV A=$A$A$A$A\n" * 30,
        "RUN " + "<<A " * 5000 + "\n" + "x\n" * 5000,
        "RUN " + "pip install " * 3000,
        "CMD gunicorn " + "a." * 10_000,
        "CMD " + "/" * 30_000,
    ],
    ids=["stages", "variables", "documents", "installs", "names", "slashes"],
)
def test_find_app_shape__takes_no_time(end: str) -> None:
    """Somebody else's pull request may have any Dockerfile; without limits these take hours."""
    found = shape_of(end.replace("AS s0", "FROM a AS s0"), running="python /x/start")
    assert python_command(found) == "python"
