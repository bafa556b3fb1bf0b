"""Look at everything that the checks need, one thing after the other where they would disturb."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from rehearsal.audit.observations import Observations
from rehearsal.diagnosis.faults import describe_fault
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.audit.django_project import ask_django
from rehearsal.pipeline.audit.further_starts import start_further
from rehearsal.pipeline.audit.healthcheck import run_healthcheck
from rehearsal.pipeline.audit.idle_clients import observe_idle_clients
from rehearsal.pipeline.audit.image_content import read_content
from rehearsal.pipeline.audit.pages import observe_pages
from rehearsal.pipeline.audit.processes import list_processes
from rehearsal.pipeline.audit.programs import OutOfTimeError
from rehearsal.pipeline.audit.python_packages import read_packages
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.results.audit import ENFORCE
from rehearsal.verdict import RehearsalError, Verdict

T = TypeVar("T")
# In seconds, for what is looked at in the container: no look begins later, no program runs longer.
MAX_SECONDS = 60.0


def observe_in_time(subject: Subject, faults: list[str]) -> Observations | None:
    """Do as `observe`; return None if the rehearsal's time is over and no audit is enforced.

    An audit that only warns must not turn tests that passed into a rehearsal that timed out.
    """
    try:
        return observe(subject, faults)
    except RehearsalError as error:
        is_late = error.problem.verdict is Verdict.TIMED_OUT
        if not is_late or subject.plan.audit.mode == ENFORCE:
            raise
        faults.append(error.problem.message.removesuffix("."))
        return None


def observe(subject: Subject, faults: list[str]) -> Observations:
    """Return what can be seen of the running container and its image.

    A fault of ours, or a call that the engine refuses, costs one observation and is added to
    `faults`. Raises `RehearsalError` if the run is cancelled, has no more time, or lost its engine.
    """

    def guarded(look: Callable[[Subject], T], asked: Subject) -> T | None:
        try:
            return look(asked)
        except RehearsalError:
            raise
        except OutOfTimeError:
            return None
        except EngineError as refusal:
            faults.append(f"the engine refused: {refusal}")
            return None
        except Exception as error:  # noqa: BLE001  (one observation is less than all of them)
            faults.append(describe_fault(error))
            return None

    with ThreadPoolExecutor(1, thread_name_prefix="audit-layers") as pool:
        try:
            # Reading the layers takes longest, and most of it is waiting for the engine.
            content = pool.submit(guarded, read_content, subject)
            seen = _observe_container(subject, guarded)
            starts = guarded(start_further, subject) if subject.plan.audit.active else None
            return replace(seen, content=content.result(), starts=starts)
        finally:
            subject.stopped.set()


def _observe_container(subject: Subject, guarded: Callable[..., Any]) -> Observations:
    """Look at the container: idle clients last, since they disturb everything else.

    If it ends by itself meanwhile, the rest is not observed; its end is recorded at the stop.
    Neither is the rest if all of it takes too long, as with an app that hangs.
    """
    subject = replace(subject, looks_end=time.monotonic() + MAX_SECONDS)
    seen = Observations(image_config=guarded(_read_image_config, subject) or {})
    looks: dict[str, Callable[[Subject], object]] = {
        "pages": observe_pages,
        "processes": list_processes,
        "healthcheck": run_healthcheck,
        "django": ask_django,
        "packages": read_packages,
        "idle": observe_idle_clients,
    }
    for name, look in looks.items():
        if subject.container.ended:
            break
        if time.monotonic() >= subject.looks_end:
            return replace(seen, is_late=True)
        seen = replace(seen, **{name: guarded(look, subject)})
        # They show which Python the app has.
        subject = replace(subject, processes=seen.processes or ())
    return seen


def _read_image_config(subject: Subject) -> dict[str, Any]:
    return subject.context.engine.inspect(subject.image, "image").get("Config") or {}
