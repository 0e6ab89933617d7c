"""Shows rows and counts in a terminal: phrases coloured by functionality, answers side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from sysgen_distilabel.checks.findings import describe
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANNOTATED_SYSTEM_MESSAGE,
    FINDINGS,
    MESSAGES,
    OUTCOME,
    OUTCOME_DETAIL,
    PHRASES,
    REJECTED_BY,
    SOURCE_ID,
    SYSTEM_MESSAGE,
)
from sysgen_distilabel.functionalities import Functionality, is_kept
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.report.terminal.whole_table import WholeTable
from sysgen_distilabel.response_turns import match_turns
from sysgen_distilabel.runs.row_counts import Accounts

_LONGEST_TEXT: Final = 600
_TITLES: Final = {"user": "User", "tool": "Result of a tool", "system": "System, between the turns"}


def render_row(row: Mapping[str, Any]) -> RenderableType:
    """One row: the conversation, its phrases with their verdicts, and the answers before and after."""
    parts: list[RenderableType] = []
    if row[OUTCOME] != Outcome.ACCEPTED:
        reason = f"{row[OUTCOME]} in {row[REJECTED_BY]}"
        parts.append(Text(f"rejected: {reason}  {row[OUTCOME_DETAIL]}".rstrip(), style="red"))
    if row[PHRASES]:
        parts.append(_titled("System message", render_phrases(row[PHRASES])))
    elif row[SYSTEM_MESSAGE]:  # the input's own, kept as it is
        parts.append(_titled("System message", Text(_shorten(row[SYSTEM_MESSAGE]))))
    elif row[ANNOTATED_SYSTEM_MESSAGE]:
        parts.append(_titled("Annotated system message", Text(_shorten(row[ANNOTATED_SYSTEM_MESSAGE]))))
    if findings := row.get(FINDINGS):
        lines = "\n".join(_shorten(describe(found)) for found in findings)
        parts.append(_titled("What the checks have found", Text(lines)))
    parts += _render_conversation(row[MESSAGES], row[ALIGNED_MESSAGES][1:])
    return Panel(
        Group(*parts), title=Text(str(row[SOURCE_ID]), style="bold"), title_align="left", padding=(1, 2)
    )


def render_phrases(phrases: list[dict[str, str]]) -> RenderableType:
    """The phrases, each labelled and coloured by its functionality, struck through when rejected."""
    table = WholeTable.grid(padding=(0, 1, 0, 0))
    for phrase in phrases:
        colour = Functionality(phrase["functionality"]).terminal_colour
        rejected = not is_kept(phrase["verdict"])
        text = Text(phrase["text"], style=f"{colour} strike" if rejected else colour)
        if rejected:
            text = Text.assemble(text, (f"  ({phrase['verdict']})", "dim"))
        table.add_row(Text(phrase["functionality"], style=f"bold {colour}"), text)
    return table


def render_accounts(accounts: Accounts) -> RenderableType:
    """Accepted and rejected by reason; the figures add up to the last line."""
    table = WholeTable(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_row("accepted", f"{accounts.accepted:,}", Outcome.ACCEPTED.explanation, style="green")
    for reason, number in accounts.rejected.items():
        table.add_row(reason, f"{number:,}", Outcome(reason).explanation, style="red")
    table.add_row("input", f"{accounts.rows:,}", "", style="bold")
    return table


def _render_conversation(
    messages: Sequence[Mapping[str, str]], aligned: Sequence[Mapping[str, str]]
) -> list[RenderableType]:
    if not aligned:
        return [_render_turn(message, None) for message in messages]
    places = match_turns(messages, aligned)
    return [
        _render_added(message) if place is None else _render_turn(messages[place], message)
        for place, message in zip(places, aligned, strict=True)
    ]


def _render_turn(message: Mapping[str, str], regenerated: Mapping[str, str] | None) -> RenderableType:
    if message["role"] != "assistant":
        return _titled(_TITLES[message["role"]], Text(_shorten(message["content"]), style="bold"))
    if regenerated is None:
        return _titled("Original response", Text(_shorten(message["content"])))
    if regenerated["content"] == message["content"]:
        return _titled("Original response, kept", Text(_shorten(message["content"])))
    answers = WholeTable.grid(expand=True, padding=(0, 2))
    answers.add_column(ratio=1)
    answers.add_column(ratio=1)
    answers.add_row(Text("Original response", style="dim"), Text("Aligned response", style="dim"))
    answers.add_row(Text(_shorten(message["content"])), Text(_shorten(regenerated["content"])))
    return Columns([answers], expand=True)


def _render_added(message: Mapping[str, str]) -> RenderableType:
    if message["role"] == "user":
        title = "User, in conflict with the system message"
        return _titled(title, Text(_shorten(message["content"]), style="bold"))
    return _titled("Aligned response", Text(_shorten(message["content"])))


def _titled(title: str, body: RenderableType) -> RenderableType:
    return Group(Text(title, style="dim"), body, Text())


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT].rstrip()} ..."
