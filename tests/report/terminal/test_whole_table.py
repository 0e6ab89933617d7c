"""Nothing is cut off, however narrow it is and whatever has no spaces."""

import io

import pytest
from rich.console import Console

from sysgen_distilabel.report.terminal.whole_table import WholeTable

WORD = "どちらも文法的に正しいですが伝え方が違います" * 3


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("is_grid", [True, False])
def test_a_long_word_goes_on_in_the_next_line(width, is_grid):
    table = WholeTable.grid(padding=(0, 2)) if is_grid else WholeTable("word", "number", box=None)
    table.add_row(WORD, "700,000")
    output = io.StringIO()
    Console(file=output, width=width).print(table)
    letters = "".join(output.getvalue().split())
    assert "…" not in letters and "".join(c for c in letters if not c.isascii()) == WORD
    assert max(map(len, output.getvalue().splitlines())) <= width
