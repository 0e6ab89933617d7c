"""Runs a sample of an input to see what a row costs."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import OUTCOME, USAGE
from sysgen_distilabel.inputs.conversation import Conversation
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report.figures.engine_time import EngineTime
from sysgen_distilabel.response_turns import restore_turns
from sysgen_distilabel.settings.run_config import RunConfig, task_names
from sysgen_distilabel.workflows.preflight.survey import Survey

if TYPE_CHECKING:
    import numpy as np

_QUANTITIES: Final = ("calls", "prompt_tokens", "completion_tokens")


class Sampler(Survey):
    """A survey that keeps some conversations, each with the same chance (reservoir sampling).

    Attributes:
        chosen: the conversations kept, in random order, each with its length in bytes.
    """

    def __init__(self, number: int, seed: int = 0) -> None:
        super().__init__()
        self.chosen: list[tuple[Conversation, int]] = []
        self._number = number
        self._random = Random(seed)

    def _note_conversation(self, conversation: Conversation) -> None:
        super()._note_conversation(conversation)
        item = conversation, self.bytes[-1]
        if len(self.chosen) < self._number:
            # Moved to a random place, as the order decides which rows the smaller trial gets.
            place = self._random.randrange(len(self.chosen) + 1)
            self.chosen.append(item)
            self.chosen[place], self.chosen[-1] = self.chosen[-1], self.chosen[place]
        elif (place := self._random.randrange(len(self.bytes))) < self._number:
            self.chosen[place] = item


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run of some rows came to.

    Attributes:
        seconds: how long it took in all.
        engine_seconds: how long of that the engine had something to answer.
        host_seconds: processor time spent beside the engine's.
        spent: per Task and quantity one number for each row.
        accepted: for each row whether it was accepted.
        sizes: length of each row in bytes.
        latencies: per Task when each answer began and came, in Unix time.
    """

    seconds: float
    engine_seconds: float
    host_seconds: float
    spent: dict[tuple[str, str], np.ndarray]
    accepted: np.ndarray
    sizes: np.ndarray
    latencies: dict[str, np.ndarray]


def run_trial(config: RunConfig, rows: Sequence[tuple[Conversation, int]], directory: Path) -> Trial:
    """Run some rows with the settings of the whole, and measure.

    Args:
        config: the settings of the run, with the address of the engine.
        rows: the conversations and their lengths.
        directory: an empty directory; the replies are in `calls` below it afterwards.

    Raises:
        FatalError: if the engine does not answer.
    """
    from sysgen_distilabel.workflows.build_pipeline import build_pipeline, load_groups

    source = directory / "rows.jsonl"
    _write_rows(source, rows)
    changes: dict[str, Any] = {
        "input": str(source),
        "limit": None,
        "columns": {},
        "id_column": None,
        "keep_columns": [],
        "store": None,  # what others have paid for tells nothing of the cost
    }
    processor, started = _processor_seconds(), time.monotonic()
    pipeline = build_pipeline(
        config.model_copy(update=changes),
        store=directory / "calls",
        cache_dir=directory / "work",
        has_tools=any(conversation.tools for conversation, _ in rows),
    )
    distiset = pipeline.run(load_groups=load_groups(config))
    seconds = time.monotonic() - started
    answered = [row for subset in distiset.values() for row in subset["train"]]
    host_seconds = _processor_seconds() - processor
    return _measure(answered, dict(enumerate(rows)), task_names(config), directory, seconds, host_seconds)


def keep_replies(trial_calls: Path, calls: Path) -> None:
    """Put the replies of a trial into the store of the run that is to come, which then recalls them."""
    with Store.open_read(trial_calls) as source, Store.open(calls) as target:
        target.append(list(source.records()))


def _measure(
    answered: Sequence[Mapping[str, Any]],
    rows: Mapping[int, tuple[Conversation, int]],
    tasks: Sequence[str],
    directory: Path,
    seconds: float,
    host_seconds: float,
) -> Trial:
    import numpy as np

    spent = {(task, name): np.zeros(len(answered)) for task in tasks for name in _QUANTITIES}
    for number, row in enumerate(answered):
        for entry in row[USAGE]:
            for name in _QUANTITIES:
                spent[entry["task"], name][number] += entry[name]
    time_line = EngineTime(directory / "calls")
    return Trial(
        seconds=seconds,
        engine_seconds=time_line.active_seconds,
        host_seconds=host_seconds,
        spent=spent,
        accepted=np.array([row[OUTCOME] == Outcome.ACCEPTED for row in answered], dtype=float),
        sizes=np.array([rows[int(row["source_id"])][1] for row in answered], dtype=float),
        latencies=time_line.intervals(),
    )


def _write_rows(path: Path, rows: Sequence[tuple[Conversation, int]]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        for number, (conversation, _) in enumerate(rows):
            messages = restore_turns(conversation.messages, conversation.turn_fields)
            if system := conversation.original_system_message:
                messages = [{"role": "system", "content": system}, *messages]
            row = {"source_id": str(number), "messages": messages, "tools": conversation.tools}
            file.write(json.dumps(row) + "\n")


def _processor_seconds() -> float:
    """Processor time of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def count_processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
