"""Each Task outside any pipeline: what it asks, what it makes of replies, and one bad row is one bad row."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from distilabel.models.llms.base import LLM
from distilabel.models.llms.utils import prepare_output
from pydantic import PrivateAttr

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.steps import FilterTags
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

TAGGED = "<<Role>>You are a tutor.<</Role>>"
MESSAGES = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]
TWO_TURNS = [
    *MESSAGES,
    {"role": "user", "content": "And 3 + 3?"},
    {"role": "assistant", "content": "6"},
]
PHRASES = [
    {"functionality": "Role", "text": "You are a tutor.", "verdict": ""},
    {"functionality": "Style", "text": "Be brief.", "verdict": ""},
    {"functionality": "Style", "text": "Be kind.", "verdict": ""},
]


class AnsweringLLM(LLM):
    """Answers with a function of the messages, and keeps what it was asked."""

    _answer: Callable[[list[dict[str, str]]], Any] = PrivateAttr()
    _asked: list[Any] = PrivateAttr(default_factory=list)
    _kwargs: list[dict[str, Any]] = PrivateAttr(default_factory=list)

    @classmethod
    def of(cls, answer):
        llm = cls()
        llm._answer = answer if callable(answer) else lambda _: answer
        return llm

    @property
    def model_name(self):
        return "double"

    def generate(self, inputs, num_generations=1, max_new_tokens=10_000, temperature=1.0):
        """Answer.

        Args:
            inputs: the prompts.
            num_generations: ignored.
            max_new_tokens: kept.
            temperature: kept.
        """
        outputs = []
        for messages in inputs:
            answer = self._answer(messages)
            self._asked.append(messages)
            self._kwargs.append({"max_new_tokens": max_new_tokens, "temperature": temperature})
            outputs.append(prepare_output([answer], input_tokens=[7], output_tokens=[3]))
        return outputs


def run_task(task, *rows):
    task.load()
    try:
        return next(task.process([dict(row) for row in rows]))
    finally:
        task.unload()


def test_generates_an_annotated_system_message_with_the_papers_sampling():
    llm = AnsweringLLM.of(TAGGED)
    (row,) = run_task(GenerateSystemMessage(name="gen", llm=llm), {"messages": MESSAGES})
    assert row["annotated_system_message"] == TAGGED
    assert (row["outcome"], row["outcome_detail"], row["rejected_by"]) == ("pending", "", "")
    assert row["model_name"] == "double"
    assert row["usage"] == [
        {"task": "gen", "model_name": "double", "calls": 1, "prompt_tokens": 7, "completion_tokens": 3}
    ]
    assert llm._kwargs == [{"max_new_tokens": 512, "temperature": 0.7}]
    assert "2 + 2?" in llm._asked[0][1]["content"]


def test_generation_kwargs_of_the_llm_win_over_the_papers():
    llm = AnsweringLLM.of(TAGGED)
    llm.generation_kwargs = {"temperature": 0.0}
    run_task(GenerateSystemMessage(llm=llm), {"messages": MESSAGES})
    assert llm._kwargs == [{"max_new_tokens": 512, "temperature": 0.0}]


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        (GenerateSystemMessage, {"messages": [], "annotated_system_message": ""}),
        (VerifyFunctionalities, {"phrases": []}),
        (GenerateAlignedResponse, {"messages": [], "system_message": "", "aligned_messages": []}),
    ],
)
def test_a_rejected_row_passes_untouched_and_costs_no_call(task, columns):
    def refuse(messages):
        raise AssertionError("asked")

    given = {**columns, "outcome": "bad_input", "outcome_detail": "row 3: no answer", "rejected_by": "load"}
    (row,) = run_task(task(llm=AnsweringLLM.of(refuse)), given)
    assert {name: row[name] for name in given} == given
    assert row["usage"] == [] and row["model_name"] == ""


def test_order_and_number_of_rows_are_kept():
    rows = [
        {"source_id": str(n), "messages": MESSAGES, "outcome": ("pending", "bad_input")[n % 2]}
        for n in range(50)
    ]
    result = run_task(GenerateSystemMessage(llm=AnsweringLLM.of(TAGGED)), *rows)
    assert [row["source_id"] for row in result] == [str(n) for n in range(50)]


def test_a_failing_request_and_a_poisoned_row_harm_no_neighbour():
    def answer(messages):
        if "fail" in messages[-1]["content"]:
            raise ValueError("engine says no")
        return TAGGED

    fine, failing = {"messages": MESSAGES}, {"messages": [{"role": "user", "content": "fail"}, MESSAGES[1]]}
    poisoned = {"messages": [{"role": "user"}]}
    result = run_task(
        GenerateSystemMessage(name="gen", llm=AnsweringLLM.of(answer)), fine, failing, poisoned, fine
    )
    assert [row["outcome"] for row in result] == ["pending", "engine_error", "task_error", "pending"]
    assert "engine says no" in result[1]["outcome_detail"] and "KeyError" in result[2]["outcome_detail"]
    assert [row["rejected_by"] for row in result] == ["", "gen", "gen", ""]
    assert len({tuple(sorted(row)) for row in result}) == 1
    assert all(row["annotated_system_message"] is not None for row in result)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [(None, "no_reply"), ("  \n", "no_reply"), ("<think>hm</think>  ", "no_reply")],
)
def test_an_empty_reply_is_a_reason(reply, outcome):
    (row,) = run_task(GenerateSystemMessage(llm=AnsweringLLM.of(reply)), {"messages": MESSAGES})
    assert row["outcome"] == outcome and row["annotated_system_message"] == ""


def test_a_reply_that_hit_the_limit_is_truncated():
    llm = AnsweringLLM.of("Be")
    llm.generation_kwargs = {"max_new_tokens": 3}
    phrases = [{"functionality": "Role", "text": "A.", "verdict": ""}]
    (row,) = run_task(VerifyFunctionalities(llm=llm), {"phrases": phrases})
    assert row["outcome"] == "truncated_reply"


def test_of_a_truncated_system_message_the_complete_phrases_are_kept():
    llm = AnsweringLLM.of(f"{TAGGED}\n<<Style>>Be very very")
    llm.generation_kwargs = {"max_new_tokens": 3}
    (row,) = run_task(GenerateSystemMessage(llm=llm, max_attempts=3), {"messages": MESSAGES})
    assert (row["outcome"], row["usage"][0]["calls"]) == ("pending", 1)
    (row,) = run_task(FilterTags(repair=True), row)
    assert row["annotated_system_message"].endswith("very very")
    assert [phrase["text"] for phrase in row["phrases"]] == ["You are a tutor."]
    assert [defect.partition("@")[0] for defect in row["tag_defects"]] == ["truncated"]


def test_a_truncated_system_message_without_a_complete_phrase_keeps_its_text():
    llm = AnsweringLLM.of("<<Style>>Be very very")
    llm.generation_kwargs = {"max_new_tokens": 3}
    (row,) = run_task(GenerateSystemMessage(llm=llm), {"messages": MESSAGES})
    (row,) = run_task(FilterTags(repair=True), row)
    assert (row["outcome"], row["annotated_system_message"]) == ("no_valid_phrase", "<<Style>>Be very very")


LOOP = "Be kind and be brief. " * 30


def test_a_loop_in_a_system_message_costs_the_phrase_it_is_in():
    task = GenerateSystemMessage(
        llm=AnsweringLLM.of(f"{TAGGED}\n<<Style>>{LOOP}"), checks={"loops": "reject"}
    )
    (row,) = run_task(task, {"messages": MESSAGES})
    (row,) = run_task(FilterTags(), row)
    assert [phrase["text"] for phrase in row["phrases"]] == ["You are a tutor."]
    assert (row["checked"], row["findings"][0]["action"]) == (["loops"], "dropped")


def test_a_system_message_that_is_nothing_but_a_loop_is_degenerate():
    task = GenerateSystemMessage(llm=AnsweringLLM.of(f"<<Style>>{LOOP}"), checks={"loops": "reject"})
    (row,) = run_task(FilterTags(), *run_task(task, {"messages": MESSAGES}))
    assert row["outcome"] == "degenerate_reply" and row["annotated_system_message"]


@pytest.mark.parametrize(
    ("policy", "outcome", "actions"),
    [("reject", "degenerate_reply", ["regenerated", "rejected"]), ("mark", "accepted", ["marked"])],
)
def test_a_response_in_a_loop_is_asked_for_again_and_then_rejected(policy, outcome, actions):
    llm = AnsweringLLM.of(lambda _: LOOP)
    task = GenerateAlignedResponse(llm=llm, max_attempts=2, checks={"loops": policy})
    (row,) = run_task(task, {"messages": MESSAGES, "system_message": "Be kind."})
    assert row["outcome"] == outcome and row["usage"][0]["calls"] == len(actions)
    assert [found["action"] for found in row["findings"]] == actions
    assert {found["phase"] for found in row["findings"]} == {4}


def test_a_reply_with_a_fault_whose_policy_asks_again_is_asked_for_again():
    copied = f"{TAGGED}<<Style>>Be brief and businesslike.<</Style>>"
    replies = iter([copied, TAGGED])
    llm = AnsweringLLM.of(lambda _: next(replies))
    task = GenerateSystemMessage(llm=llm, max_attempts=2, checks={"copies": "regenerate"})
    (row,) = run_task(task, {"messages": MESSAGES})
    assert row["annotated_system_message"] == TAGGED and row["usage"][0]["calls"] == 2
    assert [(found["functionality"], found["action"]) for found in row["findings"]] == [
        ("Style", "regenerated")
    ]


def test_reasoning_is_not_output():
    reply = f"<think><<Role>>wrong<</Role>></think>\n{TAGGED}"
    (row,) = run_task(GenerateSystemMessage(llm=AnsweringLLM.of(reply)), {"messages": MESSAGES})
    assert row["annotated_system_message"] == TAGGED


def test_further_attempts_are_made_for_malformed_replies_and_counted():
    replies = iter(["no tags", "<<Rolle>>x", TAGGED])
    task = GenerateSystemMessage(llm=AnsweringLLM.of(lambda _: next(replies)), max_attempts=4)
    (row,) = run_task(task, {"messages": MESSAGES})
    assert row["annotated_system_message"] == TAGGED and row["usage"][0]["calls"] == 3


def test_the_last_attempt_stands_so_that_the_filter_can_say_what_is_wrong():
    task = GenerateSystemMessage(llm=AnsweringLLM.of("no tags"), max_attempts=2)
    (row,) = run_task(task, {"messages": MESSAGES})
    assert (row["annotated_system_message"], row["outcome"]) == ("no tags", "pending")


def test_a_dead_engine_stops_the_task_instead_of_rejecting_every_row():
    def gone(messages):
        raise ConnectionError("refused")

    rows = [{"messages": [{"role": "user", "content": str(n)}, MESSAGES[1]]} for n in range(60)]
    with pytest.raises(EngineGone):
        run_task(GenerateSystemMessage(llm=AnsweringLLM.of(gone)), *rows)


def test_an_imputed_batch_has_the_same_columns_and_a_reason():
    task = GenerateSystemMessage(llm=AnsweringLLM.of(TAGGED))
    (good,) = run_task(task, {"messages": MESSAGES})
    imputed = task.impute_step_outputs([{"messages": MESSAGES}, {"messages": [], "outcome": "bad_input"}])
    assert set(imputed[0]) == set(good) and imputed[0]["outcome"] == "task_error"
    assert imputed[1]["outcome"] == "bad_input"


def test_more_than_one_generation_is_refused():
    with pytest.raises(Exception, match="num_generations=1"):
        GenerateSystemMessage(llm=AnsweringLLM.of(TAGGED), num_generations=2).load()


def test_metadata_of_all_phases_is_kept():
    first = GenerateSystemMessage(
        name="gen", llm=AnsweringLLM.of(TAGGED), add_raw_output=True, add_raw_input=True
    )
    second = VerifyFunctionalities(
        name="ver", llm=AnsweringLLM.of("Role: Good\nStyle: Bad"), add_raw_output=True
    )
    (row,) = run_task(second, {**run_task(first, {"messages": MESSAGES})[0], "phrases": PHRASES})
    metadata = row["distilabel_metadata"]
    assert metadata["raw_output_gen"] == TAGGED and metadata["raw_output_ver"].startswith("Role")
    assert metadata["raw_input_gen"][0]["role"] == "system"
    assert [spent["task"] for spent in row["usage"]] == ["gen", "ver"]


def test_a_verdict_covers_every_phrase_of_its_functionality():
    (row,) = run_task(
        VerifyFunctionalities(llm=AnsweringLLM.of("Role: Good\nStyle: Bad")), {"phrases": PHRASES}
    )
    assert [phrase["verdict"] for phrase in row["phrases"]] == ["Good", "Bad", "Bad"]
    assert [phrase["text"] for phrase in row["phrases"]] == [phrase["text"] for phrase in PHRASES]


def test_a_verdict_can_be_given_per_phrase():
    llm = AnsweringLLM.of("1: Good\n2: Bad\n3: Good")
    (row,) = run_task(VerifyFunctionalities(llm=llm, verdict_per="phrase"), {"phrases": PHRASES})
    assert [phrase["verdict"] for phrase in row["phrases"]] == ["Good", "Bad", "Good"]
    assert "3. <<Style>>Be kind.<</Style>>" in llm._asked[0][1]["content"]


def test_several_votes_give_a_share_and_more_than_half_decide():
    replies = iter(
        ["Role: Good\nStyle: Good", "Role: Good\nStyle: Bad", "no verdict", "Role: Bad\nStyle: None"]
    )
    task = VerifyFunctionalities(llm=AnsweringLLM.of(lambda _: next(replies)), votes=4)
    (row,) = run_task(task, {"phrases": PHRASES})
    assert [phrase["verdict"] for phrase in row["phrases"]] == ["Good", "Bad", "Bad"]
    assert [round(share, 2) for share in row["good_shares"]] == [0.67, 0.33, 0.33]
    assert row["usage"][0]["calls"] == 4


@pytest.mark.parametrize(
    "reply", ["All fine!", "Role: Good", "Role: Good\nStyle: Good or Bad?\nStyle: Bad\nStyle: Good"]
)
def test_an_unreadable_verdict_rejects_the_row(reply):
    (row,) = run_task(VerifyFunctionalities(llm=AnsweringLLM.of(reply)), {"phrases": PHRASES})
    assert row["outcome"] == "unreadable_verdict" and "Style" in row["outcome_detail"]
    assert [phrase["verdict"] for phrase in row["phrases"]] == ["", "", ""]


def test_every_turn_is_regenerated_under_the_turns_regenerated_so_far():
    llm = AnsweringLLM.of(lambda messages: f"answer {len(messages)}")
    (row,) = run_task(
        GenerateAlignedResponse(llm=llm), {"messages": TWO_TURNS, "system_message": "Be brief."}
    )
    assert [message["content"] for message in row["aligned_messages"]] == [
        "Be brief.", "2 + 2?", "answer 2", "And 3 + 3?", "answer 4",
    ]  # fmt: skip
    assert row["outcome"] == "accepted" and row["usage"][0]["calls"] == 2
    assert not any(message["content"] in ("4", "6") for asked in llm._asked for message in asked)


def test_earlier_turns_can_be_kept():
    llm = AnsweringLLM.of("new")
    task = GenerateAlignedResponse(llm=llm, turns="last")
    (row,) = run_task(task, {"messages": TWO_TURNS, "system_message": "Be brief."})
    assert [message["content"] for message in row["aligned_messages"][1:]] == [
        "2 + 2?",
        "4",
        "And 3 + 3?",
        "new",
    ]
    assert len(llm._asked) == 1


def test_a_blank_answer_to_one_turn_rejects_the_row_and_names_the_turn():
    llm = AnsweringLLM.of(lambda messages: "fine" if len(messages) == 2 else " ")
    (row,) = run_task(
        GenerateAlignedResponse(llm=llm), {"messages": TWO_TURNS, "system_message": "Be brief."}
    )
    assert row["outcome"] == "empty_answer" and row["outcome_detail"].startswith("turn 4")
    assert row["aligned_messages"] == []


def test_rows_to_retry_get_fresh_samples(tmp_path):
    retries = tmp_path / "retries.json"
    retries.write_text(json.dumps({"gen": {"b": 1}}))
    rows = [{"source_id": name, "messages": MESSAGES} for name in "ab"]
    llm = SimulatedLLM()
    before = run_task(GenerateSystemMessage(name="gen", llm=llm), *rows)
    after = run_task(GenerateSystemMessage(name="gen", llm=llm, retries=str(retries)), *rows)
    texts = [[row["annotated_system_message"] for row in result] for result in (before, after)]
    assert texts[0][0] == texts[0][1] == texts[1][0] != texts[1][1]


@pytest.mark.parametrize("task", [GenerateSystemMessage, VerifyFunctionalities, GenerateAlignedResponse])
def test_the_prompt_can_be_printed(task, capsys):
    instance = task(llm=AnsweringLLM.of(""))
    instance.load()
    instance.print()
    assert "PLACEHOLDER" in capsys.readouterr().out
