"""Where the command `sysgen` starts: Ctrl-C says the same while the package is loading as later."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from sysgen_distilabel.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Error: Stopped.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
