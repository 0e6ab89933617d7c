"""Shows how far a run is: a live table in a terminal or a notebook, a line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.host.batches import listen
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report.page.page_tables import FAULTY, format_duration
from sysgen_distilabel.report.terminal.engine_watch import EngineWatch
from sysgen_distilabel.report.terminal.notebook_display import NotebookDisplay
from sysgen_distilabel.report.terminal.run_progress import Phase, RunProgress, Snapshot
from sysgen_distilabel.report.terminal.whole_table import WholeTable

_POLL: Final = 1.0
_LINE_EVERY: Final = 10.0
_GAP: Final = 2
_BAR: Final = 12


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
        engine = EngineWatch.of_steps(list(steps.values()), calls)
        watcher = _Watcher(self._console, self._line_every, calls, progress, engine)
        listen(pipeline, watcher.note_batch)
        try:
            yield
        finally:
            watcher.stop()


class _Watcher:
    """Polls the store in a thread, from the first batch on.

    Distilabel forks its step processes before that, and a fork copies the locks a thread holds.
    """

    def __init__(
        self, console: Console, line_every: float, calls: Path, progress: RunProgress, engine: EngineWatch
    ) -> None:
        self._console = console
        self._line_every = line_every
        self._calls = calls
        self._progress = progress
        self._engine = engine
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
        return render_table(self._look(store), self._console.width)

    def _show_lines(self, store: Store) -> None:
        shown, is_first, done = time.monotonic(), True, False
        while not done:
            done = self._stopping.wait(_POLL)
            snapshot = self._look(store)
            # The first line comes at once; none comes where the last one is about to say the same.
            is_due = time.monotonic() - shown >= self._line_every and not _is_told(snapshot)
            if done or is_due or (is_first and not _is_done(snapshot)):
                shown, is_first = time.monotonic(), False
                self._console.print(render_line(snapshot), highlight=False, soft_wrap=True)

    def _look(self, store: Store) -> Snapshot:
        now = time.monotonic()
        with suppress(StoreError):  # its writers will tell; to show less is no reason to end a run
            self._progress.note_usage(store.usage(), now)
        self._progress.note_engine(self._engine.look(), now)
        return self._progress.snapshot(now)


def render_table(snapshot: Snapshot, width: int = 80) -> RenderableType:
    """The state of the run as a table for terminals, with as many columns as there is room for.

    Args:
        snapshot: the state.
        width: of the terminal.
    """
    columns = [column for column in _COLUMNS if column.always or any(map(column.has_value, snapshot.phases))]
    cells = {column.name: [column.show(phase) for phase in snapshot.phases] for column in columns}
    wanted = sorted(columns, key=lambda column: column.rank)
    room, shown = width, set[str]()
    for column in wanted:
        room -= max(map(len, [column.name, *cells[column.name]])) + _GAP
        if room >= 0 or not column.rank:
            shown.add(column.name)
    table = WholeTable(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for column in columns:
        if column.name in shown:
            table.add_column(column.name, justify="left" if column.name == "phase" else "right")
    has_bar = room >= _BAR
    if has_bar:
        table.add_column("", width=_BAR)
    for place, phase in enumerate(snapshot.phases):
        bar = [ProgressBar(total=max(phase.expected, 1), completed=phase.rows)] if has_bar else []
        table.add_row(*(cells[column.name][place] for column in columns if column.name in shown), *bar)
    lines = [_describe_rows(snapshot), _describe_engine(snapshot)]
    said = [Text(line) for line in lines if line]
    return Group(table, Text(), *said, Text(_describe_time(snapshot), style="dim"))


class _Column(NamedTuple):
    """A column of the table: those of a small rank stay longest where there is little room."""

    name: str
    rank: int
    show: Callable[[Phase], str]
    has_value: Callable[[Phase], object] = bool
    always: bool = True


_COLUMNS: Final = (
    _Column("phase", 0, lambda phase: phase.task.replace("_", " ")),
    _Column("rows", 0, lambda phase: f"{phase.rows:,} of {phase.expected:,}"),
    _Column("calls", 1, lambda phase: f"{phase.usage.calls:,}"),
    _Column("cached", 4, lambda p: f"{p.usage.cached:,}", lambda p: p.usage.cached, False),
    _Column(FAULTY, 3, lambda p: f"{p.usage.failed:,}", lambda p: p.usage.failed, False),
    _Column("in/s", 5, lambda phase: f"{phase.prompt_rate:,.0f}"),
    _Column("out/s", 2, lambda phase: f"{phase.completion_rate:,.0f}"),
    _Column("prefix hits", 6, lambda p: _share_of_hits(p.usage), lambda p: p.usage.cached_tokens, False),
)


def _share_of_hits(usage: Usage) -> str:
    return f"{100 * usage.cached_tokens / usage.prompt_tokens:.0f} %" if usage.prompt_tokens else ""


def render_line(snapshot: Snapshot) -> str:
    """The state of the run as one short line for logs: how far the phase is that all others wait for."""
    phases = snapshot.phases
    behind = next((phase for phase in phases if phase.rows < phase.expected), None)
    where = f"{behind.task.replace('_', ' ')} {behind.rows:,} of {behind.expected:,}" if behind else ""
    rows = f"{snapshot.accepted:,} accepted, {sum(snapshot.rejected.values()):,} rejected"
    counts = {
        "cached": sum(phase.usage.cached for phase in phases),
        FAULTY: sum(phase.usage.failed for phase in phases),
    }
    calls = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
    rate = sum(phase.completion_rate for phase in phases)
    speed = f"{rate:,.0f} tokens/s" if round(rate) else ""
    parts = [where, rows, calls, speed, _describe_engine(snapshot), _describe_time(snapshot)]
    return "; ".join(filter(None, parts))


def _describe_rows(snapshot: Snapshot) -> str:
    reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in snapshot.rejected.items())
    rejected = f"{sum(snapshot.rejected.values()):,} rejected"
    return f"{snapshot.accepted:,} accepted, {rejected}{f' ({reasons})' if reasons else ''}"


def _describe_engine(snapshot: Snapshot) -> str:
    """What is under way, which is all there is to tell until the first answer has come."""
    state, parts = snapshot.engine, []
    if state.in_flight:
        parts.append(f"{count_of(state.in_flight, 'request')} in flight")
    if state.generated:
        rate = "" if snapshot.generation_rate is None else f", {snapshot.generation_rate:,.0f}/s"
        parts.append(f"{state.generated:,.0f} tokens generated{rate}")
    return ", ".join(parts)


def _is_done(snapshot: Snapshot) -> bool:
    """Whether all phases are at their end."""
    return all(phase.rows >= phase.expected for phase in snapshot.phases)


def _is_told(snapshot: Snapshot) -> bool:
    """Whether it is known of every row what became of it."""
    rows = snapshot.accepted + sum(snapshot.rejected.values())
    return bool(snapshot.phases) and rows >= snapshot.phases[0].expected


def _describe_time(snapshot: Snapshot) -> str:
    spent = format_duration(snapshot.elapsed)
    if _is_done(snapshot) or snapshot.left is None:
        return spent
    return f"{spent}, about {format_duration(snapshot.left)} left"
