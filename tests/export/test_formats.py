"""The layouts, line by line."""

from sysgen_distilabel.export.arms import Arm, take_conversation
from sysgen_distilabel.export.formats import write_lines, write_pair
from sysgen_distilabel.export.trainer_format import Format
from tests.export.rows import make_pair, make_row

ROW = make_row(7, turns=2, length=0)
SYSTEM = {"role": "system", "content": "Be number 7."}
U1, A1, U2, A2 = ROW["aligned_messages"][1:]


def records(layout, conversation=ROW["aligned_messages"]):
    return [line.record for line in write_lines(layout, "row-7", conversation)]


def test_every_answer_is_the_completion_of_one_line():
    assert records(Format.TRL_PROMPT_COMPLETION) == [
        {"prompt": [SYSTEM, U1], "completion": [A1], "source_id": "row-7"},
        {"prompt": [SYSTEM, U1, A1, U2], "completion": [A2], "source_id": "row-7"},
    ]


def test_layouts_of_whole_conversations():
    whole = {"messages": ROW["aligned_messages"], "source_id": "row-7"}
    for layout in (Format.MESSAGES, Format.AXOLOTL, Format.LLAMAFACTORY):
        assert records(layout) == [whole]
    assert records(Format.SHAREGPT)[0]["conversations"][:2] == [
        {"from": "system", "value": "Be number 7."},
        {"from": "human", "value": "Question 1 of row 7?"},
    ]
    assert records(Format.ALPACA) == [
        {
            "instruction": U2["content"],
            "input": "",
            "output": A2["content"],
            "system": "Be number 7.",
            "history": [[U1["content"], A1["content"]]],
            "source_id": "row-7",
        }
    ]
    assert records(Format.ALPACA, [U1, A1])[0]["system"] == ""


def test_the_chats_are_what_a_trainer_makes_of_a_line():
    lines = write_lines(Format.TRL_PROMPT_COMPLETION, "row-7", ROW["aligned_messages"])
    assert [line.chats for line in lines] == [[[SYSTEM, U1, A1]], [[SYSTEM, U1, A1, U2, A2]]]


def test_a_pair_keeps_its_columns_and_its_texts():
    pair = make_pair(3)
    (line,) = write_pair(Format.PREFERENCES, pair, fold=False)
    assert line.record == pair
    assert line.chats == [[*pair["prompt"], *pair["chosen"]], [*pair["prompt"], *pair["rejected"]]]
    folded = write_pair(Format.PREFERENCES, pair, fold=True)[0].record
    assert folded["prompt"] == [{"role": "user", "content": "Be number 3.\n\nQuestion of row 3?"}]
    assert folded["pair_kind"] == "original" and folded["length_ratio"] == 1.2


def test_the_arms_of_the_ablation():
    texts = {
        arm: [(turn["role"], turn["content"]) for turn in take_conversation(make_row(1, length=0), arm)]
        for arm in Arm
    }
    question, original = ("user", "Question 1 of row 1?"), ("assistant", "Original 1 of row 1.")
    assert texts == {
        Arm.SYSGEN: [("system", "Be number 1."), question, ("assistant", "Aligned 1 of row 1.")],
        Arm.NONE: [question, original],
        Arm.DEFAULT: [("system", "You are a helpful AI assistant."), question, original],
        Arm.NO_ALIGNED: [("system", "Be number 1."), question, original],
    }
