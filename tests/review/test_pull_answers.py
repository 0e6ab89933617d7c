"""What a review says of a row: phrases as corrected, and the system message that they make."""

import pytest

from sysgen_distilabel.review.answers import Answer, AnsweredRecord
from sysgen_distilabel.review.marks import Mark
from sysgen_distilabel.review.pull_answers import make_row

TEXT = "You teach Answer in a table No lists"
SUGGESTED = (Mark(0, 9, "Role", "Good"), Mark(10, 27, "Style", "Bad"), Mark(28, 36, "Format", "Good"))
CORRECTED = (Mark(0, 9, "Role"), Mark(10, 27, "Format"), Mark(28, 36, "Format"))


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("paragraph", "You teach. Answer in a table."),
        ("bullets", "- You teach.\n- Answer in a table."),
        ("headings", "## Role\nYou teach.\n\n## Format\nAnswer in a table."),
    ],
)
def test_the_message_of_a_review_is_set_as_the_run_sets_it(layout, message):
    verdicts = (Mark(0, 9, "", "Good"), Mark(10, 27, "", "Good"), Mark(28, 36, "", "None"))
    answer = Answer("annotator-1", CORRECTED, verdicts, "aligned", "", "2026-01-01T10:00:00")
    record = AnsweredRecord("record", "row", TEXT, SUGGESTED, (answer,), is_superseded=False)
    row = make_row(record, {"phrases": []}, layout)
    assert row["system_message"] == message
    assert row["is_corrected"] and not row["is_current"]
