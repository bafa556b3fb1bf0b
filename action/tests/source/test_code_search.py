import pytest

from rehearsal.source.code_search import bind_in_code

from .test_django_project import project_of


@pytest.mark.parametrize(
    "path, line, changed",
    [
        ("app.py", "app.run(debug=True)", 'app.run(host="0.0.0.0", debug=True)'),
        ("app.py", "    app.run()", '    app.run(host="0.0.0.0")'),
        ("app.py", "app.run(", 'app.run(host="0.0.0.0"'),
        ("main.py", "uvicorn.run(app, port=80)", 'uvicorn.run(app, host="0.0.0.0", port=80)'),
        ("main.py", 'uvicorn.run("main:app")', 'uvicorn.run("main:app", host="0.0.0.0")'),
        ("main.py", "serve(app, host='localhost')", "serve(app, host='0.0.0.0')"),
        ("server.js", 'app.listen(port, "127.0.0.1");', 'app.listen(port, "0.0.0.0");'),
        ("server.js", "const hostname = '::1';", "const hostname = '0.0.0.0';"),
        ("index.ts", "app.listen({ host: `localhost` })", "app.listen({ host: `0.0.0.0` })"),
        ("main.go", 'ListenAndServe("127.0.0.1:80", h)', 'ListenAndServe("0.0.0.0:80", h)'),
        ("uwsgi.ini", "http-socket = 127.0.0.1:80", "http-socket = 0.0.0.0:80"),
        ("nginx.conf", "    listen 127.0.0.1:80;", "    listen 0.0.0.0:80;"),
        ("application.properties", "server.address=127.0.0.1", "server.address=0.0.0.0"),
    ],
)  # fmt: skip
def test_bind_in_code(path: str, line: str, changed: str) -> None:
    found = bind_in_code(project_of({path: f"first\n{line}\nlast\n"}), [path], "loopback")
    assert found
    assert (found.path, found.instead) == (path, 2)
    assert found.text.replace('"0.0.0.0", )', '"0.0.0.0")') == changed


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"app.py": "a = 1\n# host = '127.0.0.1'\n"},
        {"app.py": "host = '127.0.0.1'\n", "b.py": "host = 'localhost'\n"},
        {"notes.md": "host = '127.0.0.1'\n"},
        {"app.py": "app.run(host=HOST)\n"},
    ],
)
def test_bind_in_code__unknown(files: dict[str, str]) -> None:
    assert bind_in_code(project_of(files), files, "loopback") is None


def test_bind_in_code__ipv6() -> None:
    project = project_of(
        {"app.py": "serve('::', 80)\nserve('127.0.0.1', 80)\n", "b.py": "app.run()"}
    )
    found = bind_in_code(project, ["app.py", "b.py"], "ipv6-only")
    assert found
    assert (found.instead, found.text) == (1, "serve('0.0.0.0', 80)")
