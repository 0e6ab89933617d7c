"""Runs that go on with accepted conversations: every added answer follows, and reaches the trainer."""

import json

import pytest
from pydantic import ValidationError

from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.export.export_run import export_run
from sysgen_distilabel.export.plan import Options
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.response_turns import find_answers, match_turns
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import EXAMPLES, read_dataset


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run on six conversations; the simulated engine gives one of them a message with a constraint."""
    folder = tmp_path_factory.mktemp("added")
    lines = (EXAMPLES / "mixed.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [*lines[:5], next(line for line in lines if "Photosynthese in" in line)]
    (folder / "rows.jsonl").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    config = RunConfig(
        input=str(folder / "rows.jsonl"),
        llm="simulated",
        turns="keep",
        constraints="mark",
        variety={"added_turns": 3},
    )
    return run(config, folder / "run").directory


def test_checked_rows_go_on_and_every_answer_follows(finished):
    rows = read_dataset(finished.path)["accepted"]
    assert {bool(row["constraints"]) for row in rows} == {True, False}
    for row in rows:
        added = len(row["aligned_messages"]) - 1 - len(row["messages"])
        assert added == (6 if row["constraints"] else 0)
        answers = [row["aligned_messages"][at]["content"] for at in find_answers(row["aligned_messages"])]
        assert not any(find_broken(answer, row["constraints"]) for answer in answers)
        places = match_turns(row["messages"], row["aligned_messages"][1:])
        assert places == [*range(len(row["messages"])), *[None] * added]
        notes = [(note["turn"], note["answer"]) for note in row["answer_turns"]]
        assert len(notes) == len(answers)
        assert [answer == "added" for _, answer in notes] == [place is None for place in places[1::2]]


def test_they_are_trained_on(finished, tmp_path):
    exported = export_run(finished, Options(layout=Format.MESSAGES), tmp_path / "out")
    rows = {row["source_id"]: row for row in read_dataset(finished.path)["accepted"]}
    lines = [json.loads(line) for line in (tmp_path / "out" / "train.jsonl").read_text().splitlines()]
    assert exported.counts.exported == len(lines) == len(rows)
    for line in lines:
        assert line["messages"] == rows[line["source_id"]]["aligned_messages"]


def test_without_constraints_no_answer_is_known_to_follow():
    with pytest.raises(ValidationError, match="needs `constraints`"):
        RunConfig(input="rows.jsonl", llm="simulated", variety={"added_turns": 2})
