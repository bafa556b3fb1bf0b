"""Ask a Django app that is not ready, answers with 500 and logs nothing, why it does so."""

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.ask_again import ask_again, has_memory_limit, is_silent_django
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.probe import request_headers
from rehearsal.verdict import RehearsalError

# In bytes.
MAX_ANSWER = 256 << 10


def ask_while_waiting(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> str:
    """Return the end of what the app says of the page that is probed, redacted; perhaps nothing.

    A fault in that changes no verdict.
    """
    said, redacted = bytearray(), context.evidence.redactor.stream()

    def add(piece: bytes) -> None:
        # Redacted before it is cut: no half of a secret stays.
        said.extend(piece)
        del said[:-MAX_ANSWER]

    try:
        if is_silent_django(plan, log) and not has_memory_limit(container, context.engine):
            host = request_headers(plan.probe, container.published.port)["Host"]
            path = plan.probe.path.partition("?")[0]
            ask_again(
                container, context.engine, [path], host, lambda piece: add(redacted.feed(piece))
            )
    except RehearsalError:
        raise  # It was cancelled, or there is no more time.
    except Exception as error:  # noqa: BLE001  (what an app answers may be anything)
        state.notices.append(
            f"The app answered with 500, and could not be asked why: {type(error).__name__}."
        )
    add(redacted.flush())
    return said.decode(errors="replace")
