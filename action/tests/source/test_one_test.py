"""The command for one test: right for the runner that was used, or nothing."""

import pytest

from rehearsal.source.one_test import is_one_test_command, one_test_command

FILES = {
    "functional_tests/test_cart.py",
    "tests/test_cart.py",
    "cart.test.ts",
    "jest/cart.test.js",
    "cypress/e2e/cart.cy.js",
    "web/tests/test_cart.py",
}
CART = "functional_tests.test_cart.CartTest.test_adds"
ONLY = "-k 'functional_tests.test_cart.CartTest.*test_adds'"


def narrowed(command: str, name: str, file: str = "") -> str:
    return one_test_command(command, name, file, FILES.__contains__)


@pytest.mark.parametrize(
    "command, name, expected",
    [
        # Django
        (
            "python manage.py test functional_tests",
            CART,
            f"python manage.py test {CART}",
        ),
        (
            "cd web && python3 ./manage.py test functional_tests --settings shop.e2e --parallel 4",
            CART,
            f"cd web && python3 ./manage.py test --settings shop.e2e {CART}",
        ),
        (
            "python manage.py test functional_tests --pattern '*_test.py'",
            CART,
            f"python manage.py test {CART}",
        ),
        (
            # Its name does not begin with the label, which is a folder.
            "python manage.py test e2e/ --pattern='*_test.py'",
            "cart_test.Cart.test_adds",
            "python manage.py test e2e/ --pattern='*_test.py' -k 'cart_test.Cart.*test_adds'",
        ),
        (
            "pip install -r wanted.txt\nuv run python manage.py test",
            CART,
            f"pip install -r wanted.txt && uv run python manage.py test {ONLY}",
        ),
        (
            "python manage.py test functional_tests",
            f"{CART} (path='<é>')",
            f"python manage.py test {CART}",
        ),
        (
            "python manage.py test functional_tests",
            "setUpClass (functional_tests.test_cart.CartTest)",
            "python manage.py test functional_tests.test_cart.CartTest",
        ),
        # unittest
        (
            "python -m unittest -v functional_tests.test_cart",
            CART,
            f"python -m unittest -v {CART}",
        ),
        (
            "/opt/python3.12 -m unittest discover -s functional_tests -t . -f",
            CART,
            f"/opt/python3.12 -m unittest discover -s functional_tests -t . {ONLY}",
        ),
        (
            "python -m unittest discover functional_tests '*_test.py' .",
            CART,
            f"python -m unittest discover functional_tests '*_test.py' . {ONLY}",
        ),
        (
            "python -m unittest discover functional_tests",
            "setUpClass (test_cart.CartTest)",
            "python -m unittest discover functional_tests -k 'test_cart.CartTest.*'",
        ),
        (
            "python manage.py test functional_tests",
            "functional_tests.test_cart.CartTest.setUpClass",
            "python manage.py test functional_tests.test_cart.CartTest",
        ),
        (
            "python -m unittest",
            "functional_tests.test_cart.setUpModule",
            "python -m unittest -k 'functional_tests.test_cart.*'",
        ),
        (
            "xvfb-run -a poetry run coverage run manage.py test functional_tests",
            CART,
            f"xvfb-run -a poetry run coverage run manage.py test {CART}",
        ),
        # pytest
        (
            "python -m coverage run -m pytest --reuse-db --cov=shop --cov-report xml -p no:x tests",
            "tests/test_cart.py::TestCart::test_adds (part='a b')",
            """python -m coverage run -m pytest --reuse-db -p no:x \
tests/test_cart.py::TestCart::test_adds""",
        ),
        (
            # Its pytest.ini is in web/.
            "pytest web/tests",
            "tests.test_cart.test_adds",
            "pytest web/tests/test_cart.py::test_adds",
        ),
        (
            'python -m pytest tests --junitxml "$REHEARSAL_JUNIT/pytest.xml" -n 4 -k cart -vv',
            "tests.test_cart.TestCart.test_adds[a.b?c=[d]&e]",
            """python -m pytest --junitxml "$REHEARSAL_JUNIT/pytest.xml" -vv \
'tests/test_cart.py::TestCart::test_adds[a.b?c=[d]&e]'""",
        ),
        (
            "CI=1 pytest -xq",
            "tests/test_cart.py::test_adds",
            "CI=1 pytest -q tests/test_cart.py::test_adds",
        ),
        (
            "cd web; poetry run pytest tests",
            "tests.test_cart.test_adds[#x1B]",
            "cd web && poetry run pytest tests/test_cart.py::test_adds",
        ),
        # other languages
        (
            "npm ci\nnpx playwright test --shard=1/2 --workers 2",
            "[desktop] \u203a cart.spec.ts \u203a cart \u203a totals (2)",
            (
                "npm ci && npx playwright test cart.spec.ts --project=desktop "
                r"-g ' cart.spec.ts cart totals \(2\)( @|$)'"
            ),
        ),
        (
            "pnpm exec playwright test",
            "cart.spec.ts \u203a totals",
            "pnpm exec playwright test cart.spec.ts -g ' cart.spec.ts totals( @|$)'",
        ),
        (
            "npx vitest run --reporter=junit",
            "cart.test.ts > cart > shows <é>",
            "npx vitest run --reporter=junit cart.test.ts -t '^ ?cart( >)? shows <.>$'",
        ),
        (
            "npx mocha 'tests/**/*.spec.js' --grep cart",
            "cart totals",
            "npx mocha 'tests/**/*.spec.js' -g '^cart totals$'",
        ),
        (
            "go test -v ./...",
            "example.com/shop.TestShows/all",
            "go test -v -run '^TestShows$/^all$' example.com/shop",
        ),
        ("go test ./...", "shop.TestAdds", "go test -run '^TestAdds$' ./..."),
        (
            'gotestsum --junitfile "$REHEARSAL_JUNIT/go.xml" -- -race ./...',
            "example.com/shop/v2.TestShows/v1.TestX_(é)",
            """gotestsum --junitfile "$REHEARSAL_JUNIT/go.xml" -- -race \
-run '^TestShows$/^v1\\.TestX_\\(é\\)$' example.com/shop/v2""",
        ),
    ],
)
def test_one_test_command__replaces_what_chooses_tests(
    command: str, name: str, expected: str
) -> None:
    assert narrowed(command, name) == expected
    # Known as ours again, unless its Python is one of the machine.
    assert is_one_test_command(expected, name, "") is not expected.startswith("/")


