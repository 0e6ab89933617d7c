"""What becomes of a row on its way to Argilla, and ids that tell versions apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.review.argilla_records import is_reviewable, make_record, record_id
from sysgen_distilabel.review.queue_order import Risk

TURNS = [
    {"role": "user", "content": "One?"},
    {"role": "assistant", "content": "Yes\x00."},
    {"role": "user", "content": " "},
    {"role": "assistant", "content": "Two."},
]


def row(**changed):
    return {
        "source_id": "row-1",
        "messages": TURNS,
        "annotated_system_message": "<<Role>>You teach.<</Role>><<Style>>Be kind.",
        "phrases": [
            {"functionality": "Role", "text": "You teach.", "verdict": "Good"},
            {"functionality": "Style", "text": "Be kind.", "verdict": "Bad"},
        ],
        "tag_defects": [],
        "system_message": "You teach.",
        "aligned_messages": [{"role": "system", "content": "You teach."}, *TURNS],
        "outcome": "accepted",
        "model_name": "org/last",
        "usage": [
            {"task": "generate_system_message", "model_name": "org/writer v2 (ä)"},
            {"task": "verify_functionalities", "model_name": "org/verifier"},
        ],
        **changed,
    }


def record(**changed):
    return make_record(row(**changed), Risk(0.25, ("near_limit",)), 0.25)


def test_several_turns_are_shown_as_a_conversation_and_answers_under_headings():
    fields = record().fields
    assert [turn["content"] for turn in fields["conversation"]] == ["One?", "Yes\ufffd.", "(empty)"]
    assert fields["response_original"] == "**Answer 1**\n\nYes\ufffd.\n\n**Answer 2**\n\nTwo."
    assert fields["system_message"] == fields["system_message_verify"] == "You teach. Be kind."
    assert fields["system_message_unmasked"] is None


def test_a_long_turn_is_cut_and_says_so():
    long = [{"role": "user", "content": "x" * 30_000}, TURNS[1]]
    content = record(messages=long).fields["conversation"][0]["content"]
    assert len(content) == 20_000 and content.endswith("(cut for review; the turn has 30,000 characters)")


def test_suggestions_name_who_made_them_and_how_sure_they_are():
    phrases, verdicts = record().suggestions
    assert phrases.agent == "org/writer-v2" and verdicts.agent == "org/verifier"
    assert phrases.score == [1.0, 0.5], "the end of the second phrase is a guess"
    assert [span["label"] for span in verdicts.value] == ["Good", "Bad"]
    unverified = [{**phrase, "verdict": ""} for phrase in row()["phrases"]]
    assert [one.question for one in record(phrases=unverified).suggestions] == ["phrases"]


def test_of_several_verdicts_a_suggestion_says_how_many_agree_with_it():
    assert record().suggestions[1].score is None, "one verdict alone"
    assert record(good_shares=[2 / 3, 0.25]).suggestions[1].score == [0.6667, 0.75]
    assert record(good_shares=[1.0]).suggestions[1].score is None, "of other phrases"


def test_metadata_can_be_filtered_by():
    metadata = record().metadata
    assert metadata["functionalities"] == ["Role", "Style"] and metadata["verdict_kinds"] == ["Good", "Bad"]
    assert (metadata["n_phrases"], metadata["n_phrases_rejected"]) == (2, 1)
    assert metadata["risk_reasons"] == ["near_limit"] and "judge_score" not in metadata
    assert "response_aligned_characters" not in record(aligned_messages=[]).metadata


@pytest.mark.parametrize(
    ("changed", "is_another"),
    [
        ({"system_message": "You teach. Be kind."}, True),
        ({"aligned_messages": []}, True),
        ({"model_name": "other"}, False),
        ({"tag_defects": ["x"]}, False),
    ],
)
def test_another_text_is_another_record_of_the_same_row(changed, is_another):
    assert record_id(row()).startswith("row-1:")
    assert (record_id(row(**changed)) != record_id(row())) is is_another


def test_only_the_content_decides_whether_to_look_again():
    assert record().content_digest == record(model_name="other").content_digest
    relabelled = [{**phrase, "verdict": "Good"} for phrase in row()["phrases"]]
    assert record(phrases=relabelled).content_digest != record().content_digest
    moved = make_record(row(), Risk(0.9, ()), 0.9)
    assert moved.metadata_digest == record().metadata_digest


@given(st.text(min_size=1))
def test_an_id_of_any_text_gives_a_bounded_record_id(source_id):
    identifier = record_id(row(source_id=source_id))
    assert len(identifier) <= 140 and "\x00" not in identifier


def test_only_what_a_person_can_overturn_is_reviewed():
    assert is_reviewable(row()) and is_reviewable(row(outcome="every_phrase_rejected"))
    assert not is_reviewable(row(outcome="truncated_reply")) and not is_reviewable(row(phrases=[]))
    composed_elsewhere = row()
    del composed_elsewhere["outcome"]
    assert is_reviewable(composed_elsewhere)
