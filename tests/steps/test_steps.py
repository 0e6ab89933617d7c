"""The Steps without an engine, outside any pipeline."""

import logging

import pytest

from sysgen_distilabel.rows import complete
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags, SplitByOutcome

GOOD, SLIP = (
    "<<Style>>Be kind.<</Style>><<Role>>You are a tutor.<</Role>>",
    "<<Role>>You are a tutor.<<//Role>>",
)


def run_step(step, *rows):
    step.load()
    return next(step.process([dict(row) for row in rows]))


def test_valid_phrases_are_kept_in_canonical_order():
    (row,) = run_step(FilterTags(), {"annotated_system_message": GOOD})
    assert row["phrases"] == [
        {"functionality": "Role", "text": "You are a tutor.", "verdict": ""},
        {"functionality": "Style", "text": "Be kind.", "verdict": ""},
    ]
    assert type(row["phrases"][0]["functionality"]) is str
    assert row["outcome"] == "pending"


def test_a_row_without_a_valid_phrase_is_rejected_and_says_why():
    (row,) = run_step(FilterTags(name="filter"), {"annotated_system_message": SLIP})
    assert (row["outcome"], row["rejected_by"], row["phrases"]) == ("no_valid_phrase", "filter", [])
    assert row["tag_defects"] and row["tag_defects"][0] in row["outcome_detail"]


def test_repair_mends_and_notes_it():
    (row,) = run_step(FilterTags(repair=True), {"annotated_system_message": SLIP})
    assert row["phrases"][0]["text"] == "You are a tutor." and row["tag_defects"]


def test_only_good_phrases_make_the_system_message():
    phrases = [
        {"functionality": name, "text": text, "verdict": verdict}
        for name, text, verdict in [
            ("Role", "A.", "Good"),
            ("Task", "B.", "Bad"),
            ("Tool", "C.", "None"),
            ("Style", "D.", "Good"),
        ]
    ]
    (row,) = run_step(ComposeSystemMessage(), {"phrases": phrases})
    assert row["system_message"] == "A. D." and row["phrases"] == phrases


def test_phrases_without_a_verifier_are_kept():
    (row,) = run_step(
        ComposeSystemMessage(), {"phrases": [{"functionality": "Role", "text": "A.", "verdict": ""}]}
    )
    assert row["system_message"] == "A."


def test_a_row_with_every_phrase_rejected_has_its_reason():
    (row,) = run_step(
        ComposeSystemMessage(), {"phrases": [{"functionality": "Role", "text": "A.", "verdict": "Bad"}]}
    )
    assert (row["outcome"], row["outcome_detail"]) == ("every_phrase_rejected", "Role: Bad")


@pytest.mark.parametrize(
    ("step", "column"), [(FilterTags, "phrases"), (ComposeSystemMessage, "system_message")]
)
def test_rejected_and_poisoned_rows_harm_no_neighbour(step, column):
    fine = {
        "annotated_system_message": GOOD,
        "phrases": [{"functionality": "Role", "text": "A.", "verdict": "Good"}],
    }
    rejected = {"outcome": "bad_input", "annotated_system_message": "", "phrases": []}
    result = run_step(step(), fine, rejected, {"annotated_system_message": None, "phrases": None}, fine)
    assert [row["outcome"] for row in result] == ["pending", "bad_input", "task_error", "pending"]
    assert all(row[column] is not None or row["outcome"] == "task_error" for row in result)


def test_of_a_poisoned_row_people_see_a_line_and_the_log_file_has_the_rest(caplog):
    caplog.set_level(logging.INFO)
    run_step(FilterTags(), {"source_id": "17", "annotated_system_message": None})
    (line,) = (record.getMessage() for record in caplog.records if record.levelno == logging.WARNING)
    assert line.startswith("Row '17' failed: ") and "\n" not in line
    assert any("Traceback" in record.getMessage() for record in caplog.records)


def test_two_leaves_share_the_rows_out_between_them():
    rows = [
        complete({"mine": 1, "outcome": outcome}, ["source_id"])
        for outcome in ("accepted", "no_reply", "pending", "accepted")
    ]
    parts = [run_step(SplitByOutcome(keep=kind), *rows) for kind in ("accepted", "rejected")]
    assert [row["outcome"] for row in parts[0]] == ["accepted"] * 2
    assert [row["outcome"] for row in parts[1]] == ["no_reply", "pending"]
    assert list(parts[0][0]) == ["source_id", "outcome", "mine"]


@pytest.mark.parametrize(
    ("order", "first", "names"),
    [
        ("canonical", "First ask.", ["Role", "Action", "Format"]),
        ("auto", "First ask.", ["Action", "Format", "Role"]),
        ("auto", "Ask.", ["Role", "Action", "Format"]),
        ("generator", "Ask.", ["Action", "Format", "Role"]),
    ],
)
def test_words_of_order_keep_the_order_of_the_generator(order, first, names):
    text = f"<<Action>>{first}<</Action>><<Format>>Then a table.<</Format>><<Role>>You are a tutor.<</Role>>"
    if first == "Ask.":
        text = text.replace("Then a", "A")
    (row,) = run_step(FilterTags(order=order), {"annotated_system_message": text})
    assert [phrase["functionality"] for phrase in row["phrases"]] == names
