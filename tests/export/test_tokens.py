"""What is learnt, read and cut off is counted in tokens, row by row and turn by turn."""

import json

import pytest

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import Format
from tests.chat_tokenizers import build_tokenizer, save_tokenizer
from tests.export.rows import make_row
from tests.export.test_guard import CHAT, check
from tests.export.test_trained_turns import LAST, row_of_mode_last
from tests.export.test_write import export, read_lines


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


def test_every_line_says_where_its_answers_begin_and_end(tmp_path, phi):
    export([make_row(1, turns=2, length=0)], tmp_path / "out", tokenizer=phi, layout=Format.AXOLOTL)
    (line,), (note,) = (read_lines(tmp_path / "out" / f"{name}.jsonl") for name in ("train", "tokens"))
    tokenizer = build_tokenizer("phi-4")
    ids = tokenizer.apply_chat_template(line["messages"], return_dict=True)["input_ids"]
    assert note["tokens"] == len(ids) and note["cut"] == 0
    learnt = {turn["message"]: tokenizer.decode(ids[turn["begin"] : turn["end"]]) for turn in note["answers"]}
    assert learnt == {3: "Aligned 1 of row 1.<|im_end|>", 5: "Aligned 2 of row 1.<|im_end|>"}


def test_the_card_adds_them_up_by_turn_and_by_length(tmp_path, phi):
    rows = [make_row(1, turns=2, length=0), row_of_mode_last(2), make_row(3, length=400)]
    export(rows, tmp_path / "out", tokenizer=phi, layout=Format.AXOLOTL)
    notes = read_lines(tmp_path / "out" / "tokens.jsonl")
    tokens = json.loads((tmp_path / "out" / "export.json").read_text())["tokens"]
    learnt = [turn["end"] - turn["begin"] for note in notes for turn in note["answers"]]
    assert tokens["trained"] == sum(learnt)
    assert tokens["trained"] + tokens["context"] == sum(note["tokens"] for note in notes)
    assert [(turn["turn"], turn["answers"]) for turn in tokens["turns"]] == [(1, 2), (2, 1), (3, 1)]
    assert sum(turn["tokens"] for turn in tokens["turns"]) == tokens["trained"]
    assert tokens["lines_by_length"] == {"up to 256": 2, "up to 4,096": 1}
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| up to 256 | 2 | █" in card and f"| {tokens['trained']:,} |" in card


def test_a_row_of_which_nothing_is_learnt_is_left_out(tmp_path, phi):
    row = make_row(1, turns=3) | {"answer_turns": [{**note, "answer": "original"} for note in LAST]}
    for layout in (Format.TRL_PROMPT_COMPLETION, Format.AXOLOTL):
        counts = export([row, make_row(2)], tmp_path / "out", tokenizer=phi, layout=layout)
        assert dict(counts.dropped) == {Problem.NOTHING_TO_LEARN: 1} and counts.exported == 1


@pytest.mark.parametrize("layout", [Format.AXOLOTL, Format.TRL_PROMPT_COMPLETION, Format.LLAMAFACTORY])
def test_cut_leaves_out_last_turns_and_never_a_message_or_an_end(tmp_path, phi, layout):
    rows = [make_row(number, turns=3, length=0) for number in (1, 2)]
    whole = export(rows, tmp_path / "whole", tokenizer=phi, layout=layout)
    limit = whole.longest - 1
    counts = export(rows, tmp_path / "cut", tokenizer=phi, layout=layout, max_length=limit, too_long="cut")
    assert counts.shortened == counts.exported == 2 and not counts.dropped
    assert counts.longest <= limit
    texts = (tmp_path / "cut" / "train.jsonl").read_text()
    assert "Be number 1." in texts and "Aligned 2 of row 1." in texts and "Aligned 3" not in texts
    table, notes = counts.tokens[Arm.SYSGEN], read_lines(tmp_path / "cut" / "tokens.jsonl")
    assert (
        table.cut
        == sum(note["cut"] for note in notes)
        == 2 * (whole.longest - max(n["tokens"] for n in notes))
    )
    assert all(note["answers"][-1]["end"] == note["tokens"] for note in notes), "the end token is the last"
    assert (
        "| rows over the limit that lost their last turns | 2 |"
        in (tmp_path / "cut" / "README.md").read_text()
    )


def test_what_does_not_fit_even_with_one_answer_is_dropped(tmp_path, phi):
    rows = [make_row(1, turns=2, length=300), make_row(2)]
    counts = export(rows, tmp_path / "out", tokenizer=phi, max_length=500, too_long="cut")
    assert dict(counts.dropped) == {Problem.TOO_LONG: 1} and counts.shortened == 0


TWICE = {
    "a turn": "{% for m in messages %}<|im_start|>{{ m.content }}{{ m.content }}<|im_end|>{% endfor %}",
    "an end token": "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|><|im_end|>{% endfor %}",
}


@pytest.mark.parametrize("what", TWICE)
def test_what_is_written_twice_is_named(what):
    assert check(CHAT, TWICE[what]).problem is Problem.DOUBLED


def test_texts_that_a_template_changes_are_looked_for_one_by_one():
    """Here a thought is taken off, so that what it writes is no skeleton filled with the texts."""
    own = "{% for m in messages %}<|im_start|>{{ m.content.split('</think>')[-1] }}<|im_end|>{% endfor %}"
    assert check(CHAT, own) is None
    thinking = [*CHAT[:-1], {"role": "assistant", "content": "Hm.</think>So."}]
    assert check(thinking, own).problem is Problem.TURN_LOST
