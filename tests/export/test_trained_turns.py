"""Answers that were not given under the system message are not learnt from, in each layout's own way."""

import json

import pytest
import yaml

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import Format
from tests.chat_tokenizers import save_tokenizer
from tests.export.rows import make_row
from tests.export.test_training_template import LossMask, diagnose, repaired_chat, write_training_template
from tests.export.test_write import export, read_lines

LAST = [
    {"turn": turn, "answer": answer, "refers_back": 0, "rewritten_from": ""}
    for turn, answer in enumerate(["original", "original", "regenerated"], start=1)
]


def row_of_mode_last(number=1):
    row = make_row(number, turns=3, length=0)
    return {**row, "answer_turns": LAST}


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


def exported(layout, tmp_path, phi, rows=None, **options):
    counts = export(rows or [row_of_mode_last()], tmp_path / "out", layout=layout, tokenizer=phi, **options)
    return counts, read_lines(tmp_path / "out" / "train.jsonl")


def test_prompt_and_completion_have_lines_for_the_other_answers_alone(tmp_path, phi):
    counts, lines = exported(Format.TRL_PROMPT_COMPLETION, tmp_path, phi)
    assert [line["completion"][0]["content"] for line in lines] == ["Aligned 3 of row 1."]
    assert len(lines[0]["prompt"]) == 6
    assert counts.trained_answers[Arm.SYSGEN] == 1
    learnt = counts.tokens[Arm.SYSGEN].trained
    assert learnt == len("Aligned 3 of row 1.") + 1, "a token a byte, and the end token"


def test_whole_messages_are_masked_in_the_tokens_of_a_real_tokenizer(tmp_path, phi):
    _, lines = exported(Format.MESSAGES, tmp_path, phi)
    chat = make_plan(Options(Format.MESSAGES, tokenizer=phi)).chat
    encoded = chat.tokenizer.apply_chat_template(
        lines[0]["messages"],
        chat_template=(tmp_path / "out" / "chat_template.jinja").read_text(),
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    pairs = zip(encoded["input_ids"], encoded["assistant_masks"], strict=True)
    assert chat.tokenizer.decode([token for token, flag in pairs if flag]) == "Aligned 3 of row 1.<|im_end|>"
    assert chat.render(lines[0]["messages"]) == chat.tokenizer.decode(encoded["input_ids"])


def test_a_template_with_marks_of_its_own_cannot_leave_one_out(tmp_path):
    marked = write_training_template(repaired_chat("qwen2.5"), with_system=True)
    assert diagnose(marked).mask is LossMask.ANSWERS
    own = marked.template.replace('turn["train"] is false', "false")
    folder = save_tokenizer("qwen2.5", tmp_path / "qwen", own)
    rows = [row_of_mode_last(1), make_row(2, turns=3)]
    counts, lines = exported(Format.MESSAGES, tmp_path, str(folder), rows)
    assert dict(counts.dropped) == {Problem.NO_MARK: 1} and [line["source_id"] for line in lines] == ["row-2"]


def test_axolotl_reads_a_mark_of_each_turn(tmp_path, phi):
    _, lines = exported(Format.AXOLOTL, tmp_path, phi)
    marks = [turn.get("train") for turn in lines[0]["messages"] if turn["role"] == "assistant"]
    assert marks == [False, False, None]
    settings = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text())
    assert settings["datasets"][0]["message_field_training"] == "train"


@pytest.mark.parametrize("layout", [Format.LLAMAFACTORY, Format.SHAREGPT, Format.ALPACA])
def test_llamafactory_gets_a_line_for_each_answer_and_masks_its_history(layout, tmp_path, phi):
    rows = [row_of_mode_last(1), make_row(2, turns=2, length=0)]
    counts, lines = exported(layout, tmp_path, phi, rows, answers_apart=True)
    assert [line["source_id"] for line in lines] == ["row-1", "row-2", "row-2"]
    ends = [json.dumps(line) for line in lines]
    assert all(text in end for text, end in zip(["Aligned 3", "Aligned 1", "Aligned 2"], ends, strict=True))
    assert yaml.safe_load((tmp_path / "out" / "llamafactory.yaml").read_text())["mask_history"] is True
    assert counts.trained_answers[Arm.SYSGEN] == 3


def test_all_arms_train_on_the_same_turns(tmp_path, phi):
    rows = [row_of_mode_last(1), make_row(2, turns=2)]
    counts = export(rows, tmp_path / "out", tokenizer=phi, arms=tuple(Arm))
    assert set(counts.trained_answers.values()) == {3}
    facts = json.loads((tmp_path / "out" / "none" / "export.json").read_text())
    assert facts["trained_answers"] == 3 and facts["rows_with_untrained"] == 1
    assert "| answers trained on | 3 |" in (tmp_path / "out" / "none" / "README.md").read_text()


def test_without_such_answers_nothing_is_set(tmp_path, phi):
    _, lines = exported(Format.AXOLOTL, tmp_path, phi, [make_row(1, turns=3)])
    assert "train" not in json.dumps(lines)
    settings = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text())
    assert "message_field_training" not in settings["datasets"][0]
