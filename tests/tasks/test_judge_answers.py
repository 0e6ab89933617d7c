"""A judge is asked about open answers alone, and what it says is told apart from what code says."""

import pytest

from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.steps import CheckAnswer
from sysgen_distilabel.tasks import JudgeAnswers
from tests.tasks.test_tasks import AnsweringLLM, run_task

SKY = {"role": "user", "content": "Why is the sky blue?"}
ORIGINAL = {"role": "assistant", "content": "Air scatters blue light. So it reaches us from all sides."}
ALIGNED = {"role": "assistant", "content": "Because the air spreads blue light. It comes from everywhere."}
SUM = {"role": "user", "content": "What is 4 + 4?"}
EIGHT = {"role": "assistant", "content": "#### 8"}
NINE = {"role": "assistant", "content": "#### 9"}


def row(*turns, aligned):
    step = CheckAnswer()
    step.load()
    start = {"role": "system", "content": "Be brief."}
    (compared,) = next(step.process([{"messages": list(turns), "aligned_messages": [start, *aligned]}]))
    return compared


OPEN = (SKY, ORIGINAL, SUM, EIGHT)
NEW = (SKY, ALIGNED, SUM, NINE)


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("Answer: Same", "same"),
        ('{"Answer": "Different"}', "different"),
        ("Answer: Unknown", "unknown"),
        ("Hm.", "unknown"),
    ],
)
def test_the_open_answer_alone_is_asked_about(reply, result):
    asked = []

    def judge(messages):
        asked.append(messages[-1]["content"])
        return reply

    before = row(*OPEN, aligned=NEW)
    assert [(entry["result"], entry["judge"]) for entry in before["answer_comparisons"]] == [
        ("unknown", ""),
        ("different", ""),
    ]
    (done,) = run_task(JudgeAnswers(llm=AnsweringLLM.of(judge)), before)
    (question,) = asked
    assert all(text["content"] in question for text in (SKY, ORIGINAL, ALIGNED)) and "4 + 4" not in question
    open_answer, number = done["answer_comparisons"]
    assert (open_answer["result"], bool(open_answer["judge"])) == (result, True)
    assert number == before["answer_comparisons"][1], "what code can tell stays"
    judged = [found for found in done["findings"] if found["kind"] == "judged"]
    assert [found["turn"] for found in judged] == ([1] if result == "different" else [])
    assert done["outcome"] == "pending"


def test_a_different_answer_can_reject_the_row():
    (done,) = run_task(
        JudgeAnswers(llm=AnsweringLLM.of(lambda messages: "Answer: Different"), policy="reject"),
        row(SKY, ORIGINAL, aligned=(SKY, ALIGNED)),
    )
    assert (done["outcome"], done["rejected_by"]) == ("wrong_answer", "judge_answers_0")
    assert done["outcome_detail"].startswith("turn 1: judged: ")


def test_rows_without_an_open_answer_cost_no_call():
    judge = AnsweringLLM.of(lambda messages: "Answer: Same")
    (done,) = run_task(JudgeAnswers(llm=judge), row(SUM, EIGHT, aligned=(SUM, NINE)))
    assert done["usage"][-1]["calls"] == 0


def test_the_simulated_engine_knows_the_question():
    (done,) = run_task(JudgeAnswers(llm=SimulatedLLM()), row(SKY, ORIGINAL, aligned=(SKY, ORIGINAL)))
    (again,) = run_task(JudgeAnswers(llm=SimulatedLLM()), row(SKY, ORIGINAL, aligned=(SKY, ALIGNED)))
    assert done["usage"][-1]["calls"] == 0, "the same words need no judge"
    assert again["answer_comparisons"][0]["judge"] == "simulated" and again["usage"][-1]["calls"] == 1
