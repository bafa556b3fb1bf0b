"""Real outputs of other languages; stacks/README.md says what wrote them."""

from pathlib import Path

import pytest

from rehearsal.results.frame import ProjectFrame
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame, tracebacks

STACKS = Path(__file__).parent / "stacks"
# The programs, below /app/LANGUAGE in the logs.
FILES = {
    "dotnet": ["Orders.cs", "Program.cs"],
    "go": ["main.go", "store/store.go"],
    "java": [
        "src/main/java/com/example/shop/App.java",
        "src/main/java/com/example/shop/Orders.java",
    ],
    "node": [
        "lib/orders.js",
        "missing.js",
        "rejected.mjs",
        "server.js",
        "start.js",
        "syntax.js",
        "uses.js",
    ],
    "php": ["index.php", "nothing.php", "syntax.php", "src/Orders.php"],
    "python": ["run.py", "shop/bad.py", "shop/orders.py"],
    "ruby": ["app.rb", "start.rb", "missing.rb", "plain.rb", "syntax.rb", "lib/orders.rb"],
    "rust": ["src/main.rs", "src/orders.rs"],
}
JAVA_ORDERS = "src/main/java/com/example/shop/Orders.java"


def log(name: str) -> str:
    return (STACKS / f"{name}.log").read_text()


def checkout(folder: Path, name: str) -> SourceTree:
    for file in FILES[name.partition("-")[0]]:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return SourceTree(top=folder, directory=folder)


def frame_of(name: str, folder: Path) -> ProjectFrame:
    found = project_frame(log(name), checkout(folder, name))
    assert found
    return found


@pytest.mark.parametrize(
    "name, place, function, error",
    [
        ("dotnet-kestrel", "Orders.cs:8", "Shop.Orders.Find", "KeyNotFoundException: The given"),
        ("dotnet-start", "Orders.cs:12", "Shop.Orders.Open", "ArgumentNullException: Value"),
        ("go-http", "main.go:12", "main.orders", "runtime error: invalid memory address"),
        (
            "go-start",
            "store/store.go:18",
            "example.com/shop/store.Open.func1",
            "no database: DATABASE_URL is not set",
        ),
        (
            "java-logged",
            f"{JAVA_ORDERS}:7",
            "Orders.lambda$find$0",
            'java.lang.NumberFormatException: For input string: "none"',
        ),
        ("java-start", f"{JAVA_ORDERS}:12", "Orders.open", "java.lang.NullPointerException: Can"),
        ("node-express", "lib/orders.js:3", "findOrder", "TypeError: Cannot read properties of"),
        ("node-missing", "missing.js:1", "", "Error: Cannot find module 'nonesuch'"),
        ("node-rejected", "rejected.mjs:3", "load", "TypeError: no plan"),
        ("node-start", "start.js:3", "Settings.read", "Error: DATABASE_URL is not set"),
        ("node-syntax", "syntax.js:2", "", "SyntaxError: Unexpected token ';'"),
        ("php-index", "src/Orders.php:11", r"Shop\Orders->total", "RuntimeException: no total"),
        ("php-nothing", "nothing.php:2", "total", "Error: Call to a member function price() on"),
        ("php-server", "src/Orders.php:11", r"Shop\Orders->total", "RuntimeException: no total"),
        ("php-syntax", "syntax.php:2", "", 'syntax error, unexpected token ";"'),
        ("python-cause", "shop/orders.py:9", "find", "LookupError: no order"),
        ("python-context", "shop/orders.py:16", "find_again", "ValueError: no order"),
        ("python-group", "shop/orders.py:16", "find_again", "ValueError: no order"),
        ("python-syntax", "shop/bad.py:1", "", "SyntaxError: invalid syntax"),
        ("ruby-app", "lib/orders.rb:3", "total", "NoMethodError: undefined method `price' for"),
        ("ruby-missing", "missing.rb:1", "<main>", "cannot load such file -- nonesuch (LoadErr"),
        ("ruby-start", "start.rb:3", "read", 'key not found: "DATABASE_URL" (KeyError)'),
        ("ruby-syntax", "syntax.rb:3", "", "syntax error, unexpected `end', expecting ']'"),
        ("ruby-uncaught", "lib/orders.rb:3", "total", "undefined method `price' for nil:NilCl"),
        ("rust-start", "src/main.rs:16", "", "no database: NotPresent"),
        ("rust-thread", "src/orders.rs:3", "", "index out of bounds: the len is 2 but the ind"),
        ("rust-thread-backtrace", "src/orders.rs:3", "shop::orders::find", "index out of bounds"),
    ],
)
def test_project_frame__of_each_language(
    name: str, place: str, function: str, error: str, tmp_path: Path
) -> None:
    found = frame_of(name, tmp_path)
    assert f"{found.file}:{found.line}" == place
    assert found.function == function
    assert error in found.error