@pytest.mark.parametrize(
    "command, name, file, expected",
    [
        (
            'npx cypress run -r junit -o "mochaFile=$REHEARSAL_JUNIT/[hash].xml"',
            "cart totals",
            "cypress/e2e/cart.cy.js",
            """npx cypress run -r junit -o "mochaFile=$REHEARSAL_JUNIT/[hash].xml" \
--spec cypress/e2e/cart.cy.js""",
        ),
        (
            "npx jest --ci other.test.js -t other",
            "cart totals?",
            "jest/cart.test.js",
            r"npx jest --ci jest/cart.test.js -t '^cart totals\?$'",
        ),
        ("npx jest", "cart totals", "gone.test.js", "npx jest -t '^cart totals$'"),
        ("npx jest", "cart.adds 😀", "", "npx jest -t '^cart.adds ..?$'"),
        ("npx cypress run", "cart totals", "gone.cy.js", ""),
    ],
)
def test_one_test_command__uses_the_file_if_it_is_there(
    command: str, name: str, file: str, expected: str
) -> None:
    assert narrowed(command, name, file) == expected
    if expected:
        assert is_one_test_command(expected, name, f"below/{file}" if file else "")


@pytest.mark.parametrize(
    "command",
    [
        "",
        "make e2e",
        "tox -e e2e",
        "nox",
        "npm test",
        "./run-tests",
        "python manage.py test functional_tests | tee log",
        "python manage.py test functional_tests || true",
        "python manage.py test functional_tests &",
        "python manage.py test functional_tests > log",
        "python manage.py test $(cat tests)",
        "(python manage.py test functional_tests)",
        "python manage.py migrate\npython manage.py test functional_tests",
        "python manage.py test functional_tests --password hunter2",
        "TOKEN=hunter2 python manage.py test functional_tests",
        "cd /srv && python manage.py test functional_tests",
        "pip install --index-url https://me:hunter2@example.com x\npython manage.py test",
        # Quotes that bash reads in another way.
        "python manage.py test functional_tests $'\\'; touch pwned # '",
        "python manage.py test \"$X'`touch pwned`'\"",
        'python manage.py test functional_tests $"x"',
        # It may fetch what a test's name says.
        "go test -mod=mod ./...",
        "python manage.py test 'functional_tests",
        "CI=1",
    ],
)
def test_one_test_command__nothing_rather_than_something_wrong(command: str) -> None:
    assert narrowed(command, CART) == ""


@pytest.mark.parametrize(
    "command, name",
    [
        ("python manage.py test", "unittest.loader._FailedTest.functional_tests.test_cart"),
        ("python manage.py test", "cart.spec.ts \u203a totals"),
        ("python manage.py test", "functional_tests.*** .x"),
        ("pytest", "tests.test_gone.test_adds"),
        ("pytest", "tests.test_cart"),
        ("pytest", "gone.py::test_adds"),
        ("npx playwright test", "cart totals"),
        ("npx playwright test", "\x1b[2J\u202e.spec.ts \u203a totals"),
        ("npx playwright test", "[a\nb] \u203a cart.spec.ts \u203a totals"),
        ("npx vitest run", "gone.test.ts > totals"),
        ("npx vitest run", "cart.test.ts"),
        ("npx mocha", 'cart "after each" hook for "keeps items"'),
        ("npx jest", 'cart "after each" hook for "keeps items"'),
        ("npx jest", "Test suite failed to run jest/cart.test.js"),
        ("npx jest", "jest/cart.test.js > totals"),
        ("go test", "shop.Testing"),
        ("pytest web", "test_gone.test_adds"),
        # Another file of this name was run.
        ("pytest web", "functional_tests.test_cart.test_adds"),
        ("go test", "shop.Broken"),
        # In no time, however many slashes there are.
        ("go test", f"shop.TestGet{'/api' * 60} x"),
    ],
)
def test_one_test_command__nothing_for_a_name_that_is_no_test(command: str, name: str) -> None:
    assert narrowed(command, name) == ""


