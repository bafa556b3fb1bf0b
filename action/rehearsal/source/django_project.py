"""A Django project: its manage.py, and the modules of its settings."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join, upwards
from rehearsal.source.python_settings import Assignment, PythonModule, parse_module

# manage.py, wsgi.py and asgi.py name the settings module like this.
DEFAULT_SETTINGS = regex(r"""DJANGO_SETTINGS_MODULE['"], *['"](?P<module>[\w.]{1,200})['"]""")
# Calls that set names which no statement assigns: include() of django-split-settings and the like.
ELSEWHERE = regex(r"\b(?:include|optional|globals|locals|vars|exec|setattr)\s*\(")
# Where projects have the settings of production, if nothing names them.
USUAL_SETTINGS = ("settings/production.py", "settings/prod.py", "settings.py")
# More modules than settings have, which may import each other in a circle.
MAX_MODULES = 10


@dataclass(frozen=True, kw_only=True)
class DjangoProject:
    """Paths are relative to the working directory; `manage` is empty if there is no manage.py.

    `modules` are the settings' own module, then those from which it imports everything.
    `has_more` says that settings also come from where nobody looked.
    """

    manage: str
    modules: tuple[PythonModule, ...]
    has_more: bool = False

    @property
    def base(self) -> str:
        """The folder from which Python finds the project's modules."""
        return str(PurePosixPath(self.manage).parent) if self.manage else "."

    @property
    def settings(self) -> str:
        """The path of the settings' own module."""
        return self.modules[0].path

    def find(self, name: str) -> tuple[PythonModule, Assignment] | None:
        """Return the assignment of a setting that counts, and its module."""
        for module in self.modules:
            if found := module.assignment(name):
                return module, found
        return None

    def lacks(self, name: str) -> bool:
        """Whether surely nothing gives a setting a value, so that one more line may."""
        word = re.compile(rf"(?<!\w){re.escape(name)}")
        return not self.has_more and not any(word.search(each.text) for each in self.modules)

    def line_of(self, text: str) -> tuple[PythonModule, int] | None:
        """Return the first line with this text in the modules, in their order."""
        for module in self.modules:
            if line := module.line_of(text):
                return module, line
        return None


def find_django(project: ProjectFiles, named: str, served: str) -> DjangoProject | None:
    """Return the Django project, None if nothing shows that there is one.

    `named` is the settings module that the container's variables name, `served` the module that its
    server serves. Both may be empty.
    """
    managers = (join(folder, "manage.py") for folder in project.nearest_first()
                if project.has(folder, "manage.py"))  # fmt: skip
    manage = next((path for path in managers if "django" in project.read(path).lower()), "")
    base = str(PurePosixPath(manage).parent) if manage else "."
    for module in filter(None, _settings_modules(project, named, served, manage, base)):
        if path := locate_module(project, module, base):
            return _django(project, manage, path, base)
    usual = [
        path
        for name in USUAL_SETTINGS
        for path in project.below(base)
        if f"/{path}".endswith(f"/{name}") and "INSTALLED_APPS" in project.read(path)
    ]
    if manage and usual:
        return _django(project, manage, usual[0], base)
    return None


def _django(project: ProjectFiles, manage: str, path: str, base: str) -> DjangoProject:
    modules = tuple(_chain(project, path, base))
    known = {each.path for each in modules}
    has_more = any(
        not module.is_parsed
        or ELSEWHERE.search(module.text)
        or len(found := _imported(project, module, base)) < len(module.starred)
        or not known.issuperset(found)
        for module in modules
    )
    return DjangoProject(manage=manage, modules=modules, has_more=has_more)


def locate_module(project: ProjectFiles, module: str, base: str = ".") -> str:
    """Return the path of a module, searched from `base` first; empty if it is not the project's."""
    stem = module.replace(".", "/")
    for folder in (base, *project.nearest_first()):
        for name in (f"{stem}.py", f"{stem}/__init__.py"):
            path = PurePosixPath(folder, name)
            if project.has(str(path.parent), path.name):
                return str(path)
    return ""


def module_name(path: str, base: str) -> str:
    """Return the dotted name of a module by its path, below the folder that Python searches."""
    relative = PurePosixPath(path).relative_to(base).with_suffix("")
    return ".".join(part for part in relative.parts if part != "__init__")


def _settings_modules(
    project: ProjectFiles, named: str, served: str, manage: str, base: str
) -> Iterator[str]:
    yield named
    yield _default_settings(project, locate_module(project, served, base) if served else "")
    # A command without a server that could be read: what serves is more likely than what manages.
    for name in ("wsgi.py", "asgi.py"):
        for path in project.below(base):
            if PurePosixPath(path).name == name:
                yield _default_settings(project, path)
    yield _default_settings(project, manage)


def _default_settings(project: ProjectFiles, path: str) -> str:
    found = DEFAULT_SETTINGS.search(project.read(path)) if path else None
    return found["module"] if found else ""


def _chain(project: ProjectFiles, path: str, base: str) -> Iterator[PythonModule]:
    """Yield a module, then those from which it imports everything, the last import first."""
    waiting, seen = [path], set[str]()
    while waiting and len(seen) < MAX_MODULES:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        module = parse_module(current, project.read(current))
        yield module
        waiting[:0] = _imported(project, module, base)


def imported_modules(project: ProjectFiles, module: PythonModule, base: str) -> list[str]:
    """Return the paths of the project's modules from which a module imports some names."""
    return locate_imports(project, module, base, module.imports_from)


def _imported(project: ProjectFiles, module: PythonModule, base: str) -> list[str]:
    return locate_imports(project, module, base, reversed(module.starred))


def locate_imports(
    project: ProjectFiles, module: PythonModule, base: str, names: Iterable[str]
) -> list[str]:
    """Return the paths of the project's modules of these names, which may begin with dots."""
    found = []
    folder = str(PurePosixPath(module.path).parent)
    for name in names:
        level = len(name) - len(name.lstrip("."))
        above = list(upwards(folder))
        if level and level <= len(above):
            path = locate_module(project, name.lstrip("."), above[level - 1])
        else:
            path = locate_module(project, name, base)
        if path:
            found.append(path)
    return found
