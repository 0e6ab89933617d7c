"""A run over conversations with tools; its server calls as the source does, otherwise, or not at all."""

from __future__ import annotations

import json

import pytest
import yaml

from sysgen_distilabel.export.export_run import export_run
from sysgen_distilabel.export.export_view import describe_export
from sysgen_distilabel.export.plan import Options
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, simulated_answer
from tests.endpoint_server import TAKING_TOOLS, EndpointServer, told

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
pytestmark = pytest.mark.slow  # a run through all phases


def call(**arguments):
    return {
        "id": "c1", "type": "function", "function": {"name": "weather", "arguments": json.dumps(arguments)},
    }  # fmt: skip


RECORDED = call(city="Bonn", days=1)
QUESTION = "What will the weather be like in Bonn tomorrow? ({case})"
SAME = told(None, "tool_calls", tool_calls=[call(days=1.0, city="Bonn")])
OTHER = told(None, "tool_calls", tool_calls=[call(city="Berlin")])
SAYS = told("Twelve degrees, so take a coat with you.")
FIRST = {"same": SAME, "other": OTHER, "none": SAYS, "again": SAME, "plain": SAYS, "bold": OTHER}
"""What the server says where the source calls the tool, or to a row without calls."""
LAST = {"again": OTHER}
"""What it says to the result, if not an answer."""
NOTES = {
    "same": [(1, "same")],
    "other": [(1, "other")],
    "none": [(1, "none")],
    "again": [(1, "same"), (1, "other")],
    "plain": [],
    "bold": [(1, "other")],
}


def behave(messages, count):
    asked = messages[-1]["content"] if messages[-1]["role"] != "tool" else messages[1]["content"]
    case = next((case for case in FIRST if asked == QUESTION.format(case=case)), None)
    if case is None:  # phases 1 and 3
        return told(simulated_answer(messages))

    def act(exchange):
        behaviour = LAST.get(case, SAYS) if messages[-1]["role"] == "tool" else FIRST[case]
        is_free = exchange.request_body.get("tool_choice") == "auto"
        (behaviour if is_free else SAYS)(exchange)

    return act


def conversation(case):
    middle = [
        {"role": "assistant", "content": None, "tool_calls": [RECORDED]},
        {"role": "tool", "content": "12 °C", "tool_call_id": "c1"},
    ]
    return [
        {"role": "user", "content": QUESTION.format(case=case)},
        *(middle if case not in ("plain", "bold") else []),
        {"role": "assistant", "content": "It will be 12 °C."},
    ]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    place = tmp_path_factory.mktemp("tools")
    lines = [{"id": case, "messages": conversation(case), "tools": [TOOL]} for case in FIRST]
    (place / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with EndpointServer(behave, template=TAKING_TOOLS) as server:
        config = RunConfig(input=str(place / "rows.jsonl"), model="m", base_url=server.base_url)
        run(config, place / "out")
        bodies = [body for body in server.bodies if "tools" in body and body["tools"] == [TOOL]]
    return place / "out", bodies


@pytest.fixture(scope="module")
def accepted(finished):
    return {row["source_id"]: row for row in read_dataset(finished[0])["accepted"]}


def test_every_row_says_what_became_of_its_tools(accepted):
    found = {
        case: [(note["turn"], note["call"]) for note in accepted[case]["tool_turns"]] for case in accepted
    }
    assert found == NOTES
    made = {
        note["made"] for row in accepted.values() for note in row["tool_turns"] if note["call"] == "other"
    }
    assert made == {'<tool_call>\n{"name": "weather", "arguments": {"city": "Berlin"}}\n</tool_call>'}
    for case, row in accepted.items():
        assert [turn["role"] for turn in row["aligned_messages"][1:]] == [
            turn["role"] for turn in row["messages"]
        ]
        assert row["aligned_messages"][2:-1] == row["messages"][1:-1], "calls and results are the source's"
        assert row["aligned_messages"][-1]["content"].startswith("Twelve degrees"), case


def test_the_recorded_result_is_replayed_and_the_answer_asked_with_the_tools(finished):
    bodies = {
        case: [b for b in finished[1] if b["messages"][1]["content"] == QUESTION.format(case=case)]
        for case in FIRST
    }
    assert all(body["tool_choice"] in ("auto", "none") for case in bodies.values() for body in case)
    asked, answered = bodies["same"]
    assert [turn["role"] for turn in asked["messages"]] == ["system", "user"]
    assert answered["messages"][2] == {"role": "assistant", "content": "", "tool_calls": [RECORDED]}
    assert answered["messages"][3] == {"role": "tool", "content": "12 °C", "tool_call_id": "c1"}
    choices = {case: [body["tool_choice"] for body in bodies[case]] for case in FIRST}
    assert choices["other"] == choices["none"] == ["auto", "auto"], "the source's call and result go on"
    assert choices["again"] == ["auto", "auto", "none"] and choices["bold"] == ["auto", "none"]


def test_report_and_card_count_them(finished, accepted):
    report = json.loads((finished[0] / "report.json").read_text())
    calls = [note["call"] for row in accepted.values() for note in row["tool_turns"]]
    tools = report["variety"]["tools"]
    assert tools["accepted_rows"] == tools["offered"] == len(FIRST)
    assert tools["calls"] == {name: calls.count(name) for name in ("same", "other", "none", "unasked")}
    assert tools["calls"] == {"same": 2, "other": 3, "none": 1, "unasked": 0}
    assert (
        tools["not_as_recorded"]
        == sum(bool({"other", "none"} & {c for _, c in NOTES[x]}) for x in NOTES)
        == 4
    )
    page = " ".join((finished[0] / "report.html").read_text().split())
    assert "recorded, whose result it was given, 2 times, another 3 times, none where" in page
    card = (finished[0] / "dataset" / "README.md").read_text()
    assert "it made the same call 2 times" in card and "4 rows have one of these" in card


@pytest.mark.parametrize(
    ("layout", "learnt"),
    [("axolotl", "not trained on"), ("trl-prompt-completion", "not trained on"), ("unsloth", "trained on")],
)
def test_an_export_says_whose_calls_it_trains_on(finished, tmp_path, layout, learnt):
    exported = export_run(RunDirectory(finished[0]), Options(Format(layout)), tmp_path)
    said = " ".join(describe_export(exported, tmp_path))
    assert (
        f"3 rows have tool calls of the source that the model did not make under the message: {learnt}"
        in said
    )
    assert "was not offered" not in said
    facts = json.loads((tmp_path / "export.json").read_text())
    assert (facts["rows_without_offer"], facts["rows_with_source_calls"]) == (0, 3)
    assert f"under the system message; they are {learnt}." in (tmp_path / "README.md").read_text()
    if layout == "axolotl":
        lines = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
        (dataset,) = yaml.safe_load((tmp_path / "axolotl.yaml").read_text())["datasets"]
        assert dataset["message_field_training"] == "train"
        marks = {line["source_id"]: [turn.get("train") for turn in line["messages"]] for line in lines}
        assert marks["same"] == [None] * 5 and marks["other"] == [None, None, False, None, None]
