"""What became of the tools of accepted rows: named in system messages, offered to the engine, called."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import SYSTEM_MESSAGE, TOOL_TURNS, TOOLS
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.inputs.tool_schemas import name_tools
from sysgen_distilabel.replies.tool_calls import CallResult, differs_from_source, were_offered

_ROWS: Final = ("accepted_rows", "naming_a_tool", "offered", "not_as_recorded")


def collect_tool_figures(dataset: Path) -> dict[str, Any]:
    """The figures of a dataset with the column `tools`.

    `offered` rows were answered by an engine that was offered their tools; `calls` has where tools came
    into play in any row, by what the engine did, see `CallResult`; in `not_as_recorded` rows it wanted
    another call than the recorded one, or none.
    """
    counts, calls = Counter[str](dict.fromkeys(_ROWS, 0)), Counter[str]()
    noted = [TOOL_TURNS] if TOOL_TURNS in find_columns(dataset, "accepted") else []
    for row in scan_rows(dataset, "accepted", [TOOLS, SYSTEM_MESSAGE, *noted]):
        notes = row.get(TOOL_TURNS)
        counts["accepted_rows"] += bool(row[TOOLS])
        counts["naming_a_tool"] += any(name in row[SYSTEM_MESSAGE] for name in name_tools(row[TOOLS]))
        counts["offered"] += bool(row[TOOLS]) and were_offered(notes)
        counts["not_as_recorded"] += differs_from_source(notes)
        calls.update(note["call"] for note in notes or [])
    return {**counts, "calls": {call.value: calls[call] for call in CallResult} if noted else {}}
