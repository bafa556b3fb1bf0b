"""Rewrite texts about the inputs of a step for a reader who gives flags, without a workflow.

Errors, hints and warnings are written for the step of a workflow. Only this module rewrites them.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import replace

from rehearsal.config.input_table import INPUTS
from rehearsal.regex import regex
from rehearsal.verdict import Problem

Replacement = str | Callable[[re.Match[str]], str]

ENVIRONMENT = "the environment (export NAME=VALUE) or the file .env"
_NAMES = "|".join(sorted(INPUTS, key=len, reverse=True))
# A name without a hyphen may be an ordinary word: it is replaced only after "the input".
_HYPHENATED = "|".join(name for name in INPUTS if "-" in name)


def flag_line(name: str, value: str) -> str:
    """Return the flag that gives an input a value."""
    return f"--{name} {shlex.quote(value)}"


def _flags(found: re.Match[str]) -> str:
    lines = (line.partition(": ") for line in found["lines"].splitlines())
    flags = "\n".join(flag_line(name, _plain(value)) for name, _, value in lines)
    return f"Add on the command line:\n{flags}"


def _plain(value: str) -> str:
    """Return the value of a YAML scalar on one line, without its quotes."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _secret(found: re.Match[str]) -> str:
    name, word = found["name"], "Set" if (found["write"] or "").startswith("W") else "set"
    return (
        f"{word} {name} in the environment (export {name}=VALUE) or the file .env, and write "
        f"--{found['input']} {name}."
    )


# The order matters: the earlier rules match longer texts.
_RULES: tuple[tuple[str, Replacement], ...] = (
    # The lines of a step.
    (r"Write in the step's with:\n(?P<lines>[a-z-]+: .+(?:\n[a-z-]+: .+)*)", _flags),
    (r"Write in the step's with:", "Add on the command line:"),
    (r"Correct ([a-z-]+) in the step's with:\.", r"Correct --\1."),
    (r"\bunder the step's with:", "on the command line"),
    (r"# in your workflow, before the step that uses this action:\n- run: ", "# first:\n"),
    (r" for a job that calls rehearsal\.yml\)", ")"),
    # Secrets.
    (r"GitHub gives no secrets to pull requests from forks and from Dependabot\. ", ""),
    (r"In any other run, write", "Write"),
    (
        (
            r"\b(?P<write>[Ww]rite )?(?P<name>\w+): \$\{\{ secrets\.(?P=name) \}\} in the step's "
            r"env:, and (?P=name) under (?P<input>\S+?)\."
        ),
        _secret,
    ),
    (
        r"Write NAME: \$\{\{ secrets\.NAME \}\} in the step's env:, and only its NAME here\.",
        f"Set NAME in {ENVIRONMENT}, and write only its NAME here.",
    ),
    (
        r"the value in the step's env: \(NAME: \$\{\{ secrets\.NAME \}\}\)",
        f"the value in {ENVIRONMENT}",
    ),
    (r"\bfrom (?:a )?repository secrets?(?: of that name)?", "as a secret"),
    (r"\ba repository secret\b", "a secret of your own"),
    (r"move the whole value to env:", "move the whole value there"),
    (r" \(in container-secrets\)", ""),
    (r"\blist (\w+) in generate-secrets", r"write --generate-secrets \1"),
    (r"\blist its name in generate-secrets", "write --generate-secrets NAME"),
    (r"the step's env: has no such variable", "neither the environment nor .env has this variable"),
    (
        r"secrets, generate-secrets, env or the step's env:",
        "--secrets, --env, the environment or .env",
    ),
    (
        r"secrets, generate-secrets, env, the step's env:, or \.env",
        "--secrets, --env, the environment, or .env",
    ),
    (r"\bthe app or the step's env: has", "the app, the environment or .env has"),
    (r"\binto the step's env:", "into the environment or the file .env,"),
    (r"\bthe step's env:", "the environment or the file .env"),
    (r"\bonly their names into the inputs", "only their names into the flags"),
    (r"\bhas in this step\b", "has in the environment or in .env"),
    (r"; \$\{\{ … \}\} works\.", "."),
    # Steps before the rehearsal.
    (r"Check out the repository before this step(, or)?", r"Go to the project's folder (cd)\1"),
    (
        r"GitHub gives its cache's token only to JavaScript actions\. .* in the input image\.",
        "Only GitHub has this cache.",
    ),
    (r"; in a workflow, in an earlier step of this job", ""),
    (r"An earlier step has to start it", "Start it"),
    (
        r"([Ll])og in to (the registry|it) in an earlier step(?: \(docker/login-action\))?",
        r"\1og in to \2 first (docker login)",
    ),
    (r"log in before this step", "log in first (docker login)"),
    (r",? in a step before this one", " first"),
    (r" in an earlier step", " first"),
    (r" before this step", " first"),
    # The machine.
    (
        r"GitHub's own Ubuntu runners have Chrome .*; on other runners install them",
        "Install them",
    ),
    (r"GitHub's own Ubuntu runners have it; on others, ", ""),
    (r" GitHub's own runners have it\.", ""),
    (
        r"A job with container: has no more, unless its options say --shm-size=1g\. Or start",
        "Start",
    ),
    (r"A runner has no screen\. ", ""),
    (r"a runner with that processor", "a machine with that processor"),
    (
        r"made for the runner, or a runner that fits",
        "made for this machine, or a machine that fits",
    ),
    (r"a larger runner", "a larger machine"),
    (r", or look at the runner", ""),
    (r"\bthe (?:other )?runner('s Python| has\b)", r"this machine\1"),
    (r"\bon the runner\b", "on this machine"),
    # The inputs by their names.
    (r"If the input is empty,", "Without it,"),
    (rf"\b(?:the|The) input ({_NAMES})(?![\w-])", r"--\1"),
    (rf"(?<![\w./$-])({_HYPHENATED})(?![\w/:=-]|\.\w)", r"--\1"),
)
RULES = tuple((regex(pattern), to) for pattern, to in _RULES)


def problem_in_flags(problem: Problem) -> Problem:
    """Return the problem in the words of the command line."""
    return replace(problem, message=in_flags(problem.message), hint=in_flags(problem.hint))


def in_flags(text: str) -> str:
    """Return a text about inputs in the words of the command line."""
    for pattern, to in RULES:
        text = pattern.sub(to, text)
    return text
