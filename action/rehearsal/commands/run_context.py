"""What the stages of one run share: the engine, the environment, the name of the image."""

from collections.abc import Mapping
from dataclasses import replace

from rehearsal.config import child_environment, preflight
from rehearsal.config.default_image_tag import image_tag
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import Engine
from rehearsal.outside.event_commit import why_foreign
from rehearsal.outside.find_engine import EngineNeeds, find_engine
from rehearsal.outside.github import Console
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.find_venv_cache import find_venv_cache
from rehearsal.pipeline.run_folder import ENGINE_VARIABLE, RUN_VARIABLE, RunReference


def make_context(
    plan: Plan,
    request: GivenInputs,
    environ: Mapping[str, str],
    *,
    run: RunReference,
    console: Console,
    evidence: Evidence,
    keep_container: bool,
    local: bool,
) -> RunContext:
    """Find the engine and check that the rehearsal may run here. Raises `RehearsalError`."""
    env = child_environment.for_children(request.environ, (secret.name for secret in plan.secrets))
    env[RUN_VARIABLE] = run.id
    engine = with_lasting_children(find_engine(env, _engine_needs(plan)), run)
    preflight.check_build_context(plan, evidence.root.path)
    preflight.check_environment(
        plan,
        environ,
        engine_host=engine.host(),
        why_foreign=lambda path: why_foreign(path, environ.get("GITHUB_SHA", ""), env),
    )
    venv_cache, notice = find_venv_cache(plan, env, local=local)
    if notice:
        evidence.warn(notice)
    return RunContext(
        engine=engine,
        console=console,
        evidence=evidence,
        env=env,
        label=run.label,
        image_tag=image_tag_for(plan, environ, run.id if console.on_github else ""),
        keep_container=keep_container,
        venv_cache=venv_cache,
    )


def with_lasting_children(engine: Engine, run: RunReference) -> Engine:
    """Return the engine, without the mark that ends its client's children with the run.

    Podman has no daemon. So its monitor of the container, and the DNS server that it shares with
    other containers of this user, come from its client and inherit the environment.
    """
    if not engine.is_podman_client:
        return engine
    env = {name: value for name, value in engine.env.items() if name != RUN_VARIABLE}
    return replace(
        engine,
        env={**env, ENGINE_VARIABLE: run.id},
        foreground_env={RUN_VARIABLE: run.id},
    )


def lasting_marker(engine: Engine, run: RunReference) -> str:
    """Return the mark of what outlives the run, empty if nothing does: tests could set it, too."""
    return run.engine_marker if engine.is_podman_client else ""


def image_tag_for(plan: Plan, environ: Mapping[str, str], version: str) -> str:
    """Return the name of the image that is built; an empty `version` becomes `latest`.

    On a laptop each build of a folder gets the same name, on GitHub each run has a version of its
    own.
    """
    repository = environ.get("GITHUB_REPOSITORY", "").rpartition("/")[2]
    return image_tag(repository or _folder_name(plan), version or "latest")


def _folder_name(plan: Plan) -> str:
    """Return the name of the working directory, with those above it: many projects have a src."""
    if plan.directory.is_relative_to(plan.top):
        return "-".join((plan.top.name, *plan.directory.relative_to(plan.top).parts))
    return plan.directory.name


def _engine_needs(plan: Plan) -> EngineNeeds:
    if plan.image:
        return EngineNeeds.NOTHING
    return EngineNeeds.BUILDX if plan.build.needs_buildx else EngineNeeds.BUILDKIT
