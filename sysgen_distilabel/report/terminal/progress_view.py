"""Shows how far a run is: a live table in a terminal or a notebook, a line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.host.batches import listen
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report.page.page_tables import format_duration
from sysgen_distilabel.report.terminal.notebook_display import NotebookDisplay
from sysgen_distilabel.report.terminal.run_progress import RunProgress, Snapshot

if TYPE_CHECKING:
    pass

_POLL: Final = 1.0
_LINE_EVERY: Final = 10.0


class ProgressView:
    """Watches a run and shows how far it is.

    Args:
        console: where to; a live table if it is a terminal or a notebook.
        line_every: seconds between two lines if it is none.
    """

    def __init__(self, console: Console, line_every: float = _LINE_EVERY) -> None:
        self._console = console
        self._line_every = line_every

    @contextmanager
    def watch(self, pipeline: Any, calls: Path, rows: int) -> Iterator[None]:
        """Show the progress of a pipeline until the block ends.

        Args:
            pipeline: the pipeline that is about to run.
            calls: the store its Tasks share.
            rows: how many rows with a conversation it has.
        """
        leaves = pipeline.dag.leaf_steps
        steps = {name: pipeline.dag.get_step(name)["step"] for name in pipeline.dag if name not in leaves}
        tasks = [name for name, step in steps.items() if hasattr(step, "llm")]
        with Store.open_read(calls) as store:
            usage = store.usage()
        progress = RunProgress(rows, usage, time.monotonic(), list(steps)[1:], tasks)
        watcher = _Watcher(self._console, self._line_every, calls, progress)
        listen(pipeline, watcher.note_batch)
        try:
            yield
        finally:
            watcher.stop()


class _Watcher:
    """Polls the store in a thread, from the first batch on.

    Distilabel forks its step processes before that, and a fork copies the locks a thread holds.
    """

    def __init__(self, console: Console, line_every: float, calls: Path, progress: RunProgress) -> None:
        self._console = console
        self._line_every = line_every
        self._calls = calls
        self._progress = progress
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def note_batch(self, step: str, rows: list[dict[str, Any]]) -> None:
        """Take in a batch of the pipeline, and start to show something with the first."""
        self._progress.note_batch(step, rows)
        if not self._thread.ident:
            self._thread.start()

    def stop(self) -> None:
        """Show the last state and end the thread."""
        self._stopping.set()
        if self._thread.ident:
            self._thread.join()

    def _show(self) -> None:
        with Store.open_read(self._calls) as store:
            if self._console.is_jupyter:
                self._show_in_notebook(store)
            elif self._console.is_terminal:
                self._show_table(store)
            else:
                self._show_lines(store)

    def _show_table(self, store: Store) -> None:
        with Live(self._look_and_render(store), console=self._console, auto_refresh=False) as live:
            done = False
            while not done:
                done = self._stopping.wait(_POLL)
                live.update(self._look_and_render(store), refresh=True)

    def _show_in_notebook(self, store: Store) -> None:
        place = NotebookDisplay()
        place.show(self._look_and_render(store))
        done = False
        while not done:
            done = self._stopping.wait(_POLL)
            place.show(self._look_and_render(store))

    def _look_and_render(self, store: Store) -> RenderableType:
        return render_table(self._look(store))

    def _show_lines(self, store: Store) -> None:
        shown = time.monotonic()
        done = False
        while not done:
            done = self._stopping.wait(_POLL)
            snapshot = self._look(store)
            if done or time.monotonic() - shown >= self._line_every:
                shown = time.monotonic()
                self._console.print(render_line(snapshot), highlight=False, soft_wrap=True)

    def _look(self, store: Store) -> Snapshot:
        now = time.monotonic()
        with suppress(StoreError):  # its writers will tell; to show less is no reason to end a run
            self._progress.note_usage(store.usage(), now)
        return self._progress.snapshot(now)


def render_table(snapshot: Snapshot) -> RenderableType:
    """The state of the run as a table for terminals."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("phase")
    for name in ("rows", "expected"):
        table.add_column(name, justify="right")
    table.add_column("", width=16)
    for name in ("calls", "recalled", "failed", "in/s", "out/s", "prefix hits"):
        table.add_column(name, justify="right")
    for phase in snapshot.phases:
        usage = phase.usage
        hits = f"{100 * usage.cached_tokens / usage.prompt_tokens:.0f} %" if usage.cached_tokens else ""
        table.add_row(
            phase.task.replace("_", " "),
            f"{phase.rows:,}",
            f"{phase.expected:,}",
            ProgressBar(total=max(phase.expected, 1), completed=phase.rows),
            f"{usage.calls:,}",
            f"{usage.cached:,}",
            f"{usage.failed:,}",
            f"{phase.prompt_rate:,.0f}",
            f"{phase.completion_rate:,.0f}",
            hits,
        )
    return Group(table, Text(), Text(_describe_rows(snapshot)), Text(_describe_time(snapshot), style="dim"))


def render_line(snapshot: Snapshot) -> str:
    """The state of the run as one line for logs."""
    phases = ", ".join(
        f"{phase.task.replace('_', ' ')} {phase.rows:,} of {phase.expected:,}" for phase in snapshot.phases
    )
    rate_in = sum(phase.prompt_rate for phase in snapshot.phases)
    rate_out = sum(phase.completion_rate for phase in snapshot.phases)
    failed = sum(phase.usage.failed for phase in snapshot.phases)
    recalled = sum(phase.usage.cached for phase in snapshot.phases)
    calls = f"{recalled:,} calls recalled, {failed:,} failed"
    rates = f"{rate_in:,.0f} tokens/s in, {rate_out:,.0f} out; {calls}"
    return f"{phases}; {_describe_rows(snapshot)}; {rates}; {_describe_time(snapshot)}"


def _describe_rows(snapshot: Snapshot) -> str:
    reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in snapshot.rejected.items())
    rejected = f"{sum(snapshot.rejected.values()):,} rejected"
    return f"{snapshot.accepted:,} accepted, {rejected}{f' ({reasons})' if reasons else ''}"


def _describe_time(snapshot: Snapshot) -> str:
    spent = format_duration(snapshot.elapsed)
    finished = all(phase.rows >= phase.expected for phase in snapshot.phases)
    if finished or snapshot.left is None:
        return spent
    return f"{spent}, about {format_duration(snapshot.left)} left"