def test_project_frame__every_log_is_read() -> None:
    (parametrized,) = test_project_frame__of_each_language.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in parametrized.args[1]} == {
        path.stem for path in STACKS.glob("*.log")
    }


@pytest.mark.parametrize(
    "name, text",
    [
        (
            "java-logged",
            """\
java.lang.NumberFormatException: For input string: "none"
  … 3 frames of installed code …
	at com.example.shop.Orders.lambda$find$0(src/main/java/com/example/shop/Orders.java:7)
  … 9 frames of installed code …
	at com.example.shop.Orders.find(src/main/java/com/example/shop/Orders.java:7)
	at com.example.shop.App.lambda$main$0(src/main/java/com/example/shop/App.java:22)""",
        ),
        (
            "rust-thread-backtrace",
            """\
thread 'server' (26903) panicked at src/orders.rs:3:11:
index out of bounds: the len is 2 but the index is 7
stack backtrace:
  … 6 frames of installed code …
   6: shop::orders::find
             at src/orders.rs:3:11
   7: shop::answer
             at src/main.rs:9:17
   8: shop::main::{{closure}}
             at src/main.rs:20:82
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.""",
        ),
        (
            "ruby-missing",
            """\
<internal:/usr/lib/ruby/vendor_ruby/rubygems/core_ext/kernel_require.rb>:85:in `require': \
cannot load such file -- nonesuch (LoadError)
  … 1 frame of installed code …
	from missing.rb:1:in `<main>'""",
        ),
        (
            "node-express",
            """\
TypeError: Cannot read properties of undefined (reading 'total')
    at findOrder (lib/orders.js:3:21)
    at server.js:5:17""",
        ),
    ],
)
def test_project_frame__text_without_installed_code(name: str, text: str, tmp_path: Path) -> None:
    assert frame_of(name, tmp_path).text == text


@pytest.mark.parametrize("name", sorted(path.stem for path in STACKS.glob("*.log")))
def test_project_frame__none_if_all_is_installed_code(name: str, tmp_path: Path) -> None:
    """A file of the project that has the name of one of a library is not meant."""
    language = name.partition("-")[0]
    installed = {
        "dotnet": "/_/src",
        "go": "/go/pkg/mod/example.com/shop@v1",
        "java": "",
        "node": "/srv/node_modules/shop",
        "php": "/srv/vendor/shop",
        "python": "/usr/lib/python3/dist-packages",
        "ruby": "/usr/lib/ruby/gems/shop",
        "rust": "/root/.cargo/registry/src/shop",
    }[language]
    text = log(name).replace(f"/app/{language}", installed).replace("com.example.shop", "org.lib")
    if language == "rust":
        text = text.replace("at src/", f"at {installed}/").replace("./src/", f"{installed}/")
    assert project_frame(text, checkout(tmp_path, name)) is None
    assert list(tracebacks(text))


def test_tracebacks__in_the_order_of_the_log() -> None:
    text = log("node-start") + log("python-context") + log("go-start")
    assert [each.error for each in tracebacks(text)] == [
        "Error: no database",
        "Error: DATABASE_URL is not set",
        "KeyError: 7",
        "ValueError: no order",
        "no database: DATABASE_URL is not set",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "(node:7) [DEP0005] DeprecationWarning: Buffer() is deprecated\n    at /app/a.js:1:2",
            id="warning",
        ),
        pytest.param("Trace: here\n    at /app/a.js:1:2", id="console.trace"),
        pytest.param("Error: no stack follows\nbye", id="an error alone"),
        pytest.param("lib/a.rb:3: warning: unused variable", id="ruby's warning"),
        pytest.param(f"panic: x\n\t{'a' * 5000}.go:1", id="a line of a hostile app"),
        pytest.param(f"{'Uncaught a in /' * 130}\n" * 99, id="many exceptions in one line"),
        pytest.param(
            f"Error: x\n{'    at ' + '() in ' * 330}\n" * 99, id="many frames in one line"
        ),
    ],
)
def test_tracebacks__none(text: str) -> None:
    assert list(tracebacks(text)) == []
