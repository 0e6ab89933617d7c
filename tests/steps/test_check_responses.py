"""Responses are held against the original answers, in a Step, in the Task and in whole runs."""

import json

import pytest

from sysgen_distilabel.checks.check_table import CHECKS, Subject
from sysgen_distilabel.checks.response_finders import RESPONSE_FINDERS
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import CheckAnswer, CheckAnswerFaults, CheckResponses
from sysgen_distilabel.tasks import GenerateAlignedResponse
from sysgen_distilabel.workflows.run import run
from tests.tasks.test_tasks import AnsweringLLM, run_task

QUESTION = "She sold 48 clips in April, and half as many in May. How many did she sell in all?"
ORIGINAL = "In May 48/2 = 24, so 48+24 = 72.\n#### 72"
RIGHT = "She sold 24 in May. Altogether that makes 72 clips."
WRONG = "48 - 24 = 24. The answer is 24."
REFUSAL = "I'm sorry, but I can't help with that request."


def row(*responses, original=ORIGINAL):
    messages = [
        {"role": role, "content": text}
        for _ in responses
        for role, text in (("user", QUESTION), ("assistant", original))
    ]
    aligned = [{**turn} for turn in messages]
    for turn, text in zip(aligned[1::2], responses, strict=True):
        turn["content"] = text
    system = {"role": "system", "content": "Be friendly."}
    return {"messages": messages, "aligned_messages": [system, *aligned], "outcome": "accepted"}


def check(step, given):
    step.load()
    (found,) = next(step.process([given]))
    return found


def test_there_is_a_finder_for_every_check_of_responses():
    assert list(RESPONSE_FINDERS) == [n for n, c in CHECKS.items() if c.subject is Subject.RESPONSES]


def test_a_wrong_answer_is_marked_with_both_values_and_its_turn():
    found = check(CheckResponses(checks={"answers": "mark"}), row(RIGHT, WRONG))
    compared = [(c["turn"], c["result"], c["kind"]) for c in found["answer_comparisons"]]
    assert compared == [(1, "same", "number"), (2, "different", "number")]
    (finding,) = found["findings"]
    place = (finding["check"], finding["turn"], finding["phase"], finding["action"])
    assert place == ("answers", 2, 4, "marked")
    assert "24" in finding["evidence"] and "72" in finding["evidence"]
    assert found["outcome"] == "accepted" and found["checked"] == ["faults", "answers"]


def test_rejecting_names_the_reason_and_the_turn():
    found = check(CheckAnswer(name="answers", policy="reject"), row(RIGHT, WRONG))
    assert (found["outcome"], found["rejected_by"]) == ("wrong_answer", "answers")
    assert found["outcome_detail"].startswith("turn 2: number: ")
    refused = check(CheckAnswerFaults(), row(REFUSAL))
    assert refused["outcome"] == "faulty_answer" and "refusal" in refused["outcome_detail"]
    assert check(CheckAnswerFaults(), row(RIGHT))["outcome"] == "accepted"


def test_open_text_is_unknown_and_no_finding():
    found = check(CheckAnswer(), row("A quiet sea.", original="Waves in the evening light."))
    assert found["answer_comparisons"][0]["result"] == "unknown" and not found["findings"]


@pytest.mark.parametrize("wrong", [WRONG, REFUSAL])
def test_a_wrong_answer_is_asked_for_again_without_a_word_of_the_original(wrong):
    asked = []

    def answer(messages):
        asked.append(messages)
        return RIGHT if len(asked) > 1 else wrong

    checks = {"answers": "regenerate", "faults": "regenerate"}
    task = GenerateAlignedResponse(llm=AnsweringLLM.of(answer), max_attempts=3, checks=checks)
    given = {"messages": row(RIGHT)["messages"], "system_message": "Be friendly."}
    (found,) = run_task(task, given)
    assert found["aligned_messages"][-1]["content"] == RIGHT and len(asked) == 2
    assert {finding["action"] for finding in found["findings"]} == {"regenerated"}
    assert ORIGINAL not in json.dumps(asked)


@pytest.mark.slow
def test_a_run_counts_what_its_responses_reach(tmp_path):
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"{QUESTION} ({n})"},
                {"role": "assistant", "content": ORIGINAL},
            ]
        }
        for n in range(6)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    settings = {"input": str(tmp_path / "rows.jsonl"), "llm": "simulated"}
    report = run(RunConfig(**settings, checks={"answers": "mark"}), tmp_path / "run").directory.read_report()
    answers = report["checks"]["answers"]
    assert sum(sum(counts.values()) for counts in answers["compared"].values()) == answers["rows"] > 0
    strict = run(RunConfig(**settings, checks={"answers": "reject"}), tmp_path / "strict").directory
    wrong = sum(counts["different"] for counts in answers["compared"].values())
    assert strict.read_report()["rows"]["rejected"].get("wrong_answer", 0) == wrong
    assert "as in the original" in (tmp_path / "run" / "report.html").read_text()
