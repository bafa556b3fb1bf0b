import os
import subprocess

import pytest

from rehearsal.config.inputs import Inputs
from rehearsal.config.variables import LONGEST_VARIABLE, read_secrets, read_variables
from rehearsal.verdict import MisconfiguredError

LONGEST = "x" * (LONGEST_VARIABLE - len("LONG=\0"))


def test_longest_variable__is_that_of_linux() -> None:
    subprocess.run(["true"], env={**os.environ, "LONG": LONGEST}, check=True)
    with pytest.raises(OSError, match="Argument list too long"):
        subprocess.run(["true"], env={**os.environ, "LONG": LONGEST + "x"}, check=True)


@pytest.mark.parametrize("source", ["secrets", "build-secrets", "env", "build-args", "test-env"])
def test_a_variable_that_no_program_can_get(source: str) -> None:
    read = read_secrets if source.endswith("secrets") else read_variables
    inputs = Inputs.of({source: "LONG"})
    assert read(inputs, source, {"LONG": LONGEST})
    with pytest.raises(
        MisconfiguredError, match=f"{source}, line 1: the variable has 128 KiB"
    ) as caught:
        read(inputs, source, {"LONG": LONGEST + "x"})
    assert "xxx" not in str(caught.value) + caught.value.problem.hint
    names = [f"N{number}" for number in range(9)]
    many = Inputs.of({source: "\n".join(names)})
    with pytest.raises(MisconfiguredError, match=rf"{source}: the variables have 115\d KiB"):
        read(many, source, dict.fromkeys(names, LONGEST))
