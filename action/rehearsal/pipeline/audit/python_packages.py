"""Read the requirements file in the image, and which packages its Python has."""

from collections.abc import Mapping
from typing import Any

from rehearsal.audit.observations import PythonPackages, RequirementsFile
from rehearsal.pipeline.audit.app_python import NoAnswerError, ask_python, why_silent
from rehearsal.pipeline.audit.subject import Subject

# The best known names, those for production first: beside them another one may be for development.
NAMES = (
    "requirements/production.txt", "requirements/prod.txt", "requirements-production.txt",
    "requirements-prod.txt", "requirements.prod.txt", "requirements.txt", "requirements/base.txt",
    "requirements/requirements.txt",
)  # fmt: skip
# Files, characters of each without hashes, and packages: all of it fits in what is kept.
MAX_FILES = 10
MAX_SIZE = 64 << 10
MAX_PACKAGES = 3000
# The variables of markers, as PEP 508 defines them.
SCRIPT = rf"""
import codecs, platform
from importlib import metadata
INCLUDED = re.compile(r"\s*(?:-([rc])|--(requirement|constraint))[ =]*(\S+)")
def lines(path):
    content, encoding = read(path), "utf-8"
    for mark, other in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                        (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            encoding = other
    return re.sub(r"--hash=\S+", "", content.decode(encoding, "replace"))[:{MAX_SIZE}].splitlines()
def tell_file(path, is_constraint):
    found = lines(path)
    tell(file=[path, found, is_constraint])
    for include in filter(None, map(INCLUDED.match, found)):
        other = os.path.normpath(os.path.join(os.path.dirname(path), include[3]))
        if other not in seen and len(seen) < {MAX_FILES} and os.path.isfile(other):
            seen.add(other)
            tell_file(other, (include[1] or include[2])[0] == "c" or is_constraint)
folders = list(dict.fromkeys([os.getcwd(), os.path.dirname(os.getcwd())]))
paths = [os.path.join(folder, name) for folder in folders for name in {NAMES!r}]
path = next(filter(os.path.isfile, paths), "")
if path:
    seen = {{path}}
    tell_file(path, False)
    installed = {{}}
    for each in metadata.distributions():
        name = each.metadata["Name"]
        if name and len(installed) < {MAX_PACKAGES}:
            installed.setdefault(name, each.version)
    version = sys.implementation.version
    tell(installed=installed, environment=dict(
        implementation_name=sys.implementation.name,
        implementation_version="%d.%d.%d" % version[:3],
        os_name=os.name, platform_machine=platform.machine(),
        platform_python_implementation=platform.python_implementation(),
        platform_release=platform.release(), platform_system=platform.system(),
        platform_version=platform.version(), python_full_version=platform.python_version(),
        python_version=".".join(platform.python_version_tuple()[:2]), sys_platform=sys.platform))
else:
    tell(why_unknown="the image holds no requirements file in " + " or ".join(folders))
"""


def read_packages(subject: Subject) -> PythonPackages:
    """Read the requirements file in the image, and which packages its Python has."""
    try:
        told, output = ask_python(subject, SCRIPT)
    except NoAnswerError as reason:
        return PythonPackages(why_unknown=str(reason))
    answers: dict[str, Any] = {}
    for each in told:
        answers |= each
    if "installed" not in answers:
        return PythonPackages(why_unknown=str(answers.get("why_unknown") or why_silent(output)))
    files = (each["file"] for each in told if "file" in each)
    # The app itself can print lines like ours, with anything in place of texts.
    return PythonPackages(
        files=tuple(
            RequirementsFile(path=str(a), lines=tuple(map(str, b)), is_constraint=bool(c))
            for a, b, c in files
        ),
        installed=_texts(answers["installed"]),
        environment=_texts(answers["environment"]),
    )


def _texts(told: Mapping[object, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in told.items()}
