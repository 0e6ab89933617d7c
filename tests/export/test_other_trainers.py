"""What trainers besides TRL, Axolotl and LLaMA-Factory are given: lines, and settings by the names they know.

The names are read from the versions named in `fixtures/trainers`. Their own readers were run on such exports
when the layouts were made (`docs/formats.md` says which): they install beside neither each other nor us.
"""

import ast
import json
import shlex

import pyarrow.parquet as pq
import pytest
import yaml

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.format_table import write_format_table
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import PAIRED, Format, Spared
from tests.chat_tokenizers import save_tokenizer
from tests.commands import ROOT
from tests.export.rows import make_pair, make_row
from tests.export.test_trained_turns import row_of_mode_last
from tests.export.test_write import export, read_lines, row_with_tools

FIELDS = {
    trainer: {kind: set(names.split()) for kind, names in kinds.items()}
    for trainer, kinds in json.loads((ROOT / "tests/fixtures/trainers/fields.json").read_text()).items()
}


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


def exported(layout, tmp_path, phi, rows=None):
    counts = export(rows or [make_row(1, turns=2, length=0)], tmp_path / "out", tokenizer=phi, layout=layout)
    return counts, tmp_path / "out"


def test_the_docs_list_the_formats():
    assert f"\n{write_format_table()}" in (ROOT / "docs" / "formats.md").read_text()


@pytest.mark.parametrize("layout", [Format.OPENRLHF, Format.VERL, Format.MS_SWIFT, Format.TORCHTUNE])
def test_settings_have_names_that_the_trainer_knows(layout, tmp_path, phi):
    _, folder = exported(layout, tmp_path, phi)
    if layout is Format.OPENRLHF:
        words = shlex.split((folder / "openrlhf.sh").read_text(), comments=True)
        used = {word for word in words if word.startswith("--")} - {"--module"}
        assert used <= FIELDS["openrlhf 0.11.2"]["arguments"] and "--data.apply_chat_template" in used
    elif layout is Format.VERL:
        words = shlex.split((folder / "verl.sh").read_text(), comments=True)
        used = {word.partition("=")[0] for word in words if "." in word.partition("=")[0] and "=" in word}
        assert used <= FIELDS["verl 0.9.1"]["config"] and "data.truncation=error" in words
    elif layout is Format.MS_SWIFT:
        config = yaml.safe_load((folder / "swift.yaml").read_text())
        assert set(config) <= FIELDS["ms-swift 4.6.0"]["arguments"] and config["learning_rate"] == 1e-6
    else:
        config = yaml.safe_load((folder / "torchtune.yaml").read_text())["dataset"]
        assert set(config) - {"_component_", "data_files"} <= FIELDS["torchtune 0.6.1"]["chat_dataset"]


def test_openrlhf_gets_a_line_for_each_answer_as_it_learns_the_last_alone(tmp_path, phi):
    _, folder = exported(Format.OPENRLHF, tmp_path, phi)
    lines = read_lines(folder / "train.jsonl")
    assert [line["messages"][-1]["content"] for line in lines] == [
        "Aligned 1 of row 1.",
        "Aligned 2 of row 1.",
    ]
    notes = read_lines(folder / "tokens.jsonl")
    assert [[turn["message"] for turn in note["answers"]] for note in notes] == [[3], [5]]


def test_verl_reads_parquet(tmp_path, phi):
    _, folder = exported(Format.VERL, tmp_path, phi)
    (row,) = pq.read_table(folder / "train.parquet").to_pylist()
    assert row["messages"] == make_row(1, turns=2, length=0)["aligned_messages"]
    assert not (folder / "train.jsonl").exists()


def test_marks_of_each_trainer(tmp_path, phi):
    _, folder = exported(Format.MS_SWIFT, tmp_path / "swift", phi, [row_of_mode_last()])
    marks = [turn.get("loss") for turn in read_lines(folder / "train.jsonl")[0]["messages"]]
    assert marks == [None, None, False, None, False, None, None]
    _, folder = exported(Format.NEMO_RL, tmp_path / "nemo", phi, [row_of_mode_last()])
    assert read_lines(folder / "train.jsonl")[0]["message_loss_mask"] == [0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("layout", [layout for layout in Format if layout.facts.spared is Spared.NOTHING])
def test_rows_are_left_out_where_nothing_keeps_an_answer_from_being_learnt(layout, tmp_path, phi):
    counts, _ = exported(layout, tmp_path, phi, [row_of_mode_last(1), make_row(2)])
    assert dict(counts.dropped) == {Problem.NO_MARK: 1} and counts.exported == 1


def test_harmony_has_the_message_said_by_the_developer_and_answers_that_are_final(tmp_path, phi):
    _, folder = exported(Format.HARMONY, tmp_path, phi, [row_with_tools()])
    system, developer, user, answer = read_lines(folder / "train.jsonl")[0]["messages"]
    assert system == {"role": "system", "content": [{"type": "system_content"}]}
    (content,) = developer["content"]
    assert (
        content["instructions"] == "Be number 0."
        and content["tools"]["functions"]["tools"][0]["name"] == "look_up"
    )
    assert user["content"] == [{"type": "text", "text": "Question 1 of row 0?"}]
    assert answer["channel"] == "final" and user["role"] == "user"


def test_the_student_of_sdft_is_not_shown_the_message_and_the_teacher_is(tmp_path, phi):
    _, folder = exported(Format.SDFT, tmp_path, phi)
    lines = read_lines(folder / "train.jsonl")
    assert len(lines) == 2 and {line["privileged_context"] for line in lines} == {"Be number 1."}
    assert [turn["role"] for turn in lines[1]["prompt"]] == ["user", "assistant", "user"]
    settings = yaml.safe_load((folder / "sdft.yaml").read_text())
    shown = settings["teacher_prompt_template"].format(privileged_context="Be kind.", prompt="Why?")
    assert shown == "Be kind.\n\nWhy?"


def test_kto_has_a_line_for_each_answer_of_a_pair(tmp_path, phi):
    counts, folder = exported(Format.KTO, tmp_path, phi, [make_pair(1)])
    chosen, rejected = read_lines(folder / "train.jsonl")
    assert (chosen["label"], rejected["label"]) == (True, False) and chosen["prompt"] == rejected["prompt"]
    assert chosen["completion"] == make_pair(1)["chosen"] and counts.lines[Arm.SYSGEN] == 2


def test_the_notebook_of_unsloth_masks_whatever_is_not_an_answer(tmp_path, phi):
    _, folder = exported(Format.UNSLOTH, tmp_path, phi)
    (cell,) = json.loads((folder / "unsloth.ipynb").read_text())["cells"]
    tree = ast.parse("".join(cell["source"]))
    (call,) = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "train_on_responses_only"
    ]  # fmt: skip
    parts = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    assert parts == {
        "instruction_part": "<|im_start|>user<|im_sep|>",
        "response_part": "<|im_start|>assistant<|im_sep|>",
    }


@pytest.mark.parametrize("layout", [layout for layout in Format if layout not in PAIRED])
def test_tools_are_in_the_lines_or_said_to_be_lost(layout, tmp_path):
    qwen = str(save_tokenizer("qwen2.5", tmp_path / "qwen"))
    _, folder = exported(layout, tmp_path, qwen, [row_with_tools()])
    named = b"look_up" in (folder / layout.facts.file).read_bytes()
    assert named is bool(layout.facts.tools)
    assert named or "has no place for them" in (folder / "README.md").read_text()
