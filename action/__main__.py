"""Run the package beside this file: `python3 -I action …`.

Kept to syntax any Python 3 can read, so that an old one gets a sentence and not a SyntaxError.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Dress Rehearsal needs python3 3.11 or newer; this is {}.{} ({}). "
        "Put a newer one first on PATH, with actions/setup-python say.".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )

from rehearsal.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
