import pytest

from rehearsal.results.junit.reports import read_reports


@pytest.mark.parametrize(
    "group, name, whole",
    [
        pytest.param("a.test_a.T", "b[x.y/z-1.5]", "a.test_a.T.b[x.y/z-1.5]", id="pytest"),
        pytest.param("", "at the top", "at the top", id="no class"),
        pytest.param("shop.T", "", "shop.T", id="no name"),
        pytest.param("cart opens", "cart opens", "cart opens", id="jest-junit"),
        pytest.param("cart in the shop", "opens v1.2", "cart in the shop opens v1.2", id="mocha"),
        pytest.param("smoke", "cart shows v1.2", "smoke.cart shows v1.2", id="dots"),
        pytest.param("e2e.login", "GET /index.html", "e2e.login.GET /index.html", id="slashes"),
        pytest.param("src/a.test.ts", "cart > opens", "src/a.test.ts > cart > opens", id="vitest"),
        pytest.param("Shop.T", "Shop.T.Opens(a: 1.5)", "Shop.T.Opens(a: 1.5)", id="xUnit.net"),
        pytest.param("shop", "tests::path::slash", "shop::tests::path::slash", id="nextest"),
        pytest.param("shop::it", "opens", "shop::it::opens", id="nextest, a binary"),
        pytest.param("Shop.T", 'a with data set "a::b"', 'Shop.T.a with data set "a::b"', id="PHP"),
        pytest.param("a.b", "opens a.b", "a.b.opens a.b", id="a name that ends as its class"),
        pytest.param(" cart ", " opens ", "cart.opens", id="spaces"),
    ],
)
def test_full_name__has_each_part_once(group: str, name: str, whole: str) -> None:
    assert name_of("<testsuite name='s'>{}</testsuite>", group, name) == whole


@pytest.mark.parametrize(
    "around, group, name, whole",
    [
        pytest.param(
            '<testsuites name="Mocha Tests"><testsuite>{}</testsuite></testsuites>',
            "opens", "cart opens", "cart opens", id="mocha-junit-reporter",
        ),
        pytest.param(
            '<testsuites><testsuite name="cart" disabled="0"><testsuite name="v1.2" disabled="0">{}'
            "</testsuite></testsuite></testsuites>",
            "test", "opens", "cart > v1.2 > opens", id="node",
        ),
        pytest.param(
            '<testsuites id="" name=""><testsuite hostname="firefox">{}</testsuite></testsuites>',
            "a.spec.ts", "cart \u203a opens", "[firefox] \u203a a.spec.ts \u203a cart \u203a opens",
            id="playwright",
        ),
        pytest.param(
            '<testsuites id="" name=""><testsuite name="a" hostname="">{}</testsuite></testsuites>',
            "a/b.spec.ts", "opens", "a/b.spec.ts \u203a opens", id="playwright without a project",
        ),
        pytest.param(
            '<testsuites name="pytest tests"><testsuite name="pytest">{}</testsuite></testsuites>',
            "test", "test_a", "test.test_a", id="a module test.py",
        ),
    ],
)  # fmt: skip
def test_full_name__of_a_tool(around: str, group: str, name: str, whole: str) -> None:
    assert name_of(around, group, name) == whole


def name_of(around: str, group: str, name: str) -> str:
    group, name = (each.replace('"', "&quot;").replace(">", "&gt;") for each in (group, name))
    case = f'<testcase classname="{group}" name="{name}"><failure/></testcase>'
    read = read_reports([("r.xml", around.format(case).encode())], retries=False)
    return read.results.failed[0].name
