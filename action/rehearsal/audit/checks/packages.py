"""Python packages: what is installed is what the requirements file names."""

from collections.abc import Iterator

from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.markers import applies
from rehearsal.audit.observations import Observations, PythonPackages
from rehearsal.audit.python_versions import is_version
from rehearsal.audit.requirements import Requirement, parse_requirements
from rehearsal.audit.shown_lines import first_lines
from rehearsal.source.package_names import normal_name

# They come with Python or a virtual environment.
INSTALLERS = {"pip", "setuptools", "wheel"}


@check(
    "pinned",
    title="The image has the versions that its requirements file names",
    why="Without exact versions two builds of the same commit differ: what was tested is not what "
    "is deployed, and a release of somebody else's package can break the app overnight.",
    hint="Name exact versions in the requirements file, and install nothing but that file.",
    reference="https://pip.pypa.io/en/stable/topics/repeatable-installs/",
    parts="unpinned|different|absent",
    parts_label="unpinned, different or absent",
)
def pinned(seen: Observations) -> Iterator[Failure | Note]:
    """Compare each line of the requirements file with what is installed."""
    packages = seen.packages
    if packages is None:
        raise CheckSkipped("the container could not be asked")
    if packages.why_unknown:
        raise CheckSkipped(packages.why_unknown)
    file = packages.files[0].path
    installed = {normal_name(name): version for name, version in packages.installed.items()}
    required = list(_required(packages))
    if required and not any(each.name in installed for each in required):
        raise CheckSkipped(f"the Python that was asked has none of the packages of {file}")
    yield from _failures(file, required, installed)
    others = sorted(installed.keys() - {each.name for each in required} - INSTALLERS)
    if others:
        yield Note(
            f"{file} does not name {len(others)} of the installed packages.",
            evidence=first_lines([f"{name}=={installed[name]}" for name in others]),
        )


def _required(packages: PythonPackages) -> Iterator[Requirement]:
    """Yield what the files require of this environment, with the versions of constraints."""
    constraints: dict[str, Requirement] = {}
    required: list[Requirement] = []
    for file in packages.files:
        for each in parse_requirements(file.lines):
            applying = applies(each.marker, packages.environment) if each.marker else True
            if not applying:
                continue  # Where it cannot be told, nothing can be said of that line.
            if file.is_constraint:
                constraints[each.name] = each
            else:
                required.append(each)
    for each in required:
        pin = constraints.get(each.name)
        yield pin if pin and pin.version and not each.version else each


def _failures(
    file: str, required: list[Requirement], installed: dict[str, str]
) -> Iterator[Failure]:
    unpinned = [each for each in required if not each.version and not each.url]
    absent = [each for each in required if each.name not in installed]
    different = [
        f"{each.line}, installed is {installed[each.name]}"
        for each in required
        if each.version
        and each.name in installed
        and not is_version(installed[each.name], each.version)
    ]
    if unpinned:
        yield Failure(
            f"{file} names no exact version of {_packages(len(unpinned))}.",
            part="unpinned",
            hint="Let a program write the file, with all versions: uv pip compile or pip-compile, "
            "from a file requirements.in that has the names alone, or pip freeze.",
            evidence=first_lines(
                [
                    f"{each.line} (installed: {installed.get(each.name, 'nothing')})"
                    for each in unpinned
                ]
            ),
        )
    if different:
        yield Failure(
            f"The image has another version than {file} of {_packages(len(different))}.",
            part="different",
            hint="Install only from this file in the Dockerfile (pip install -r), and nothing "
            "afterwards that changes versions. Build without the cache of an older file.",
            evidence=first_lines(different),
        )
    if absent:
        yield Failure(
            f"The image lacks {_packages(len(absent))} of {file}.",
            part="absent",
            hint="Install all of this file in the Dockerfile (pip install -r), or remove the lines "
            "of what production does not need.",
            evidence=first_lines([each.line for each in absent]),
        )


def _packages(count: int) -> str:
    return "one package" if count == 1 else f"{count} packages"
