import pytest

from rehearsal.source.code_search import bind_in_code

from .test_django_project import project_of


@pytest.mark.parametrize(
    "path, line, changed",
    [
        ("main.py", "uvicorn.run(app, port=80)", 'uvicorn.run(app, host="0.0.0.0", port=80)'),
        ("main.py", 'uvicorn.run("main:app")', 'uvicorn.run("main:app", host="0.0.0.0")'),
        ("main.py", "serve(app, host='localhost')", "serve(app, host='0.0.0.0')"),
        ("a.py", "HTTPServer(('127.0.0.1', 80), H)", "HTTPServer(('0.0.0.0', 80), H)"),
        ("server.js", 'app.listen(port, "127.0.0.1");', 'app.listen(port, "0.0.0.0");'),
        ("server.js", "a.listen(f(80), '::1', () => {})", "a.listen(f(80), '0.0.0.0', () => {})"),
        ("index.ts", "app.listen({ host: `localhost` })", "app.listen({ host: `0.0.0.0` })"),
        ("main.go", 'ListenAndServe("127.0.0.1:80", h)', 'ListenAndServe("0.0.0.0:80", h)'),
        ("main.rs", 'TcpListener::bind("127.0.0.1:80")', 'TcpListener::bind("0.0.0.0:80")'),
        ("uwsgi.ini", "http-socket = 127.0.0.1:80", "http-socket = 0.0.0.0:80"),
        ("nginx.conf", "    listen 127.0.0.1:80;", "    listen 0.0.0.0:80;"),
        ("app.rb", "set :bind, 'localhost'", "set :bind, '0.0.0.0'"),
        ("application.properties", "server.address=127.0.0.1", "server.address=0.0.0.0"),
    ],
)
def test_bind_in_code(path: str, line: str, changed: str) -> None:
    project = project_of({path: f"first\n{line}\nlast\n"})
    found = bind_in_code(project, [path], "loopback", "80")
    assert found
    assert (found.path, found.instead, found.text) == (path, 2, changed)


@pytest.mark.parametrize(
    "line, changed",
    [
        ("app.run(debug=True)", 'app.run(host="0.0.0.0", debug=True)'),
        ("    app.run()", '    app.run(host="0.0.0.0")'),
        ("    sys.exit(app.run())  # ü", '    sys.exit(app.run(host="0.0.0.0"))  # ü'),
    ],
)
def test_bind_in_code__flask(line: str, changed: str) -> None:
    text = f"app = Flask(__name__)\nif True:\n    pass\n{line}\n"
    project = project_of({"app.py": text if line[0] != " " else text.replace("    pass\n", "")})
    found = bind_in_code(project, ["app.py"], "loopback")
    assert found
    assert found.text == changed


@pytest.mark.parametrize(
    "text, line, changed",
    [
        ("const host = '::1';\napp.listen(80, host);", 1, "const host = '0.0.0.0';"),
        ("HOST = 'localhost'\nserve(app, host=HOST)", 1, "HOST = '0.0.0.0'"),
        ("uvicorn.run(\n  app,\n  host='localhost',\n)", 3, "  host='0.0.0.0',"),
        ("app.run('localhost', 8000)\na.listen(9000, 'localhost')", 1, "app.run('0.0.0.0', 8000)"),
        ("\f\nserve(app, host='::1')", 2, "serve(app, host='0.0.0.0')"),
    ],
)
def test_bind_in_code__other_lines(text: str, line: int, changed: str) -> None:
    found = bind_in_code(project_of({"app.py": text}), ["app.py"], "loopback", "8000")
    found = found or bind_in_code(project_of({"app.py": text}), ["app.py"], "loopback", "80")
    assert found
    assert (found.instead, found.text) == (line, changed)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"app.py": "a = 1\n# serve('127.0.0.1')\n"},
        {"app.py": "serve('127.0.0.1')\n", "b.py": "serve('localhost')\n"},
        {"notes.md": "serve('127.0.0.1')\n"},
        {"app.py": "app = Flask(app)\napp.run(host=HOST)\n"},
        {"app.py": "app = Flask(app)\napp.run(HOST, 8000)\n"},
        {"app.py": "app = Flask(app)\napp.run(**OPTIONS)\n"},
        {"app.py": "app = Flask(app)\napp.run(\n    host=HOST,\n    port=8000,\n)\n"},
        {"app.py": "app = Flask(app)\napp.run(\n"},
        {"app.py": "app = typer.Typer()\napp.run(argv)\n"},
        {"app.py": "app = typer.Typer()\napp.run()\n"},
        {"app.py": "uvicorn.run(\n    'main:app',\n    port=8000,\n)\n"},
        {"app.py": "smtp = connect(host='localhost')\n"},
        {"app.py": "host = '127.0.0.1'\n"},
        {"app.js": "const redis = createClient({host: 'localhost', port: 6379})\n"},
        {"app.js": "module.exports = new Pool({ host: 'localhost', database: 'x' })\n"},
        {"app.js": "app.listen(8000, () => { createClient({ host: 'localhost' }) })\n"},
        {"app.js": "app.listen(9000, '127.0.0.1')\n"},
        {"app.js": "app.listen(open(HOST, 'localhost'))\n"},
        {"main.go": 'var upstream = "localhost:9000" // http api\n'},
        {"a.rb": "config.hosts << 'localhost' # http host\n"},
    ],
)
def test_bind_in_code__unknown(files: dict[str, str]) -> None:
    assert bind_in_code(project_of(files), files, "loopback", "8000") is None


def test_bind_in_code__ipv6() -> None:
    project = project_of(
        {"app.py": "serve('::', 80)\nserve('127.0.0.1', 80)\n", "b.py": "uvicorn.run(app)"}
    )
    found = bind_in_code(project, ["app.py", "b.py"], "ipv6-only")
    assert found
    assert (found.instead, found.text) == (1, "serve('0.0.0.0', 80)")
