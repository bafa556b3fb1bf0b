"""Names of Python packages."""

from rehearsal.source.package_names import normal_name


def test_normal_name() -> None:
    assert normal_name("Zope_.Interface") == "zope-interface"
