"""Phase 4 answers around recorded tool calls: in their form where the engine takes them, else as text."""

from __future__ import annotations

import itertools
import json

import pytest
from distilabel.models.llms.base import AsyncLLM
from distilabel.typing import ChatType
from pydantic import PrivateAttr, validate_call

from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateContrastResponse
from tests.endpoint_server import NATIVE, TAKING_TOOLS, EndpointServer, endpoint, told

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bonn"}'}}
TURNS = [
    {"role": "user", "content": "Weather in Bonn?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "content": "12 °C", "tool_call_id": "c1"},
    {"role": "assistant", "content": "It is 12 °C.", "weight": 1},
    {"role": "user", "content": "Thanks."},
    {"role": "assistant", "content": "Welcome."},
]


class StrictLLM(AsyncLLM):
    """Takes what distilabel's own LLMs take, and no other roles."""

    _seen: list = PrivateAttr(default_factory=list)

    @property
    def model_name(self):
        return "strict"

    @validate_call
    async def agenerate(
        self, input: ChatType, num_generations: int = 1, max_new_tokens: int = 8, temperature: float = 1.0
    ):
        self._seen.append(input)
        return {
            "generations": [f"answer {len(self._seen)}"],
            "statistics": {"input_tokens": [1], "output_tokens": [1]},
        }


def answer(llm, recorded=TURNS, tools=None, **fields):
    conversation = to_messages({"messages": recorded}, trailing_user="answer")
    row = {"messages": conversation.messages, "turn_fields": conversation.turn_fields}
    row |= {"tools": json.dumps(tools)} if tools else {}
    task = GenerateAlignedResponse(llm=llm, **fields)
    task.load()
    try:
        (done,) = next(task.process([{**row, "system_message": "Be brief."}]))
    finally:
        task.unload()
    return conversation.messages, done


def test_an_llm_of_plain_turns_reads_calls_and_results_as_text():
    llm = StrictLLM()
    messages, row = answer(llm)
    assert row["outcome"] == "accepted"
    assert [turn["role"] for turn in row["aligned_messages"][1:]] == [turn["role"] for turn in messages]
    assert row["aligned_messages"][2:4] == messages[1:3]
    assert [row["aligned_messages"][place]["content"] for place in (4, 6)] == ["answer 1", "answer 2"]
    last = llm._seen[-1]
    assert [turn["role"] for turn in last] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert '<tool_call>\n{"name": "weather"' in last[2]["content"]
    assert last[3]["content"] == "<tool_response>\n12 °C\n</tool_response>"


TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        ({"refuses": {"tools": "auto tool choice requires a parser"}}, "requires a parser. Conversations"),
        ({"template": NATIVE}, "its chat template has no place for them"),
    ],
)
def test_an_engine_that_takes_no_tools_is_named_and_its_rows_are_marked(server, reason, caplog):
    with EndpointServer(**server) as server:
        _, row = answer(endpoint(server), tools=TOOLS, offer_tools=True)
    assert row["outcome"] == "accepted"
    assert [(note["turn"], note["call"]) for note in row["tool_turns"]] == [(1, "unasked"), (2, "unasked")]
    assert not any(body.get("tools") == TOOLS for body in server.bodies)
    assert reason in caplog.text and "--enable-auto-tool-choice" in caplog.text


def test_an_llm_that_cannot_be_offered_tools_has_its_rows_marked():
    _, row = answer(StrictLLM(), tools=TOOLS, offer_tools=True)
    assert {note["call"] for note in row["tool_turns"]} == {"unasked"}
    _, row = answer(StrictLLM(), tools=TOOLS)
    assert "tool_turns" not in row


def test_a_call_of_a_tool_that_was_not_offered_is_no_answer():
    with EndpointServer(lambda messages, count: told(None, "tool_calls", tool_calls=[CALL])) as server:
        _, row = answer(endpoint(server), TURNS[4:])
    assert row["outcome"] == "empty_answer"
    assert row["outcome_detail"].endswith("a call of a tool that was not offered")


