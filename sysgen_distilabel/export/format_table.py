"""The formats of an export side by side, as the docs show them."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.export.trainer_format import Format, Learnt

_COLUMNS: Final = (
    "format",
    "read by",
    "columns",
    "learnt",
    "answers not to be learnt",
    "tools",
    "arguments of calls",
    "start",
    "checked by",
)
_LEARNT: Final = {
    Learnt.COMPLETION: "the last answer of a line",
    Learnt.MARKS: "what the template marks",
    Learnt.ANSWERS: "every answer",
    Learnt.NOTHING: "what the student writes",
}


def write_format_table() -> str:
    """A Markdown table with a line for each format."""
    lines = [_COLUMNS, ["---"] * len(_COLUMNS), *map(_describe, Format)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _describe(layout: Format) -> list[str]:
    facts = layout.facts
    return [
        f"`{layout}`",
        facts.trainer,
        " ".join(f"`{column}`" for column in facts.columns),
        _LEARNT[facts.learnt],
        facts.spared.explanation,
        facts.tools or "not given",
        facts.arguments.explanation,
        f"`{facts.command}`" if facts.command else "a program of your own",
        facts.checked,
    ]
