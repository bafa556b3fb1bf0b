from collections import defaultdict
from pathlib import PurePosixPath

import pytest

from rehearsal.source.django_project import DjangoProject, find_django, module_name
from rehearsal.source.project_files import ProjectFiles

SETDEFAULT = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")\n'


def project_of(files: dict[str, str]) -> ProjectFiles:
    folders: dict[str, list[str]] = defaultdict(list)
    for path in files:
        for parent in PurePosixPath(path).parents:
            folders.setdefault(str(parent), [])
        folders[str(PurePosixPath(path).parent)].append(PurePosixPath(path).name)
    return ProjectFiles(
        folders={folder: tuple(names) for folder, names in folders.items()},
        read=lambda path: files.get(path, ""),
    )


def settings_of(files: dict[str, str], named: str = "", served: str = "") -> str:
    found = find_django(project_of(files), named, served)
    return found.settings if found else ""


PLAIN = {
    "manage.py": SETDEFAULT.format("shop.settings"),
    "shop/settings.py": "INSTALLED_APPS = []\n",
    "shop/wsgi.py": SETDEFAULT.format("shop.settings"),
}
SPLIT = {
    "manage.py": SETDEFAULT.format("config.settings.local"),
    "config/settings/base.py": "MIDDLEWARE = []\nSITE_ID = 1\n",
    "config/settings/local.py": "from .base import *\nDEBUG = True\n",
    "config/settings/production.py": "from .base import *  # noqa\nSITE_ID = 2\n",
    "config/wsgi.py": SETDEFAULT.format("config.settings.production"),
}


@pytest.mark.parametrize(
    "files, named, served, settings",
    [
        (PLAIN, "", "shop.wsgi", "shop/settings.py"),
        ({f"src/{path}": text for path, text in PLAIN.items()}, "", "", "src/shop/settings.py"),
        (SPLIT, "", "config.wsgi", "config/settings/production.py"),
        (SPLIT, "", "", "config/settings/production.py"),
        (
            {**SPLIT, "config/asgi.py": SETDEFAULT.format("config.settings.local")},
            "",
            "",
            "config/settings/production.py",
        ),
        (SPLIT, "config.settings.local", "config.wsgi", "config/settings/local.py"),
        (SPLIT, "not.here", "", "config/settings/production.py"),
        (
            {"manage.py": "import django", "a/settings/prod.py": "INSTALLED_APPS = 1"},
            "",
            "",
            "a/settings/prod.py",
        ),
        (
            {**PLAIN, "shop/settings/__init__.py": "", "shop/settings.py": ""},
            "shop.settings",
            "",
            "shop/settings.py",
        ),
        ({"manage.py": "# of something else"}, "", "", ""),
        ({"app.py": ""}, "", "", ""),
    ],
)
def test_find_django__settings(
    files: dict[str, str], named: str, served: str, settings: str
) -> None:
    assert settings_of(files, named, served) == settings


def split() -> DjangoProject:
    found = find_django(project_of(SPLIT), "", "config.wsgi")
    assert found
    return found


def test_django_project__modules_that_are_imported() -> None:
    assert [each.path for each in split().modules] == [
        "config/settings/production.py",
        "config/settings/base.py",
    ]
    assert split().manage == "manage.py"


def test_django_project__the_assignment_that_counts() -> None:
    site, middleware = split().find("SITE_ID"), split().find("MIDDLEWARE")
    assert site
    assert site[0].path.endswith("production.py")
    assert site[1].line == 2
    assert middleware
    assert middleware[0].path.endswith("base.py")
    assert split().find("LOGGING") is None


def test_django_project__line() -> None:
    found = split().line_of("SITE_ID = 1")
    assert found
    assert (found[0].path, found[1]) == ("config/settings/base.py", 2)
    assert split().line_of("whitenoise") is None


def test_find_django__modules_that_import_each_other() -> None:
    files = {
        **PLAIN,
        "shop/settings.py": "from .a import *",
        "shop/a.py": "from .settings import *",
    }
    found = find_django(project_of(files), "", "")
    assert found
    assert [each.path for each in found.modules] == ["shop/settings.py", "shop/a.py"]


@pytest.mark.parametrize(
    "path, base, name",
    [("src/a/wsgi.py", "src", "a.wsgi"), ("a/__init__.py", ".", "a"), ("main.py", ".", "main")],
)
def test_module_name(path: str, base: str, name: str) -> None:
    assert module_name(path, base) == name


@pytest.mark.parametrize(
    "text, lacks",
    [
        ("DEBUG = True\n", True),
        ("NOT_LOGGING = {}\n", True),
        ("LOGGING = {}\n", False),
        ("if DEBUG:\n    LOGGING = {}\n", False),
        ("LOGGING_CONFIG = None\n", False),
    ],
)
def test_lacks__a_name_that_is_nowhere(text: str, lacks: bool) -> None:
    files = {**PLAIN, "shop/settings.py": f"INSTALLED_APPS = []\n{text}"}
    django = find_django(project_of(files), "", "")
    assert django is not None
    assert django.lacks("LOGGING") is lacks
