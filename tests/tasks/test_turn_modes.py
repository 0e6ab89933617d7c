"""A conversation of three turns, whose second user turn speaks of the first answer, in all modes."""

import pytest
from distilabel.steps.tasks.base import Task

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.tasks import GenerateAlignedResponse
from tests.tasks.test_tasks import AnsweringLLM, run_task

MESSAGES = [
    {"role": "user", "content": "Plan a day in Porto Verde."},
    {"role": "assistant", "content": "See the lighthouse, at noon."},
    {"role": "user", "content": "Drop the lighthouse you mentioned."},
    {"role": "assistant", "content": "Then see the harbour."},
    {"role": "user", "content": "How do I boil an egg?"},
    {"role": "assistant", "content": "Eight minutes."},
]
PHRASES = [
    {"functionality": "Style", "text": "Do not use commas.", "verdict": "Good"},
    {"functionality": "Role", "text": "Be kind.", "verdict": "Good"},
]
CONSTRAINTS = [{"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Do not use commas."}]
ROW = {
    "messages": MESSAGES,
    "system_message": "Do not use commas. Be kind.",
    "phrases": PHRASES,
    "constraints": CONSTRAINTS,
}


class Engine:
    """Answers with `NEW` and the number of turns, rewrites to `rewritten`, and judges as told."""

    def __init__(self, verdicts="Overall: Aligned\nRole: Aligned", rewritten="Drop the museum."):
        self.verdicts, self.rewritten = verdicts, rewritten
        self.asked = []

    def __call__(self, messages):
        prompt = messages[-1]["content"]
        if prompt.endswith("## [Rewritten User Turn]"):
            self.asked.append("rewrite")
            return self.rewritten
        if prompt.endswith("## [Alignment Verdicts]"):
            self.asked.append("judge")
            return self.verdicts
        self.asked.append([message["content"] for message in messages[1:]])
        return f"NEW {len(messages) // 2}"


def answer(engine, row=ROW, **settings):
    task = GenerateAlignedResponse(llm=AnsweringLLM.of(engine), **settings)
    (row,) = run_task(task, row)
    assert row["outcome"] == "accepted", row["outcome_detail"]
    return row, [turn["content"] for turn in row["aligned_messages"][1:]]


def test_regenerate_leaves_the_user_turns_and_notes_nothing():
    engine = Engine()
    row, texts = answer(engine)
    assert texts == [
        MESSAGES[0]["content"], "NEW 1", MESSAGES[2]["content"], "NEW 2", MESSAGES[4]["content"], "NEW 3",
    ]  # fmt: skip
    assert "answer_turns" not in row and len(engine.asked) == 3


def test_rewrite_fits_the_referring_turn_to_the_new_answer():
    engine = Engine()
    row, texts = answer(engine, turns="rewrite")
    assert texts == [
        MESSAGES[0]["content"], "NEW 1", "Drop the museum.", "NEW 2", MESSAGES[4]["content"], "NEW 3",
    ]  # fmt: skip
    assert engine.asked == [texts[:1], "rewrite", texts[:3], texts[:5]], "answers see the rewritten turn"
    assert row["answer_turns"] == [
        {"turn": 1, "answer": "regenerated", "refers_back": 0, "rewritten_from": ""},
        {"turn": 2, "answer": "regenerated", "refers_back": 1, "rewritten_from": MESSAGES[2]["content"]},
        {"turn": 3, "answer": "regenerated", "refers_back": 0, "rewritten_from": ""},
    ]
    assert row["messages"] == MESSAGES


@pytest.mark.parametrize("useless", ["", "Certainly! " + "Here is a whole answer instead. " * 20])
def test_a_turn_whose_rewriting_fails_stays_as_it_is(useless):
    engine = Engine(rewritten=useless)
    row, texts = answer(engine, turns="rewrite", max_attempts=2)
    assert texts[2] == MESSAGES[2]["content"] and engine.asked.count("rewrite") == 2
    assert [(entry["refers_back"], entry["rewritten_from"]) for entry in row["answer_turns"]][1] == (1, "")


