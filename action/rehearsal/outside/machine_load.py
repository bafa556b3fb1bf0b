"""How busy this machine is."""

import os


def load_per_processor() -> float:
    """Return how many processes wanted each processor in the last minute; 0.0 if it is not known.

    Of an engine on another machine, or in a virtual one, it says nothing.
    """
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 0.0
