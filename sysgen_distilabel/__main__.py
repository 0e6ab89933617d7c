"""Where the command `sysgen` starts: Ctrl-C says the same while the package is loading as later."""

from __future__ import annotations

import gc
import sys
from typing import Final

_ALLOCATIONS: Final = 50_000
"""Between two looks for garbage: thousands of modules hold none and take long to look through."""


def main() -> None:
    """Load the command line and run it."""
    gc.set_threshold(_ALLOCATIONS)
    try:
        from sysgen_distilabel.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Error: Stopped.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
