"""The one console of all commands: what it prints is text, never markup and never an order to a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_FILES: Final = 120
"""Columns where no terminal says how many there are."""


def make_console(*, stderr: bool = False) -> Console:
    """A console for values of any origin: brackets stay what they are, escape sequences are shown as signs.

    Styles come from `rich.text.Text` and from the `style` argument, which no value can write.

    Args:
        stderr: whether it prints where messages go, instead of where results go.
    """
    from sysgen_distilabel.report.terminal.clean_console import CleanConsole

    is_shown = "COLUMNS" in os.environ or any(map(os.isatty, (0, 1, 2)))
    width = None if is_shown else _WIDTH_OF_FILES
    return CleanConsole(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)
