import pytest

from rehearsal.commands.init.pytest_options import pytest_options

from .projects import project_of

TEST = "import pytest\nfrom selenium import webdriver\n"
TOML = '[tool.pytest.ini_options]\naddopts = "--ds=config.settings.test --reuse-db"\n'


@pytest.mark.parametrize(
    "files, text",
    [
        ({}, ""),
        ({"pyproject.toml": TOML}, "-p no:django -o addopts="),
        (
            {"pyproject.toml": '[tool.pytest]\naddopts = ["--ds=config.settings.test"]\n'},
            "-p no:django -o addopts=",
        ),
        ({"pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.settings\n"}, "-p no:django"),
        ({"setup.cfg": "[tool:pytest]\naddopts =\n    -ra\n    --ds=a.b\n"},
         "-p no:django -o addopts="),
        ({"pyproject.toml": TOML, "pytest.ini": "[pytest]\n"}, ""),
        ({"pyproject.toml": TOML, "tests/e2e/pytest.ini": "[pytest]\n"}, ""),
        ({"pyproject.toml": "[tool.ruff]\n", "setup.cfg": "[flake8]\n"}, ""),
        ({"pyproject.toml": TOML, "tests/e2e/conftest.py": "from django.conf import settings\n"},
         ""),
        ({"pyproject.toml": TOML, "tests/e2e/test_b.py": "def test_b(live_server): ...\n"}, ""),
        ({"pytest.ini": "[pytest]\naddopts = -q --cov=shop\n"}, "-o addopts="),
        ({"pytest.ini": "[pytest]\naddopts = -q --cov=shop\n", "dev.txt": "-r more.txt\n",
          "more.txt": "pytest-cov\n"}, ""),
        ({"tox.ini": "[pytest]\naddopts = -n auto\n"}, "-o addopts="),
        ({"pytest.ini": "[pytest]\naddopts = -ra --strict-markers\n"}, ""),
        ({"pytest.ini": "addopts = -n auto\n"}, ""),
        ({"pyproject.toml": "[tool.pytest\n"}, ""),
    ],
)  # fmt: skip
def test_options__that_would_stop_the_tests(files: dict[str, str], text: str) -> None:
    project = project_of({"tests/e2e/test_a.py": TEST, **files})
    options = pytest_options(project, "tests/e2e", "dev.txt" if "dev.txt" in files else "")
    assert options.text == text
    assert bool(options.why) is bool(text)
