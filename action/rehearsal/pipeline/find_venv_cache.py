"""Whether a rehearsal keeps the tests' environment, and where."""

from collections.abc import Mapping

from rehearsal.config.preflight import why_no_test_cache
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.pipeline.venv_cache import VenvCache, find_cache_folder


def find_venv_cache(
    plan: Plan, environ: Mapping[str, str], *, local: bool
) -> tuple[VenvCache | None, str]:
    """Return the cache, or None; and why there is none although there should be, or "".

    On a laptop (`local`) there always should be one, on a runner where `test-cache` says so.
    """
    if not plan.suite.requirements or not (local or plan.suite.keeps_venv):
        return None, ""
    reason = "" if local else why_no_test_cache(environ)
    try:
        folder = find_cache_folder(environ)
    except OSError as error:
        reason = reason or f"{error.strerror or error} ({error.filename or 'the folder .cache'})"
    else:
        if not plan.image and folder.is_relative_to(plan.build.context):
            reason = reason or f"{folder} is in the build context"
        if not reason:
            return VenvCache(folder), ""
    return None, f"The virtual environment of the tests is not kept: {reason}."
