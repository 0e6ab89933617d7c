"""What a run lets others see of it while it goes on; seeing nothing is the default."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sysgen_distilabel.inputs import Input


class Observer:
    """Base of those who watch a run: does nothing at every point it is called at."""

    def watch_input(self, source: Input) -> Input:
        """The input to read in place of `source`, such as one that takes note of its rows."""
        return source

    def check(self, directory: Path) -> None:
        """Called once the input has been read and before anything is asked; may raise to stop the run.

        Args:
            directory: the run directory.
        """

    def wait_for_engine(self, seconds: float, last_line: str) -> None:
        """Called about every ten seconds while an engine that the run starts is not ready.

        Args:
            seconds: how long it has been loading.
            last_line: what it said last.
        """

    def watch_pipeline(
        self, pipeline: Any, calls: Path, rows: int, row: str = "conversation"
    ) -> AbstractContextManager[None]:
        """Entered while the pipeline runs.

        Args:
            pipeline: the pipeline that is about to run.
            calls: the store its Tasks share.
            rows: how many rows it has that go through its Tasks.
            row: what one of them is.
        """
        return nullcontext()
