"""Check that each secret of the reusable workflow has a value."""

from rehearsal.redaction.secret import parse_variables
from rehearsal.verdict import MisconfiguredError


def check_secrets(source: str, text: str, generated: frozenset[str] = frozenset()) -> None:
    """Raise `MisconfiguredError` when a secret has no value and its name is not in `generated`.

    `source` is the name of the workflow's secret that holds the lines of `text`.
    """
    syntax_hint = (
        f"Write NAME=${{{{ secrets.NAME }}}} under {source}: a reusable workflow does not get the "
        "env: of its caller. A value of several lines stands between NAME<<END and END, each on a "
        "line of its own."
    )
    try:
        found = parse_variables(text, source=source, environ={})
    except MisconfiguredError as problem:
        raise MisconfiguredError(problem.problem.message, hint=syntax_hint) from None
    for name, variable in found.items():
        if name in generated:
            continue
        if variable.inherited:
            raise MisconfiguredError(
                f"{source}, line {variable.line}: a name without a value (the line is not shown, "
                "since it may be part of a secret).",
                hint=syntax_hint,
            )
        if variable.blank:
            raise _empty_secret(source, variable.line)


def _empty_secret(source: str, line: int) -> MisconfiguredError:
    random = "If any value will do, list its name in generate-secrets. "
    return MisconfiguredError(
        f"{source}, line {line}: the secret is empty.",
        hint="Pull requests from forks and from Dependabot get no secrets. "
        + (random if source == "container-secrets" else "")
        + f"In any other case, set it in the repository's settings and pass it on: {source}: "
        "NAME=${{ secrets.NAME }}.",
    )