def test_keep_keeps_what_follows_by_program_and_by_verdict():
    engine = Engine()
    row, texts = answer(engine, turns="keep")
    assert texts[1::2] == ["NEW 1", "NEW 2", "Eight minutes."]
    assert engine.asked == ["judge", texts[:1], texts[:3]], "a broken constraint needs no verdict"
    assert [entry["answer"] for entry in row["answer_turns"]] == ["regenerated", "regenerated", "kept"]


@pytest.mark.parametrize("verdicts", ["Overall: Aligned\nRole: Not Aligned", "Role: Unknown", "Who knows?"])
def test_keep_regenerates_what_is_not_found_to_follow(verdicts):
    _, texts = answer(Engine(verdicts), turns="keep")
    assert texts[1::2] == ["NEW 1", "NEW 2", "NEW 3"]


def test_keep_asks_nothing_where_programs_check_every_phrase():
    engine = Engine()
    _, texts = answer(engine, {**ROW, "phrases": PHRASES[:1]}, turns="keep")
    assert "judge" not in engine.asked and texts[-1] == "Eight minutes."


def test_keep_regenerates_the_answer_to_a_turn_that_speaks_of_a_regenerated_one():
    row, _ = answer(Engine(), turns="keep")
    assert [entry["answer"] for entry in row["answer_turns"]] == ["regenerated", "regenerated", "kept"]
    followed = [{**turn, "content": turn["content"].replace(",", "")} for turn in MESSAGES]
    row, _ = answer(Engine(), {**ROW, "messages": followed}, turns="keep")
    assert [entry["answer"] for entry in row["answer_turns"]] == ["kept"] * 3


@pytest.mark.parametrize("named", [{"turns": "last"}, {"keep_earlier_turns": True}])
def test_last_regenerates_the_last_answer_after_the_original_ones(named):
    engine = Engine()
    row, texts = answer(engine, **named)
    assert texts == [*(turn["content"] for turn in MESSAGES[:5]), "NEW 3"]
    assert engine.asked == [texts[:5]]
    assert [entry["answer"] for entry in row["answer_turns"]] == ["original", "original", "regenerated"]


def test_candidates_of_rewritten_conversations_are_refused():
    with pytest.raises(ConfigError, match="candidate"):
        GenerateAlignedResponse(llm=AnsweringLLM.of(""), turns="rewrite", candidates=2).load()


@pytest.mark.parametrize("mode", ["regenerate", "rewrite", "keep", "last"])
def test_the_simulated_engine_answers_every_mode(mode):
    task: Task = GenerateAlignedResponse(llm=SimulatedLLM(), turns=mode)
    (row,) = run_task(task, ROW)
    assert row["outcome"] == "accepted" and len(row["aligned_messages"]) == 7
    if mode == "rewrite":
        assert row["aligned_messages"][3]["content"].startswith(f"{MESSAGES[2]['content']} (")


def test_what_a_model_thinks_is_kept_apart_where_that_is_asked_for():
    thoughts = iter(["first", "second", "third"])

    def answer(messages):
        assert "<think>" not in str(messages)
        return f"<think>\n{next(thoughts)}\n</think>\n\nAn answer."

    task = GenerateAlignedResponse(llm=AnsweringLLM.of(answer), keep_reasoning=True)
    (row,) = run_task(task, ROW)
    assert row["reasoning"] == ["first", "second", "third"]
    assert "think" not in str(row["aligned_messages"])

    thoughts = iter(["first", "second", "third"])
    (plain,) = run_task(GenerateAlignedResponse(llm=AnsweringLLM.of(answer)), ROW)
    assert "reasoning" not in plain and plain["aligned_messages"] == row["aligned_messages"]


def test_reasoning_is_kept_of_one_candidate():
    task = GenerateAlignedResponse(llm=AnsweringLLM.of("x"), keep_reasoning=True, candidates=2)
    with pytest.raises(ConfigError, match="one candidate"):
        task.load()
