"""The one console of all commands: what it prints is text, never markup and never an order to a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def make_console(*, stderr: bool = False) -> Console:
    """A console for values of any origin: brackets stay what they are, escape sequences are shown as signs.

    Styles come from `rich.text.Text` and from the `style` argument, which no value can write.

    Args:
        stderr: whether it prints where messages go, instead of where results go.
    """
    from sysgen_distilabel.report.terminal.clean_console import CleanConsole

    return CleanConsole(stderr=stderr, markup=False, highlight=False, emoji=False)
