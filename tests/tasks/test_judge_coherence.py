"""A judge is asked once per conversation of several answers, about each turn behind the first."""

import pytest

from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.tasks import JudgeCoherence
from tests.tasks.test_tasks import AnsweringLLM, run_task
from tests.tasks.test_turn_modes import MESSAGES

ALIGNED = [{"role": "system", "content": "Secret message."}, *MESSAGES]


def judge(reply, messages=ALIGNED, **fields):
    asked = []

    def answer(given):
        asked.append(given[-1]["content"])
        return reply

    row = {"aligned_messages": messages, **fields}
    (done,) = run_task(JudgeCoherence(llm=AnsweringLLM.of(answer)), row)
    return asked, done


@pytest.mark.parametrize(
    ("reply", "verdicts"),
    [
        ("Turn 2: Not Coherent\nTurn 3: Coherent", ["not_coherent", "coherent"]),
        ('{"Turn 2": "Coherent", "Turn 3": "Unknown"}', ["coherent", "unknown"]),
        ("Turn 3: Coherent", ["unreadable", "coherent"]),
        ("It reads well.", ["unreadable", "unreadable"]),
    ],
)
def test_each_turn_behind_the_first_has_its_verdict(reply, verdicts):
    asked, done = judge(reply)
    assert [(entry["turn"], entry["verdict"]) for entry in done["coherence"]] == list(
        zip((2, 3), verdicts, strict=True)
    )
    assert all(bool(entry["detail"]) == (entry["verdict"] == "unreadable") for entry in done["coherence"])
    assert "Turn 1" not in asked[0].partition("## [To Judge]")[2]
    assert all(turn["content"] in asked[0] for turn in MESSAGES) and "Secret" not in asked[0]


@pytest.mark.parametrize(
    "row", [{"messages": ALIGNED[:3]}, {"outcome": "leak"}, {"messages": [], "outcome": "no_reply"}]
)
def test_nothing_is_asked_of_single_answers_and_rejected_rows(row):
    asked, done = judge("Turn 2: Coherent", **row)
    assert asked == [] and done["coherence"] == []


def test_the_simulated_engine_knows_the_question():
    (done,) = run_task(JudgeCoherence(llm=SimulatedLLM()), {"aligned_messages": ALIGNED})
    assert [entry["turn"] for entry in done["coherence"]] == [2, 3]
    assert {entry["verdict"] for entry in done["coherence"]} <= {"coherent", "not_coherent", "unknown"}
