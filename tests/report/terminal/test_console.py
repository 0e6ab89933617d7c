"""What a value holds is printed as it is."""

from __future__ import annotations

import pytest
from rich.table import Table

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
    row = complete({"source_id": value}, ("phrases", "messages", "aligned_messages", "outcome_detail"))
    row |= {"outcome": "bad_input", "rejected_by": value, "annotated_system_message": ""}
    make_console().print(render_row(row))
    assert value in capsys.readouterr().out


def test_messages_go_where_messages_go(capsys):
    make_console(stderr=True).print("x")
    assert capsys.readouterr() == ("", "x\n")
