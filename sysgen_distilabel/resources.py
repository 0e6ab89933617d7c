"""Finds the files that live beside the package in the repository and inside it in the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def find(name: str) -> Path:
    """The path of a shipped file or folder, such as `hub_cards/dataset.md.jinja`.

    Raises:
        FileNotFoundError: if the installation lacks it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"This installation of sysgen-distilabel lacks {name}; install it again.")
