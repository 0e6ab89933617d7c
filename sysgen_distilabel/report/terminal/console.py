"""The one console of all commands: what it prints is text, never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def make_console(*, stderr: bool = False) -> Console:
    """A console for values of any origin: brackets in a path or an id stay what they are.

    Styles come from `rich.text.Text` and from the `style` argument, which no value can write.

    Args:
        stderr: whether it prints where messages go, instead of where results go.
    """
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
