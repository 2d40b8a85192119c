"""Start Box Office: `uv run main.py --demo`."""

import sys

from boxoffice.bootstrap import main

if __name__ == "__main__":
    sys.exit(main())
