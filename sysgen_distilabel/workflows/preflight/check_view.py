"""Shows what the checks found in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from sysgen_distilabel.measures.languages import name_language
from sysgen_distilabel.report.page.page_tables import format_percent
from sysgen_distilabel.report.terminal.whole_table import WholeTable
from sysgen_distilabel.workflows.preflight.check_run import Finding, Level
from sysgen_distilabel.workflows.preflight.survey import Survey

_STYLES: Final[dict[Level, str]] = {"problem": "bold red", "warning": "yellow", "fine": "green"}
_MOST_SHOWN: Final = 6


def render_findings(findings: Sequence[Finding]) -> RenderableType:
    """One line for each finding, with what to do about it below."""
    table = WholeTable.grid(padding=(0, 2, 0, 0))
    for finding in findings:
        text = Text(finding.text)
        if finding.hint:
            text.append(f"\n{finding.hint}", style="dim")
        table.add_row(Text(finding.level, style=_STYLES[finding.level]), text)
    return table


def render_survey(survey: Survey, columns: Sequence[str]) -> RenderableType:
    """Columns, turns, languages and lengths of an input."""
    table = WholeTable.grid(padding=(0, 2, 0, 0))
    table.add_row("columns", Text(", ".join(columns)))
    turns = [(f"{number} turn{'s' * (number > 1)}", rows) for number, rows in sorted(survey.turns.items())]
    table.add_row("turns", _shares(turns))
    languages = [(name_language(code), rows) for code, rows in survey.languages.most_common()]
    table.add_row("languages", _shares(languages))
    lengths = survey.percentiles(survey.characters)
    named = [f"{'the longest' if p == 100 else f'{p} % up to'} {length:,}" for p, length in lengths.items()]
    table.add_row("characters", Text(", ".join(named)))
    return Group(table, Text())


def summarise(survey: Survey) -> dict[str, Any]:
    """The same for programs: counts by kind, and percentiles of the characters of a conversation."""
    return {
        "rows": survey.rows,
        "unreadable": dict(survey.bad_outcomes),
        "duplicates": survey.duplicates,
        "with_system_message": survey.with_system_message,
        "turns": dict(sorted(survey.turns.items())),
        "languages": dict(survey.languages),
        "characters": survey.percentiles(survey.characters),
    }


def _shares(counts: Sequence[tuple[str, int]]) -> Text:
    total = sum(rows for _, rows in counts)
    shown = [f"{name} {format_percent(100 * rows / total)}" for name, rows in counts[:_MOST_SHOWN]]
    if len(counts) > _MOST_SHOWN:
        shown.append(f"and {len(counts) - _MOST_SHOWN} more")
    return Text(", ".join(shown))
