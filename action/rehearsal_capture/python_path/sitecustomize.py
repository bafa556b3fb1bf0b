"""Python imports this when it starts, since a rehearsal puts this folder on the tests' PYTHONPATH.

It switches the capture on, and then runs the `sitecustomize` that it hides, if there is one. No
fault in here may cost a test.
"""

import os
import sys

__all__ = ()


def _run_the_hidden_one() -> None:
    from importlib.machinery import PathFinder  # noqa: PLC0415  (not before it is needed)

    # Of several copies of this one, each is passed once.
    seen = sys.__dict__.setdefault("_rehearsal_sitecustomize", set())
    seen.add(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  (pathlib is slow)
    elsewhere = [path for path in sys.path if os.path.abspath(path) not in seen]  # noqa: PTH100
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        from importlib.util import module_from_spec  # noqa: PLC0415

        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    from rehearsal_capture.start import start

    start()
except Exception:  # noqa: BLE001, S110  (it costs the evidence alone)
    pass
_run_the_hidden_one()
