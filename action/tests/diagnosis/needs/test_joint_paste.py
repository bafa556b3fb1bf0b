from rehearsal.diagnosis.needs.joint_paste import join_pastes, join_places
from rehearsal.diagnosis.paste import in_step, in_step_env

WHERE = "in {workflow|your workflow}, under the step's with:, add:"


def test_join_pastes__each_once() -> None:
    edit = "# in Dockerfile, after line 3, add:\nRUN a\n\nRUN b"
    pastes = (
        f"{edit}\n\n" + in_step("env", "A_B=1", "and "),
        in_step("secrets", "S") + "\n\n" + in_step_env("S", "${{ secrets.S }}"),
        in_step("env", "|\n  A_B=1\n  C_D=2") + "\n\n" + in_step("setup-command", "migrate"),
        edit,
        "",
    )
    assert join_pastes(pastes) == (
        f"{edit}\n\n# and {WHERE}\nenv: |\n  A_B=1\n  C_D=2\n\n"
        f"# and {WHERE}\nsetup-command: migrate\n\n# and {WHERE}\nsecrets: S\n\n"
        "# and also, under the step's env:, add:\nS: ${{ secrets.S }}"
    )


def test_join_pastes__a_variable_once() -> None:
    pastes = (in_step("env", "A_B=VALUE"), in_step("env", "|\n  C_D=2\n  A_B=1"))
    assert join_pastes(pastes) == f"# {WHERE}\nenv: |\n  C_D=2\n  A_B=1"


def test_join_pastes__without_alternatives() -> None:
    pastes = (
        in_step("generate-secrets", "K"),
        in_step("secrets", "K", "instead, ") + "\n\n" + in_step_env("K", "${{ secrets.K }}"),
        "# or in a.py, at the end, add:\nA = 1",
    )
    assert join_pastes(["\n\n".join(pastes)]) == f"# {WHERE}\ngenerate-secrets: K"


def test_join_pastes__not_what_is_given() -> None:
    paste = in_step("env", "|\n  A_B=1\n  C_D=2", "only if the container does not get it yet, ")
    assert join_pastes([paste], {"A_B"}) == f"# {WHERE}\nenv: C_D=2"
    assert not join_pastes([paste], {"A_B", "C_D"})


def test_join_places() -> None:
    paste = (
        "# in ci.yml, after line 6, add:\n  with:\n    env: A=1\n\n"
        "# and in ci.yml, after line 6, add:\n  with:\n    port: '1'\n\n"
        "# and in ci.yml, after line 9, add:\n    x: 1\n\n"
        "# and in a.py, at the end, add:\nA = 1\n\n# and in a.py, at the end, add:\nB = 1"
    )
    assert join_places(paste) == (
        "# in ci.yml, after line 6, add:\n  with:\n    env: A=1\n    port: '1'\n\n"
        "# and in ci.yml, after line 9, add:\n    x: 1\n\n"
        "# and in a.py, at the end, add:\nA = 1\n\n# and in a.py, at the end, add:\nB = 1"
    )
