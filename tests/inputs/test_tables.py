"""What stands around the header of a CSV file."""

from __future__ import annotations

import pytest

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs import open_input
from tests.inputs.test_readers import values


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nquestion;answer\nq, or q;a\n",
        '\n\nquestion,answer\n"q, or q",a\n',
        'question , answer\n"q, or q",a\n',
        "SEP=\t\r\nquestion\tanswer\r\nq, or q\ta\r\n",
    ],
)
def test_what_excel_and_people_write_around_a_header(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert values(path) == [{"question": "q, or q", "answer": "a"}]


def test_lines_are_counted_from_the_top_of_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=,\n\nquestion,answer\nq,a\nq\n")
    with pytest.raises(InputError, match="line 5: wrong CSV"):
        open_input(path).scan()
