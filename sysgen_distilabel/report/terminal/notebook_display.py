"""A place in the output of a notebook's cell that is written over, as a live table in a terminal is."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console, RenderableType
from rich.jupyter import JUPYTER_HTML_FORMAT

_WIDTH = 120


class NotebookDisplay:
    """Shows one thing at a time in the cell that is running."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, renderable: RenderableType) -> None:
        """Put something in place of what was shown before."""
        from IPython.display import display

        console = Console(file=StringIO(), width=_WIDTH, record=True, force_jupyter=False)
        console.print(renderable)
        html = console.export_html(inline_styles=True, code_format=JUPYTER_HTML_FORMAT, clear=False)
        content = {"text/plain": console.export_text(), "text/html": html}
        if self._handle is None:
            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)
