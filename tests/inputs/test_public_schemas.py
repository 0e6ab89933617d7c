"""Public data sets as they are: recognised, read, set aside and counted, through check, run and export."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.inputs.tool_schemas import name_tools
from sysgen_distilabel.workflows.preflight.survey import Survey
from tests.commands import ROOT, read_dataset, sysgen
from tests.inputs.public_rows import SCHEMAS

NAMES = {name: f"{number:02d}" for number, name in enumerate(SCHEMAS)}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_read_and_counted(name):
    schema = SCHEMAS[name]
    survey = Survey()
    summary = survey.watch(open_input(schema.rows)).scan()
    rejected = Counter(outcome for outcome in schema.outcomes if outcome != "accepted")
    assert summary.readable_rows == len(schema.rows) - rejected.total()
    assert survey.bad_outcomes == rejected
    assert survey.notes == schema.notes
    assert survey.with_system_message == schema.systems
    readable = [
        row for row, outcome in zip(schema.rows, schema.outcomes, strict=True) if outcome == "accepted"
    ]
    assert sum(name_tools(to_messages(row).tools) == ["weather"] for row in readable) == schema.tools
    assert summary.has_tools == bool(schema.tools)


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("public") / "shards"
    folder.mkdir()
    for name, schema in SCHEMAS.items():
        rows = [row | {"source_id": f"{NAMES[name]}-{number}"} for number, row in enumerate(schema.rows)]
        (folder / f"{NAMES[name]}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def finished(shards) -> Path:
    process = sysgen("run", shards, "--llm", "simulated", "--output", shards.parent / "run")
    assert process.returncode == 0, process.stderr
    return shards.parent / "run"


def test_check_counts_them(shards):
    process = sysgen("check", shards, "--llm", "simulated")
    assert process.returncode == 0, process.stdout + process.stderr
    said = " ".join(process.stdout.split())
    outcomes = Counter(outcome for schema in SCHEMAS.values() for outcome in schema.outcomes)
    notes = sum((Counter(schema.notes) for schema in SCHEMAS.values()), Counter())
    systems = sum(schema.systems for schema in SCHEMAS.values())
    bad = outcomes.total() - outcomes["accepted"]
    assert f"{bad} of {outcomes.total()} rows hold no conversation" in said
    for outcome in ("bad_input", "media_input", "unanswered_input"):
        assert f"{outcomes[outcome]} {outcome}" in said
    assert f"{notes['reasoning']} rows with reasoning beside the answers, which is set aside." in said
    assert "Keys of turns that are not kept: 'lang' in 1 row." in said
    assert f"{systems} rows come with a system message" in said


@pytest.mark.slow
def test_a_run_gives_every_row_its_outcome(finished):
    rows = read_dataset(finished)
    found = {row["source_id"]: row["outcome"] for subset in rows.values() for row in subset}
    assert found == {
        f"{NAMES[name]}-{number}": outcome
        for name, schema in SCHEMAS.items()
        for number, outcome in enumerate(schema.outcomes)
    }


@pytest.mark.slow
def test_tools_come_into_the_dataset_without_a_setting(finished):
    rows = {row["source_id"]: row["tools"] for row in read_dataset(finished)["accepted"]}
    for name, number in (("OpenAI fine-tuning", 1), ("SmolTalk2", 2), ("SmolTalk2", 3), ("Dolci", 1)):
        assert name_tools(rows[f"{NAMES[name]}-{number}"]) == ["weather"]
    assert sum(map(bool, rows.values())) == 4


def test_tool_calls_come_through_all_phases(finished):
    rows = {row["source_id"]: row for row in read_dataset(finished)["accepted"]}
    row = rows[f"{NAMES['OpenAI fine-tuning']}-1"]
    roles = ["user", "assistant", "tool", "assistant"]
    assert [turn["role"] for turn in row["messages"]] == roles
    assert [turn["role"] for turn in row["aligned_messages"]] == ["system", *roles]
    assert row["aligned_messages"][2:4] == row["messages"][1:3]
    assert '"name": "weather"' in row["messages"][1]["content"]
    assert row["aligned_messages"][4]["content"] != row["messages"][3]["content"]


@pytest.mark.parametrize("layout", ["messages", "sharegpt", "alpaca", "trl-prompt-completion"])
def test_exports_have_calls_and_marks_in_their_places(finished, layout):
    process = sysgen("export", finished, "--format", layout, "--output", finished.parent / layout)
    assert process.returncode == 0, process.stderr
    lines = [json.loads(line) for line in (finished.parent / layout / "train.jsonl").read_text().splitlines()]
    by_id = {line["source_id"]: line for line in lines}
    marked, called = (f"{NAMES['OpenAI fine-tuning']}-{number}" for number in (0, 1))
    accepted = len(read_dataset(finished)["accepted"])
    if layout == "alpaca":
        assert (
            called not in by_id
            and "dropped: the layout or the chat template has no place for its turns" in process.stdout
        )
        return
    assert len(by_id) == accepted
    if layout == "messages":
        turns = by_id[called]["messages"]
        assert turns[2]["content"] == "" and turns[2]["tool_calls"][0]["function"]["name"] == "weather"
        assert turns[3]["tool_call_id"] == "c1"
        assert [turn.get("weight") for turn in by_id[marked]["messages"]] == [None, None, 0, None, 1]
    elif layout == "sharegpt":
        turns = by_id[called]["conversations"]
        assert [turn["from"] for turn in turns] == ["system", "human", "function_call", "observation", "gpt"]
        assert json.loads(turns[2]["value"]) == {"name": "weather", "arguments": {"city": "Bonn"}}
    else:
        assert by_id[called]["prompt"][2]["tool_calls"] and by_id[called]["completion"][0]["content"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "turns"),
    [
        (("--trailing-user", "answer"), ["user", "assistant", "user", "assistant"]),
        (("--trailing-user", "drop"), ["user", "assistant"]),
        (("--prompts-only",), ["user", "assistant", "user", "assistant"]),
    ],
)
def test_prompts_and_last_turns_are_answered_when_asked(tmp_path, flags, turns):
    (tmp_path / "rows.jsonl").write_text(json.dumps(SCHEMAS["WildChat"].rows[0]) + "\n")
    run = tmp_path / "run"
    process = sysgen("run", tmp_path / "rows.jsonl", "--llm", "simulated", "--output", run, *flags)
    assert process.returncode == 0, process.stderr
    (row,) = read_dataset(run)["accepted"]
    assert [turn["role"] for turn in row["aligned_messages"][1:]] == turns
    for command in (("show", run), ("report", run), ("export", run, "--format", "messages")):
        assert sysgen(*command).returncode == 0


def test_the_table_in_the_docs_names_every_schema():
    table = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8")
    for name in SCHEMAS:
        assert f"| {name} |" in table
