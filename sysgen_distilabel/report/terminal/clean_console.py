"""A console of rich that shows what it prints and never obeys it; imported where something is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.segment import Segment

from sysgen_distilabel.terminal_text import clean, leave_pipe


class CleanConsole(Console):
    """Cleans every piece of text last of all, whoever has made it; styles and cursor moves are its own."""

    def render(self, renderable: Any, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces to print."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else clean(segment.text)
            yield segment if text == segment.text else Segment(text, segment.style)

    def on_broken_pipe(self) -> None:
        """End quietly and well where nobody reads on, as in `sysgen show run | head`."""
        leave_pipe()
        raise SystemExit(0)
