"""Shows previewed rows: in a terminal, or as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from sysgen_distilabel.report.figures.diff import Span
from sysgen_distilabel.report.page.report_page import render_page
from sysgen_distilabel.report.page.row_view import RowView, TurnView, clean
from sysgen_distilabel.report.terminal.show_rows import render_phrases
from sysgen_distilabel.report.terminal.whole_table import WholeTable
from sysgen_distilabel.workflows.preflight.preview import Preview, Prompt

_OLD: Final = "red strike"
_NEW: Final = "green underline"


def render_preview(preview: Preview, prompts: bool) -> RenderableType:
    """One row: what was asked if wanted, its phrases with verdicts, its answers word by word."""
    view = RowView.of(preview.row)
    parts: list[RenderableType] = []
    if prompts:
        parts += [_render_prompt(prompt) for prompt in preview.prompts]
    if not view.accepted:
        parts.append(Text(f"rejected: {view.outcome}  {view.detail}", style="red"))
    if view.phrases:
        parts += [
            Text("System message", style="dim"),
            render_phrases([asdict(p) for p in view.phrases]),
            Text(),
        ]
    elif view.annotated:
        parts += [Text("Annotated system message", style="dim"), Text(view.annotated), Text()]
    if view.defects:
        parts += [Text("Defects of the tags", style="dim"), Text("\n".join(view.defects)), Text()]
    parts += [_render_turn(turn) for turn in view.turns]
    return Panel(Group(*parts), title=Text(view.source_id, style="bold"), title_align="left", padding=(1, 2))


def render_preview_page(previews: Sequence[Preview], simulation_notice: str) -> str:
    """The rows as one self-contained page, every prompt included.

    Args:
        previews: the rows.
        simulation_notice: see `RunConfig.simulation_notice`.
    """
    return render_page(
        "preview.html.jinja",
        previews=[(RowView.of(preview.row), preview.prompts) for preview in previews],
        simulation_notice=simulation_notice,
    )


def _render_prompt(prompt: Prompt) -> RenderableType:
    text = Text()
    for message in prompt.messages:
        text.append(f"{message['role']}\n", style="bold")
        text.append(f"{clean(message['content'])}\n\n")
    text.append("reply\n", style="bold")
    text.append(clean(prompt.reply))
    title = Text(f"prompt of {prompt.task}", style="dim")
    return Panel(text, title=title, title_align="left", border_style="dim")


def _render_turn(turn: TurnView) -> RenderableType:
    user = "User" if turn.original else "User, in conflict with the system message"
    parts: list[RenderableType] = [Text(user, style="dim"), Text(turn.user, style="bold"), Text()]
    if not turn.original:
        return Group(*parts, Text("Aligned response", style="dim"), _mark(turn.aligned, ""), Text())
    if not turn.aligned or turn.kept:
        title = "Original response, kept" if turn.kept else "Original response"
        return Group(*parts, Text(title, style="dim"), _mark(turn.original, ""), Text())
    answers = WholeTable.grid(expand=True, padding=(0, 2))
    answers.add_column(ratio=1)
    answers.add_column(ratio=1)
    answers.add_row(Text("Original response", style="dim"), Text("Aligned response", style="dim"))
    answers.add_row(_mark(turn.original, _OLD), _mark(turn.aligned, _NEW))
    return Group(*parts, answers, Text())


def _mark(spans: Sequence[Span], style: str) -> Text:
    text = Text()
    for span in spans:
        text.append(span.text, style=style if span.changed else "")
    return text