@pytest.mark.parametrize(
    "command, name, file",
    [
        ("pytest", "-x.py::test_adds", ""),
        ("pytest", "--co/x.py::test_adds", ""),
        ("pytest", "@x.py::test_adds", ""),
        ("npx playwright test", "-x.spec.ts \u203a totals", ""),
        ("npx playwright test", "[a] \u203a --ui.ts \u203a totals", ""),
        ("npx vitest run", "--config=x.ts > totals", ""),
        ("npx cypress run", "totals", "-x.cy.js"),
        ("npx cypress run", "totals", "!x.cy.js"),
        ("go test ./...", "-toolexec=./x.TestAdds", ""),
        ("gotestsum", "-exec=./x.sh.TestAdds", ""),
        ("python manage.py test .", "setUpClass (..)", ""),
        ("python -m unittest", "-x.CartTest.test_adds", ""),
        ("python -m unittest", "-.setUpModule", ""),
    ],
)
def test_one_test_command__a_name_is_no_option(command: str, name: str, file: str) -> None:
    assert not one_test_command(command, name, file, bool)


@pytest.mark.parametrize("file", ["-x.test.js", "--config=x.js"])
def test_one_test_command__a_file_is_no_option_of_jest(file: str) -> None:
    command = one_test_command("npx jest", "totals", file, bool)
    assert command == "npx jest -t '^totals$'"


@pytest.mark.parametrize(
    "command",
    [
        "npx mocha -g totals",
        "npx mocha -g '^totals$' ",
        "npx mocha  -g '^totals$'",
        "npx mocha -g '^totals$'; touch pwned",
        "touch pwned && npx mocha -g '^totals$'",
        "npx mocha -g '^totals$' && touch pwned",
        "npx mocha $'\\'; touch pwned # ' -g '^totals$'",
        "npx mocha \"$X'`touch pwned`'\" -g '^totals$'",
        "npx mocha --inspect -g '^totals$'",
        "npx evil mocha -g '^totals$'",
        "npm install evil && npx mocha -g '^totals$'",
        "npm install evil/evil && npx mocha -g '^totals$'",
        "pip install evil && npx mocha -g '^totals$'",
        "yarn add evil && npx mocha -g '^totals$'",
        "yarn evil && npx mocha -g '^totals$'",
        "npm ci --prefix=.. && npx mocha -g '^totals$'",
        "npx mocha --reporter-options=~/.bashrc -g '^totals$'",
        "npx mocha -O ../x -g '^totals$'",
        "npx mocha --config /srv/x -g '^totals$'",
        "npx mocha --config a/../../x -g '^totals$'",
        "cd .. && npx mocha -g '^totals$'",
        "npx mocha -g '^others$'",
        "npx mocha '",
        "",
    ],
)
def test_is_one_test_command__of_others(command: str) -> None:
    assert not is_one_test_command(command, "totals", "")


@pytest.mark.parametrize(
    "command",
    [
        "npx mocha -g '^totals$'",
        "npm ci && npx mocha 'tests/**/*.js' -g '^totals$'",
        "pip install -r requirements.txt -e . && npx mocha -g '^totals$'",
        "cd web && npx playwright install --with-deps chromium && npx mocha -g '^totals$'",
        "CI=1 yarn mocha -R spec -g '^totals$'",
    ],
)
def test_is_one_test_command__ours(command: str) -> None:
    assert is_one_test_command(command, "totals", "")


@pytest.mark.parametrize(
    "command", ['go test "./..."; echo done', "npx mocha 'a'||true", "npx mocha 'a'|tee x"]
)
def test_one_test_command__an_operator_beside_a_quote_is_no_word(command: str) -> None:
    assert narrowed(command, "shop.TestAdds") == ""


def test_one_test_command__after_a_quoted_folder() -> None:
    assert narrowed("cd 'functional_tests'&&pytest", "test_cart.CartTest.test_adds").startswith(
        "cd "
    )


@pytest.mark.parametrize(
    "command, name",
    [
        # From our documents.
        (
            'pytest --reruns "$REHEARSAL_RETRIES" -rR',
            "functional_tests.test_cart.CartTest.test_adds",
        ),
        ('pytest --base-url "$REHEARSAL_URL"', "functional_tests.test_cart.CartTest.test_adds"),
        ("pytest --shared-browser", "functional_tests.test_cart.CartTest.test_adds"),
    ],
)
def test_one_test_command__of_the_commands_that_we_propose(command: str, name: str) -> None:
    assert narrowed(command, name).endswith("functional_tests/test_cart.py::CartTest::test_adds")
