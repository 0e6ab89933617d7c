"""JSON in forms that its file name does not promise."""

from __future__ import annotations

import json

import pytest

from sysgen_distilabel.inputs import open_input
from tests.inputs.test_readers import ROWS, values


def test_a_number_that_python_does_not_take_harms_nothing(tmp_path):
    row = '{"question": "q", "answer": "a", "n": %s}' % ("9" * 5000)
    for name, text in (("a.jsonl", f"{row}\n"), ("a.json", f"[{row}]")):
        path = tmp_path / name
        path.write_text(text)
        assert values(path)[0]["n"] == "a number of 5,000 digits"
        assert open_input(path).scan().readable_rows == 1


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS, indent=1),
        json.dumps(ROWS[0], indent=1),
        "[" + ",\n".join(map(json.dumps, ROWS)) + "]",
    ],
)
def test_a_document_of_json_may_be_called_jsonl(tmp_path, text):
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    assert values(path) in (ROWS, ROWS[:1])
