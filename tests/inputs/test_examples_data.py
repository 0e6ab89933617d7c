"""The sample conversations are what their README says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs import SourceRow, open_input
from sysgen_distilabel.inputs.conversation import to_messages

DATA = Path(__file__).parents[2] / "examples" / "data"
COUNTS = {
    "mixed.jsonl": (60, 5),
    "messages.jsonl": (12, 1),
    "sharegpt.jsonl": (12, 1),
    "alpaca.json": (12, 1),
    "question_answer.csv": (12, 1),
}


def rows(name: str) -> list[SourceRow]:
    return list(open_input(DATA / name).rows())


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_the_documented_ones(name: str) -> None:
    summary = open_input(DATA / name).scan()
    assert (summary.rows, summary.rows - summary.readable_rows) == COUNTS[name]
    total, bad = COUNTS[name]
    (line,) = [
        line for line in (DATA / "README.md").read_text().splitlines() if line.startswith(f"| `{name}`")
    ]
    assert line.endswith(f"| {total} | {bad} |")


def test_the_mixed_file_holds_every_row_of_the_others() -> None:
    mixed = {row.values["id"]: row.values for row in rows("mixed.jsonl")}
    assert len(mixed) == 60
    for name in COUNTS:
        for row in rows(name):
            assert mixed[row.values["id"]] == row.values


def test_the_bad_rows_are_the_documented_ones() -> None:
    bad = set()
    for row in rows("mixed.jsonl"):
        try:
            to_messages(row.values)
        except BadInput:
            bad.add(row.values["id"])
    assert bad == {
        "travel-packing",
        "story-lighthouse",
        "cooking-lentils",
        "writing-slogan",
        "knowledge-saturn",
    }
    assert all(f"| `{name}` |" in (DATA / "README.md").read_text() for name in bad)


def test_the_data_is_varied() -> None:
    mixed = rows("mixed.jsonl")
    assert {row.values["language"] for row in mixed} == {"de", "en", "es", "ja", "ko"}
    assert {"code", "maths", "writing", "knowledge", "role play", "tool use"} <= {
        r.values["topic"] for r in mixed
    }
