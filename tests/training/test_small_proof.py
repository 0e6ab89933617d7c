"""The script of the small proof: its messages, its held-out prompts, and the way from rows to trainings."""

import json

import pytest

from sysgen_distilabel.constraints.verifiers import Constraint, follows
from tests.benchmarks.small_proof import __main__ as small_proof
from tests.benchmarks.small_proof.prepare import TRAINED, write_inputs
from tests.chat_tokenizers import save_checkpoint
from tests.commands import EXAMPLES


def read(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs([str(EXAMPLES / "mixed.jsonl")], folder, 20, 10, 0)
    return folder


def test_no_question_is_in_both_and_kinds_that_are_new_are_trained_nowhere(inputs):
    rows, held_out = read(inputs / "conversations.jsonl"), read(inputs / "heldout.jsonl")
    assert rows and held_out
    questions = [{row["messages"][0]["content"] for row in each} for each in (rows, held_out)]
    assert not questions[0] & questions[1]
    for row in held_out:
        [rule] = row["constraints"]
        assert (rule["verifier"] in TRAINED) == (row["group"] == "trained")


def test_a_rule_that_the_original_answer_follows_is_not_asked(inputs):
    answers = {}
    for row in read(EXAMPLES / "mixed.jsonl"):
        turns = row.get("messages") or []
        if len(turns) == 2:
            answers[turns[0]["content"]] = turns[1]["content"]
    asked = [row for row in read(inputs / "heldout.jsonl") if row["messages"][0]["content"] in answers]
    for row in asked:
        constraint = Constraint.from_row(row["constraints"][0])
        assert not follows(answers[row["messages"][0]["content"]], constraint)


@pytest.mark.slow
def test_the_way_from_rows_to_trainings(inputs, tmp_path, capsys):
    student = save_checkpoint("qwen2.5", tmp_path / "student", {"embed": [300, 8]})
    small_proof.main(
        [
            str(EXAMPLES / "mixed.jsonl"),
            "--model",
            str(student),
            "--output",
            str(inputs),
            "--run",
            "--llm simulated --limit 16",
            "--prove",
            "--dry-run --max-length 2048",
        ]
    )
    assert "trainings: 4," in capsys.readouterr().out
    report = json.loads((inputs / "run" / "report.json").read_text())
    assert report["rows"]["accepted"] and report["rows"]["input"] == 16
