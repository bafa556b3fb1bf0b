"""Run the installed package: `python3 -m rehearsal …`."""

import sys

from rehearsal.cli import main

if __name__ == "__main__":
    sys.exit(main())
