import pytest
from packaging.version import InvalidVersion, Version

from rehearsal.audit.python_versions import is_version, parse_version

VERSIONS = (
    "1", "1.0", "1.0.0", "v1.0", "1.1", "1.10", "1.9", "2!1.0", "1.0a1", "1.0.alpha-1", "1.0b2",
    "1.0rc1", "1.0c1", "1.0.preview1", "1.0.dev1", "1.0a1.dev2", "1.0a1.post1", "1.0.post1",
    "1.0-1", "1.0.r1", "1.0.post1.dev3", "1.0.dev", "1.0a", "1.0.post", "1.0+local.1",
    "1.0+LOCAL-1", "2026.6", "0.0", "1.0rc1+x",
)  # fmt: skip


@pytest.mark.parametrize("left", VERSIONS)
def test_parse_version__orders_as_packaging_does(left: str) -> None:
    for right in VERSIONS:
        ours, other = parse_version(left), parse_version(right)
        assert ours is not None
        assert other is not None
        assert (ours == other) == (Version(left) == Version(right)), right
        # Local parts have an order of their own, which nobody asks for.
        if Version(left).public != Version(right).public:
            assert (ours < other) == (Version(left) < Version(right)), right


@pytest.mark.parametrize("text", ["", "1.0-", "linux", "1.*", "1..0", "1.0+", "1 0", "x" * 9999])
def test_parse_version__no_version(text: str) -> None:
    with pytest.raises(InvalidVersion):
        Version(text)
    assert parse_version(text) is None


@pytest.mark.parametrize(
    "installed, wanted, result",
    [
        ("1.0.0", "1.0", True),
        ("2.1.0+cpu", "2.1.0", True),
        ("2.1.0+cpu", "2.1.0+cpu", True),
        ("2.1.0", "2.1.0+cpu", False),
        ("1.0.1", "1.0", False),
        ("1.0.post1", "1.0", False),
        ("2004d", "2004d", True),
        ("2004d", "2004e", False),
    ],
)
def test_is_version(installed: str, wanted: str, *, result: bool) -> None:
    assert is_version(installed, wanted) == result