def test_another_sample_is_asked_for_until_the_call_is_the_same():
    def behave(messages, count):
        if messages[-1]["content"] != TURNS[0]["content"]:
            return told("fine")
        made = CALL if len(server.bodies) > 4 else {**CALL, "function": {"name": "clock", "arguments": "{}"}}
        return told(None, "tool_calls", tool_calls=[made])

    with EndpointServer(behave, template=TAKING_TOOLS) as server:
        _, row = answer(endpoint(server), tools=TOOLS, offer_tools=True, max_attempts=3)
    assert [(note["turn"], note["call"]) for note in row["tool_turns"]] == [(1, "same")]


def test_the_calls_of_an_answer_that_stays_are_not_asked_for():
    with EndpointServer(template=TAKING_TOOLS) as server:
        _, row = answer(endpoint(server), tools=TOOLS, offer_tools=True, turns="last")
        asked = [body for body in server.bodies if body.get("tools") == TOOLS]
    assert len(asked) == 1 and row["tool_turns"] == []
    assert row["aligned_messages"][4]["content"] == "It is 12 °C."


def test_several_candidates_are_marked_together():
    firsts = itertools.cycle([told("fine"), told(None, "tool_calls", tool_calls=[CALL])])

    def behave(messages, count):
        return next(firsts) if messages[-1]["content"] == TURNS[0]["content"] else told("fine")

    with EndpointServer(behave, template=TAKING_TOOLS) as server:
        _, row = answer(endpoint(server), TURNS[:4], tools=TOOLS, offer_tools=True, candidates=2)
    assert {note["call"] for note in row["tool_turns"]} == {"same", "none"}


def test_an_extra_body_of_the_settings_goes_along_with_the_tools():
    settings = {"generation_kwargs": {"extra_body": {"min_p": 0.1}}}
    with EndpointServer(template=TAKING_TOOLS) as server:
        answer(endpoint(server, **settings), TURNS[:4], tools=TOOLS, offer_tools=True)
        asked = [body for body in server.bodies if body.get("tools") == TOOLS]
    assert asked and all(body["min_p"] == 0.1 for body in asked)


def test_an_endpoint_gets_calls_and_results_in_their_form():
    seen = []

    def behave(messages, count):
        seen.append(messages)
        return told("fine")

    with EndpointServer(behave) as server:
        _, row = answer(endpoint(server))
    assert row["outcome"] == "accepted"
    assert seen[-1][2] == {"role": "assistant", "content": "", "tool_calls": [CALL]}
    assert seen[-1][3] == {"role": "tool", "content": "12 °C", "tool_call_id": "c1"}
    assert all("weight" not in json.dumps(messages) for messages in seen)


def test_a_contrastive_response_is_asked_for_in_plain_turns():
    _, row = answer(StrictLLM())
    task = GenerateContrastResponse(llm=(llm := StrictLLM()))
    task.load()
    asked = {"aligned_messages": row["aligned_messages"], "contrast_system_message": "Answer in prose."}
    (done,) = next(task.process([asked]))
    task.unload()
    assert done["contrast_response"] == "answer 1"
    assert [turn["role"] for turn in llm._seen[0]] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]


@pytest.mark.parametrize(
    ("conversation", "mode", "asked", "texts"),
    [
        (TURNS[:3], "regenerate", 1, {4: "answer 1"}),
        (TURNS[:5], "regenerate", 2, {4: "answer 1", 6: "answer 2"}),
        (TURNS[:5], "last", 1, {4: "It is 12 °C.", 6: "answer 1"}),
        (TURNS, "last", 1, {4: "It is 12 °C.", 6: "answer 1"}),
        (
            [{"role": "assistant", "content": "Hello!"}, *TURNS[4:]],
            "regenerate",
            1,
            {1: "Hello!", 3: "answer 1"},
        ),
    ],
)
def test_what_is_open_is_answered_and_the_rest_kept(conversation, mode, asked, texts):
    llm = StrictLLM()
    _, row = answer(llm, conversation, turns=mode)
    assert row["outcome"] == "accepted" and len(llm._seen) == asked
    assert {place: row["aligned_messages"][place]["content"] for place in texts} == texts
