"""The user's stories, told by a real browser."""

import importlib.util
import sys
from pathlib import Path

# A rehearsal has the Selenium base class on PYTHONPATH; in this checkout it is in action/.
if importlib.util.find_spec("rehearsal_testing") is None:
    sys.path.append(str(Path(__file__).resolve().parent.parent / "action"))
