"""What a value holds is printed as it is."""

from __future__ import annotations

import io

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sysgen_distilabel.report.terminal.clean_console import CleanConsole
from sysgen_distilabel.report.terminal.console import make_console
from sysgen_distilabel.report.terminal.show_rows import render_row
from sysgen_distilabel.rows import complete

VALUES = ["runs [v2]", "row[/bold]", "[red]x[/red]", "a:smile:b", "[link=http://x]y[/link]", "[[]"]


@pytest.mark.parametrize("value", VALUES)
def test_brackets_and_colons_are_text(capsys, value):
    console = make_console()
    console.print(value, soft_wrap=True)
    table = Table.grid()
    table.add_row(value)
    console.print(table)
    assert capsys.readouterr().out.split("\n")[:2] == [value, value]


@pytest.mark.parametrize("value", VALUES)
def test_a_row_may_have_any_id(capsys, value):
    row = complete(
        {"source_id": value}, ("phrases", "system_message", "messages", "aligned_messages", "outcome_detail")
    )
    row |= {"outcome": "bad_input", "rejected_by": value, "annotated_system_message": ""}
    make_console().print(render_row(row))
    assert value in capsys.readouterr().out


def test_messages_go_where_messages_go(capsys):
    make_console(stderr=True).print("x")
    assert capsys.readouterr() == ("", "x\n")


@pytest.mark.parametrize("value", ["\x1b[2Jx", "\x1b]52;c;eA==\x07", "\x9b31mx", "a\u202eb", "a\rb"])
def test_nothing_is_obeyed_wherever_it_stands(capsys, value):
    console = make_console()
    console.print(value, Text(value, style="bold"), Panel(value, title=value), soft_wrap=True)
    row = complete({"source_id": value}, ("phrases", "system_message", "messages", "aligned_messages"))
    row |= {"outcome": "bad_input", "outcome_detail": value, "rejected_by": value}
    console.print(render_row(row | {"annotated_system_message": ""}))
    shown = capsys.readouterr().out
    assert not set("\x1b\x07\x9b\u202e\r") & set(shown)


def test_a_real_terminal_gets_the_styles_of_ours_alone(monkeypatch):
    out = io.StringIO()
    console = CleanConsole(file=out, force_terminal=True, color_system="standard", markup=False)
    console.print(Text("\x1b[5mx", style="red"))
    assert "\x1b[5m" not in out.getvalue() and "\x1b[31m" in out.getvalue()
