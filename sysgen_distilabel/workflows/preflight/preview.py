"""Takes a few rows through the real Tasks and Steps, one after the other, and keeps every prompt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.rows import Row, complete
from sysgen_distilabel.settings.run_config import RunConfig, task_names
from sysgen_distilabel.workflows.preflight.engine_at_hand import engine_at_hand

_METADATA: Final = "distilabel_metadata"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was sent to the engine for one row, and what came back.

    Attributes:
        task: the Task that asked; of several requests the last.
        messages: the chat as it was sent.
        reply: the text as it came.
    """

    task: str
    messages: list[dict[str, str]]
    reply: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One row at the end of the pipeline.

    Attributes:
        row: its columns.
        prompts: what was asked for it, in order.
    """

    row: Row
    prompts: list[Prompt]


def preview_rows(config: RunConfig, number: int) -> list[Preview]:
    """The first rows of an input as a run would leave them; nothing is stored.

    Args:
        config: the settings of the run.
        number: how many rows.

    Raises:
        InputError: if the input cannot be read.
        ConfigError: if a setting is wrong.
        FatalError: if the engine does not answer.
    """
    from sysgen_distilabel.columns import COLUMNS
    from sysgen_distilabel.workflows.build_pipeline import build_pipeline

    tasks = task_names(config)
    with engine_at_hand(config) as served:
        has_tools = open_input(config.input).scan(limit=number, reading=config.reading).has_tools
        pipeline = build_pipeline(served.model_copy(update={"limit": number}), has_tools=has_tools)
        leaves = pipeline.dag.leaf_steps
        steps = [pipeline.dag.get_step(name)["step"] for name in pipeline.dag if name not in leaves]
        rows = _run_step(steps[0], None)
        for step in steps[1:]:
            if step.name in tasks:
                step.add_raw_input = step.add_raw_output = True
            rows = _run_step(step, rows)
    return [Preview(complete(row, COLUMNS), list(_read_prompts(row, tasks))) for row in rows]


def _run_step(step: Any, rows: list[Row] | None) -> list[Row]:
    """Load a step, give it the rows, and unload it before the next: an engine fits the memory once."""
    step.load()
    try:
        if rows is None:
            return [row for batch, _ in step.process() for row in batch]
        return [row for batch in step.process(rows) for row in batch]
    finally:
        step.unload()


def _read_prompts(row: Row, tasks: list[str]) -> Iterator[Prompt]:
    metadata = row.get(_METADATA) or {}
    for task in tasks:
        if messages := metadata.get(f"raw_input_{task}"):
            chat = messages[0] if isinstance(messages, tuple) else messages  # a chat and its schema
            yield Prompt(task, chat, metadata.get(f"raw_output_{task}") or "")
