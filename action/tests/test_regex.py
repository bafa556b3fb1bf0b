import re
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.regex import regex

ACTION = Path(__file__).resolve().parents[1]
# Prints the patterns that are compiled while the modules of a rehearsal are imported.
IMPORTED = """
import sys
sys.path.insert(0, sys.argv[1])
import re, re._compiler
before = re._compiler.compile
def compile(pattern, flags=0):
    frame = sys._getframe(1)
    while (name := frame.f_globals["__name__"]) in ("re", "rehearsal.regex"):
        frame = frame.f_back
    print(name, repr(pattern))
    return before(pattern, flags)
re._compiler.compile = compile
import rehearsal.run_command, rehearsal.commands.rehearse_command
"""
# Compiles every pattern of the helper and prints how many there are.
COMPILED = """
import sys
sys.path.insert(0, sys.argv[1])
import gc, importlib, pkgutil, rehearsal
from rehearsal.regex import regex
for module in pkgutil.walk_packages(rehearsal.__path__, "rehearsal."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
patterns = [each for each in gc.get_objects() if type(each) is regex]
for each in patterns:
    each.flags
print(len(patterns))
"""


def test_regex__is_used_like_a_compiled_pattern() -> None:
    pattern = regex(r"(?P<name>[a-z]+)=", re.IGNORECASE)
    for _ in range(2):
        found = pattern.search("-- Port=80")
        assert found
        assert found["name"] == "Port"
    assert (pattern.pattern, pattern.groups) == (r"(?P<name>[a-z]+)=", 1)
    assert pattern.flags & re.IGNORECASE
    assert pattern.sub("-", "a=b=") == "--"
    assert regex(rb"\d").findall(b"1 2") == [b"1", b"2"]


def test_regex__compiles_at_the_first_use() -> None:
    pattern = regex("(")
    assert pattern.pattern == "("
    with pytest.raises(re.error, match="unterminated"):
        pattern.search("")


def test_regex__each_pattern_of_the_helper_is_valid() -> None:
    compiled = in_a_new_process(COMPILED)
    assert int(compiled) > 500


def test_regex__no_module_of_a_rehearsal_compiles_another_one() -> None:
    printed = in_a_new_process(IMPORTED)
    # The standard library compiles some, which shows that the hook works.
    assert "gettext" in printed
    own = [line for line in printed.splitlines() if line.startswith("rehearsal")]
    assert own == []


def in_a_new_process(program: str) -> str:
    """Return what `program` prints; its argument is the action's folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(ACTION)],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
