import itertools

import pytest
from packaging.markers import Marker

from rehearsal.audit.markers import applies

ENVIRONMENT = {
    "implementation_name": "cpython", "implementation_version": "3.13.5", "os_name": "posix",
    "platform_machine": "x86_64", "platform_python_implementation": "CPython",
    "platform_release": "6.12.0", "platform_system": "Linux", "platform_version": "#1 SMP",
    "python_full_version": "3.13.5", "python_version": "3.13", "sys_platform": "linux",
}  # fmt: skip
MARKERS = (
    "sys_platform == 'win32'",
    'sys_platform != "win32"',
    "python_version < '3.13'",
    "python_version >= '3.9'",
    "python_full_version < '3.14'",
    "python_full_version >= '3.13.10'",
    "python_version ~= '3.10'",
    "python_full_version ~= '3.13.1'",
    "python_full_version ~= '3.12.1'",
    "python_version == '3.*'",
    "python_full_version == '3.1.*'",
    "python_full_version != '3.13.*'",
    "'linux' in sys_platform",
    "platform_machine in 'x86_64 aarch64'",
    "platform_machine not in 'x86_64 aarch64'",
    "platform_python_implementation == 'PyPy'",
    "'3.9' <= python_version",
)


@pytest.mark.parametrize("marker", MARKERS)
def test_applies__as_packaging_says(marker: str) -> None:
    assert applies(marker, ENVIRONMENT) == Marker(marker).evaluate(dict(ENVIRONMENT))


@pytest.mark.parametrize("first, second, third", list(itertools.permutations(MARKERS[:4], 3)))
def test_applies__several_as_packaging_says(first: str, second: str, third: str) -> None:
    for marker in (
        f"{first} and {second} or {third}",
        f"{first} or {second} and {third}",
        f"({first} or {second}) and {third}",
        f"{first} and ({second} or ({third}))",
    ):
        assert applies(marker, ENVIRONMENT) == Marker(marker).evaluate(dict(ENVIRONMENT))


def test_applies__never_for_an_extra() -> None:
    assert applies("extra == 'dev'", ENVIRONMENT) is False
    assert applies("os.name == 'posix'", ENVIRONMENT) is True


@pytest.mark.parametrize(
    "marker",
    [
        "", "python_version", "python_version <", "unknown == '1'", "python_version ?? '3'",
        "python_version > '3' or", "(python_version > '3'", "python_version > '3')",
        "sys_platform ~= 'linux'", "(" * 400, "python_version not '3'",
    ],
)  # fmt: skip
def test_applies__cannot_be_told(marker: str) -> None:
    assert applies(marker, ENVIRONMENT) is None
