from collections.abc import Mapping

import pytest

from rehearsal.source.django_project import find_django
from rehearsal.source.settings_values import settings_values

from .test_django_project import SETDEFAULT, project_of

PRODUCTION = {"IN_PRODUCTION": "1", "HOSTS": "a.example, b.example"}


def values_of(code: str, environment: Mapping[str, str], base: str = "") -> dict[str, object]:
    project = project_of(
        {
            "manage.py": f"# django\n{SETDEFAULT.format('shop.settings')}",
            "shop/settings.py": f"import os\n{code}\n",
            "shop/base.py": base,
        }
    )
    django = find_django(project, "", "")
    assert django
    return settings_values(project, django, environment)


@pytest.mark.parametrize(
    "code, expected",
    [
        ("A = False", False),
        ("A = ['a', 'b']", ["a", "b"]),
        ("A = os.environ.get('HOSTS', '').split(',')", ["a.example", " b.example"]),
        (
            "A = [each.strip() for each in os.environ['HOSTS'].split(',') if each]",
            ["a.example", "b.example"],
        ),
        ("A = os.environ.get('OTHER', 'x')", "x"),
        ("A = os.environ.get('OTHER')", None),
        ("A = os.environ.get('OTHER') == '1'", False),
        ("A = 'OTHER' in os.environ", False),
        ("A = 'OTHER' not in os.environ", True),
        ("A = bool(int(os.environ.get('IN_PRODUCTION', '0')))", True),
        ("A = os.environ.get('IN_PRODUCTION', 'no').lower() in ('1', 'true')", True),
        ("if 'IN_PRODUCTION' in os.environ:\n    A = 1\nelse:\n    A = 2", 1),
        ("if 'OTHER' in os.environ:\n    A = 1\nelif 'HOSTS' in os.environ:\n    A = 3", 3),
        ("A = 1 if 'OTHER' in os.environ else 2", 2),
        ("B = ['x']\nA = B + ['y']", ["x", "y"]),
        ("A = ['x']\nA += ['y']", ["x", "y"]),
        ("A = ['x']\nA.append('y')\nA.extend(['z'])", ["x", "y", "z"]),
        ("A = ['x', *os.environ['HOSTS'].split(', ')]", ["x", "a.example", "b.example"]),
        ("env = environ.Env(OTHER=(bool, True))\nA = env('OTHER')", True),
        ("env = environ.Env(IN_PRODUCTION=(bool, False))\nA = env('IN_PRODUCTION')", True),
        ("A = env.bool('OTHER', default=False)", False),
        ("A = env.list('HOSTS')", ["a.example", "b.example"]),
        ("A = env.list('OTHER', default=['x'])", ["x"]),
        ("A = config('HOSTS', cast=Csv())", ["a.example", "b.example"]),
        ("A = config('OTHER', default='True', cast=bool)", True),
        ("os.environ.setdefault('NEW', 'x')\nA = os.environ['NEW']", "x"),
        ("def need(n):\n    return os.environ[n]\nA = need('HOSTS')", "a.example, b.example"),
        ("from .base import *\nA = FROM_BASE", "here"),
    ],
)
def test_settings_values__known(code: str, expected: object) -> None:
    assert values_of(code, PRODUCTION, "FROM_BASE = 'here'\n")["A"] == expected


@pytest.mark.parametrize(
    "code",
    [
        "A = os.environ['OTHER']",
        "A = env.bool('OTHER')",
        "A = read_hosts()",
        "A = 1\nA = read_hosts()",
        "A = ['x']\nA.append(read_hosts())",
        "A = ['x']\nA.sort()",
        "A = ['x']\nA[0] = 'y'",
        "A = 1\nif read_hosts():\n    A = 2",
        "A = 1\nfor A in read_hosts():\n    pass",
        "A = 1\ntry:\n    A = 1\nexcept KeyError:\n    A = 2",
        "A = 1\nfrom shop.base import A",
        "A = 1\nlocals().update(A=2)",
        "A = 1\nfrom .local import *",
        "A = 1\nif read_hosts():\n    from .base import *",
        "A = 1 < 2",
        f"A = {' + '.join(['[]'] * 900)}",
        f"A = 'x'{'.strip()' * 450}",
        f"if {' + '.join(['[]'] * 900)}:\n    A = 1",
        f"A = []\nA.append({' + '.join(['[]'] * 900)})",
        f"B = {[1] * 9000}\nA = [[c for c in B] for b in B]",
        "A = 'x'.split('')",
        "A = 'x'.lower('y')",
        "A = int('\u00b2')",
        "A = int('--1')",
        f"A = int('{'9' * 5000}')",
        f"A = '{'x' * 9000}'.replace('x', '{'y' * 9000}')",
        f"A = '{'x' * 90000}'.replace('x', '{'y' * 90000}')",
    ],
)
def test_settings_values__unknown(code: str) -> None:
    assert "A" not in values_of(code, PRODUCTION)


def test_settings_values__too_many_statements() -> None:
    assert not values_of("A = 1\n" * 6000, {})
