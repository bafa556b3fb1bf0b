"""What the audit learns inside containers that do not start as their image says."""

from .faults import MIGRATE
from .repository import Repository
from .runner import Runner
from .test_audit import findings

INPUTS = {
    "secrets": "DJANGO_SECRET_KEY",
    "setup-command": MIGRATE,
    "audit": "warn",
    "test-command": "true",
    "evidence": "always",
}
SECRETS = {"DJANGO_SECRET_KEY": "planted-for-the-audit-of-a-container-and-long-enough"}
# As many images do it: prepare as root, then be somebody else, in another folder.
ENTRYPOINT = """\
export DJANGO_ALLOWED_HOST=localhost
chown -R 10001 /data
cd /src
exec setpriv --reuid 10001 --regid 10001 --clear-groups /venv/bin/"$@"
"""
DJANGO = {"deploy-check", "migrations", "pinned"}
EDITS = (
    (r"^USER .*$", 'ENTRYPOINT ["sh", "/src/superlists/start.sh"]'),
    (r"^WORKDIR /src\n(?=# By number)", "WORKDIR /\n"),
    (r"^ENV PATH=.*/venv/bin:\$PATH. \\\n    PYTHONDONT", "ENV PYTHONDONT"),
)


def test_programs__run_in_place_of_the_app(superlists: Repository, runner: Runner) -> None:
    superlists.write("superlists/start.sh", ENTRYPOINT)
    for pattern, replacement in EDITS:
        superlists.replace("Dockerfile", pattern, replacement)
    inputs = INPUTS | {
        "setup-command": f"cd /src; DJANGO_ALLOWED_HOST=x /venv/bin/{MIGRATE}; chown -R 10001 /data"
    }
    rehearsed = runner.use(superlists, inputs, environment=SECRETS)
    assert rehearsed.outputs["verdict"] == "passed"
    assert findings(rehearsed, "passed").keys() >= {"migrations", "pinned", "non-root"}
    # What only TLS can give; with another secret or DEBUG there were more.
    failed = {id_ for id_ in findings(rehearsed, "failed") if id_.startswith("deploy-check")}
    assert failed == {f"deploy-check:{id_}" for id_ in ("W004", "W008", "W016")}


def test_programs__not_under_a_memory_limit(superlists: Repository, runner: Runner) -> None:
    limited = {"env": "DJANGO_ALLOWED_HOST=localhost", "run-options": "--memory=256m"}
    rehearsed = runner.use(superlists, INPUTS | limited, environment=SECRETS)
    assert rehearsed.outputs["verdict"] == "passed"
    skipped = findings(rehearsed, "skipped")
    assert skipped.keys() >= DJANGO
    assert "has a memory limit" in skipped["pinned"]["message"]
