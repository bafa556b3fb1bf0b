import pytest

from rehearsal.source.command_line import CommandLine, instruction_command, shell_command
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.servers import bind_to_all, find_server


def command(text: str) -> CommandLine:
    """Return the command of the last instruction of a Dockerfile."""
    dockerfile = parse_dockerfile(f"FROM a\n{text}")
    found = instruction_command(
        dockerfile.text, "Dockerfile", dockerfile.stages[0].instructions[-1]
    )
    assert found
    return found


@pytest.mark.parametrize(
    "text, words",
    [
        ('CMD ["a", "b c",\\\n "d"]', ["a", "b c", "d"]),
        ('CMD ["/bin/sh", "-c", "exec a b"]', ["exec", "a", "b"]),
        ("CMD a 'b c' \\\n  d$E && f", ["a", "b c", "d$E", "&&", "f"]),
        ("RUN --mount=type=cache,target=/x \\\n  a -b", ["a", "-b"]),
        ("cmd a # b", ["a"]),
        ("RUN a \\\n  # why\n\n  b \\\n\n  c", ["a", "b", "c"]),
        ("RUN <<END\na b\nc\nEND", ["<<END", "\n", "a", "b", "\n", "c", "\n", "END"]),
    ],
)
def test_instruction_command__words(text: str, words: list[str]) -> None:
    assert command(text).texts == words


def test_instruction_command__nothing() -> None:
    dockerfile = parse_dockerfile("FROM a\nCMD []\n")
    assert not instruction_command(dockerfile.text, "", dockerfile.stages[0].instructions[-1])


@pytest.mark.parametrize(
    "words, name",
    [
        ("gunicorn shop.wsgi", "gunicorn"),
        ("/venv/bin/gunicorn -k uvicorn.workers.UvicornWorker a:b", "gunicorn"),
        ("python -m uvicorn main:app", "uvicorn"),
        ("uv run fastapi run", "fastapi"),
        ("poetry run daphne a:b", "daphne"),
        ("python manage.py migrate && exec gunicorn a", "gunicorn"),
        ("python3 manage.py runserver 8000", "runserver"),
        ("/app/manage.py runserver", "runserver"),
        ("flask --app shop run", "flask"),
        ("npm start", "npm"),
        ("npm run start", "npm"),
        ("node server.js", "node"),
        ("python -u /app.py", "python"),
        ("python3.13 -m http.server", "http.server"),
        ("bin/rails server", "rails"),
        ("bundle exec puma", "puma"),
        ("php artisan serve", "laravel"),
        ("nginx -g 'daemon off;'", "nginx"),
        ("java -jar a.jar", "java"),
    ],
)
def test_find_server(words: str, name: str) -> None:
    found = find_server(words.split())
    assert found
    assert found[0].name == name


@pytest.mark.parametrize("words", ["/start", "tail -f /dev/null", "", "rails"])
def test_find_server__unknown(words: str) -> None:
    assert find_server(words.split()) is None


@pytest.mark.parametrize(
    "text, line, changed",
    [
        (
            'CMD ["gunicorn", "--bind", "127.0.0.1:8000", "a"]',
            2,
            'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "a"]',
        ),
        ('CMD ["gunicorn", "a"]', 2, 'CMD ["gunicorn", "--bind", "0.0.0.0:8888", "a"]'),
        (
            'CMD ["gunicorn", \\\n     "-b", "localhost:$PORT", "a"]',
            3,
            '     "-b", "0.0.0.0:$PORT", "a"]',
        ),
        ("CMD gunicorn -b127.0.0.1:80 a", 2, "CMD gunicorn -b0.0.0.0:80 a"),
        ("CMD gunicorn --bind=[::1]:80 a", 2, "CMD gunicorn --bind=0.0.0.0:80 a"),
        ("CMD gunicorn --bind=$BIND a", 2, "CMD gunicorn --bind=0.0.0.0:8888 a"),
        ("CMD gunicorn --bind [::]:80 a", 2, "CMD gunicorn --bind 0.0.0.0:80 a"),
        ("CMD ./migrate && \\\n  exec gunicorn a \\\n  --threads 4", 3,
         "  exec gunicorn --bind 0.0.0.0:8888 a \\"),
        ("CMD uvicorn main:app --port 80", 2, "CMD uvicorn --host 0.0.0.0 main:app --port 80"),
        ("CMD uvicorn main:app --host ::", 2, "CMD uvicorn main:app --host 0.0.0.0"),
        ('CMD ["fastapi", "dev"]', 2, 'CMD ["fastapi", "dev", "--host", "0.0.0.0"]'),
        ("CMD flask run -h 127.0.0.1", 2, "CMD flask run -h 0.0.0.0"),
        ("CMD python manage.py runserver", 2, "CMD python manage.py runserver 0.0.0.0:8888"),
        ("CMD python manage.py runserver 80", 2, "CMD python manage.py runserver 0.0.0.0:80"),
        ("CMD python manage.py runserver localhost:80 -v 2", 2,
         "CMD python manage.py runserver 0.0.0.0:80 -v 2"),
        ("CMD waitress-serve a:b", 2, "CMD waitress-serve --listen=0.0.0.0:8888 a:b"),
        ("CMD uwsgi --http 127.0.0.1:80 --master", 2, "CMD uwsgi --http 0.0.0.0:80 --master"),
        ("CMD daphne a:b", 2, "CMD daphne -b 0.0.0.0 a:b"),
        ("CMD puma -b tcp://127.0.0.1:80", 2, "CMD puma -b tcp://0.0.0.0:80"),
        ('CMD ["sh", "-c", "gunicorn a"]', 2,
         'CMD ["sh", "-c", "gunicorn --bind 0.0.0.0:8888 a"]'),
    ],
)  # fmt: skip
def test_bind_to_all(text: str, line: int, changed: str) -> None:
    edit = bind_to_all(command(text), "8888")
    assert edit
    assert (edit.instead, edit.text) == (line, changed)


@pytest.mark.parametrize(
    "text",
    [
        "CMD gunicorn --bind 0.0.0.0:80 a",
        "CMD gunicorn -b :80 a",
        "CMD gunicorn -b unix:/run/a.sock a",
        "CMD node server.js",
        "CMD uwsgi uwsgi.ini",
        "CMD ./start",
    ],
)
def test_bind_to_all__nothing_to_change(text: str) -> None:
    assert bind_to_all(command(text), "8888") is None


def test_command_line__remove() -> None:
    found = command('CMD ["gunicorn", "--daemon", "a"]')
    assert found.remove(1).text == 'CMD ["gunicorn", "a"]'
    found = command("CMD gunicorn a &")
    assert found.remove(2).text == "CMD gunicorn a"


def test_command_line__script() -> None:
    script = "#!/bin/sh\nset -e\n\nexec /usr/bin/gunicorn a\n"
    found = shell_command(script, "start")
    assert found
    edit = bind_to_all(found, "80")
    assert edit
    assert (edit.instead, edit.text) == (4, "exec /usr/bin/gunicorn --bind 0.0.0.0:80 a")
