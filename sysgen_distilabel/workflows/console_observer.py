"""What a person sees of a run on the console: warnings before it, progress while it goes on."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.report.terminal.progress_view import ProgressView
from sysgen_distilabel.runs.observer import Observer
from sysgen_distilabel.workflows.preflight.check_run import Finding, check_disk, check_rows
from sysgen_distilabel.workflows.preflight.check_view import render_findings
from sysgen_distilabel.workflows.preflight.survey import Survey

if TYPE_CHECKING:
    from sysgen_distilabel.inputs import Input
    from sysgen_distilabel.settings.run_config import RunConfig


class ConsoleObserver(Observer):
    """Shows warnings about the input, then the progress.

    The checks take the one pass over the input that a run makes anyway. Whether the engine answers
    is left to the run itself, which asks it at once.

    Args:
        console: where to.
        config: the settings of the run.
        checks: whether to look the input and the disk over.
        quiet: whether to show nothing.
    """

    def __init__(self, console: Console, config: RunConfig, checks: bool = True, quiet: bool = False) -> None:
        self._console = console
        self._survey = Survey() if checks else None
        self._warnings: list[Finding] = []
        self._quiet = quiet

    def watch_input(self, source: Input) -> Input:
        """Take note of the rows as they are read."""
        return self._survey.watch(source) if self._survey else source

    def check(self, directory: Path) -> None:
        """Look the input and the disk over; warnings are shown once nothing else can stop the run.

        Raises:
            RunError: if the run cannot end well.
        """
        if self._survey is None:
            return
        findings = [*check_rows(self._survey), *check_disk(self._survey, directory)]
        for finding in findings:
            if finding.level == "problem":
                raise RunError(finding.text, f"{finding.hint} To go on all the same, add --skip-checks.")
        self._warnings = [finding for finding in findings if finding.level == "warning"]

    def wait_for_engine(self, seconds: float, last_line: str) -> None:
        """Show how long the engine has been loading, and what it said last."""
        if not self._quiet:
            line = Text(f"vLLM is loading, {seconds:.0f} s   ").append(last_line, style="dim")
            self._console.print(line, no_wrap=True, overflow="ellipsis")

    def watch_pipeline(
        self, pipeline: Any, calls: Path, rows: int, row: str = "conversation"
    ) -> AbstractContextManager[None]:
        """Show the warnings, then the progress of the pipeline."""
        if self._quiet:
            return super().watch_pipeline(pipeline, calls, rows, row)
        if self._warnings:
            self._console.print(render_findings(self._warnings))
        self._console.print(f"{count_of(rows, row)}; the steps are starting.", style="dim")
        return ProgressView(self._console).watch(pipeline, calls, rows)
