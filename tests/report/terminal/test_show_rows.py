"""What `sysgen show` shows of a row."""

import io

from rich.console import Console

from sysgen_distilabel.report.terminal.show_rows import render_row
from sysgen_distilabel.rows import complete

OWN = "You are Captain Jib. The fee is 12 doubloons."


def test_a_system_message_of_the_input_that_was_kept_is_shown():
    turns = [{"role": "user", "content": "What do I pay?"}, {"role": "assistant", "content": "12."}]
    aligned = [{"role": "system", "content": OWN}, *turns]
    columns = ["phrases", "annotated_system_message", "outcome", "outcome_detail", "rejected_by", "source_id"]
    row = {"messages": turns, "system_message": OWN, "aligned_messages": aligned, "outcome": "accepted"}
    console = Console(file=io.StringIO(), width=100)
    console.print(render_row(complete(row, columns)))
    assert OWN in console.file.getvalue()
