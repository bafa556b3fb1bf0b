from dataclasses import replace

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import MISSING_VARIABLES, PROPOSALS, Facts
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.rules import diagnose
from rehearsal.verdict import Verdict

from .test_causes import captured, with_log


def told(facts: Facts) -> str:
    """Return what is said to somebody whose step has no inputs yet."""
    facts = replace(facts, lines={**facts.lines, INPUTS_ORIGIN: ()})
    found = diagnose(facts, CAUSES)[0]
    assert found.id == "missing-variable"
    return f"{found.title}\n{found.hint}\n{found.paste}"


def saying(*log: str) -> Facts:
    return with_log(Facts(verdict=Verdict.CRASHED), log)


@pytest.mark.parametrize("name", ["missing-variable", "superlists-missing-variable"])
def test_causes__missing_variable_shows_the_line_of_the_app(name: str) -> None:
    (found,) = diagnose(captured(name), CAUSES)
    evidence = "\n".join(found.matching_lines)
    assert "<frozen os>" not in evidence
    assert "os.environ[" in evidence
    assert evidence.endswith("_KEY'")


def test_missing_variable__any() -> None:
    text = told(captured("missing-variable"))
    assert "secrets: TINY_KEY\n\n" in text
    assert "TINY_KEY: ${{ secrets.TINY_KEY }}" in text
    assert text.endswith("with:, add:\nenv: TINY_KEY=VALUE")


def test_missing_variable__env_would_refuse_somebody_elses_key() -> None:
    text = told(saying("Set the STRIPE_SECRET_KEY environment variable"))
    assert "secrets: STRIPE_SECRET_KEY" in text
    assert "env: STRIPE_SECRET_KEY" not in text


def test_missing_variable__a_frameworks_own_key() -> None:
    text = told(captured("superlists-missing-variable"))
    assert "Any random value will do" in text
    assert "generate-secrets: DJANGO_SECRET_KEY" in text


def test_missing_variable__empty() -> None:
    assert "is set but empty" in told(captured("superlists-empty-variable"))


def test_missing_variable__several() -> None:
    text = told(captured("missing-variables-node"))
    assert "missing in the container: DATABASE_URL, MAIL_HOST and SESSION_KEY\n" in text
    assert "secrets: |\n  DATABASE_URL\n  MAIL_HOST\n  SESSION_KEY\n\n" in text
    assert text.endswith(
        "env:, add:\nDATABASE_URL: ${{ secrets.DATABASE_URL }}\n"
        "MAIL_HOST: ${{ secrets.MAIL_HOST }}\nSESSION_KEY: ${{ secrets.SESSION_KEY }}"
    )


def test_missing_variable__in_the_build() -> None:
    facts = replace(captured("missing-variable"), verdict=Verdict.BUILD_FAILED)
    proposals = ("build_variable RUN TINY_KEY=only-for-the-build npm run build",)
    text = told(replace(facts, lines={**facts.lines, PROPOSALS: proposals}))
    assert "Missing while the image is built: the environment variable TINY_KEY" in text
    assert "Two changes are needed." in text
    assert "\nRUN TINY_KEY=only-for-the-build npm run build\n\n# only if the container" in text
    assert text.endswith(", under the step's with:, add:\nenv: |\n  TINY_KEY=VALUE")


def test_missing_variable__a_secret_in_the_build() -> None:
    facts = replace(captured("missing-variable"), verdict=Verdict.BUILD_FAILED)
    missing = ("secret STRIPE_SECRET_KEY",)
    text = told(replace(facts, lines={**facts.lines, MISSING_VARIABLES: missing}))
    assert "\nsecrets: |\n  STRIPE_SECRET_KEY\n\n" in text
    assert text.endswith("STRIPE_SECRET_KEY: ${{ secrets.STRIPE_SECRET_KEY }}")


def test_missing_variable__evidence_is_what_the_log_says() -> None:
    facts = saying("starting", "Error: DATABASE_URL is required")
    (found,) = diagnose(facts, CAUSES)
    assert facts.lines[MISSING_VARIABLES] == ("plain DATABASE_URL",)
    assert found.matching_lines == ("Error: DATABASE_URL is required",)
