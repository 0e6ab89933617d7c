"""Phase 4 answers around recorded tool calls: in their form where the engine takes them, else as text."""

from __future__ import annotations

import json

import pytest
from distilabel.models.llms.base import AsyncLLM
from distilabel.typing import ChatType
from pydantic import PrivateAttr, validate_call

from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateContrastResponse
from tests.endpoint_server import EndpointServer, endpoint, told

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


def answer(llm, recorded=TURNS, **fields):
    conversation = to_messages({"messages": recorded}, trailing_user="answer")
    row = {"messages": conversation.messages, "turn_fields": conversation.turn_fields}
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
