"""Rows of public data sets as their cards describe them, written for these tests; and what they come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

Q = "What is a hash table?"
A = "A table whose places are found by a hash of the key."
THOUGHT = "The user wants a definition. I keep it short."
TOOL = {"type": "function", "function": {"name": "weather", "description": "Weather.", "parameters": {}}}


def user(text: str = Q, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def answer(text: str | None = A, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def call(arguments: Any = '{"city": "Bonn"}', **more: Any) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": arguments}, **more}


class Schema(NamedTuple):
    """Rows of one data set.

    Attributes:
        rows: the rows.
        outcomes: what each comes to, `accepted` for those that hold a conversation.
        notes: what is said to be set aside, joined or not kept, by how many rows.
        systems: how many rows come with a system message.
        tools: how many come with the schemas of tools.
    """

    rows: list[dict[str, Any]]
    outcomes: list[str]
    notes: Mapping[str, int] = MappingProxyType({})
    systems: int = 0
    tools: int = 0


OK = "accepted"

SCHEMAS: dict[str, Schema] = {
    "Nemotron-Post-Training v1": Schema(
        [
            {
                "uuid": "u1",
                "reasoning": "off",
                "messages": [
                    {"role": "system", "content": None, "tool_calls": None},
                    user(tool_calls=[]),
                    answer(tool_calls=[]),
                ],
                "metadata": "{}",
            },
            {
                "uuid": "u2",
                "reasoning": "on",
                "messages": [user(), answer(f"<think>\n{THOUGHT}\n</think>\n\n{A}")],
                "metadata": "{}",
            },
        ],
        [OK, OK],
        {"reasoning": 1},
    ),
    "Nemotron Chat v3": Schema(
        [
            {
                "messages": [
                    {"role": "system", "content": ""},
                    user(),
                    answer("Five, I think.", reasoning_content=THOUGHT),
                    user("Are you sure?"),
                    answer("No.", reasoning_content=None),
                ],
                "metadata": {"train_turns": [False, False, False, False, True]},
            }
        ],
        [OK],
        {"reasoning": 1},
    ),
    "Llama-Nemotron": Schema(
        [{"input": [user()], "output": A, "system_prompt": "detailed thinking off", "category": "chat"}],
        [OK],
        systems=1,
    ),
    "SmolTalk2": Schema(
        [
            {
                "messages": [user(), answer()],
                "chat_template_kwargs": {
                    "custom_instructions": "Be brief.",
                    "enable_thinking": False,
                    "python_tools": None,
                },
                "source": "x",
            },
            {
                "messages": [user(), answer()],
                "chat_template_kwargs": {"custom_instructions": "", "enable_thinking": False},
                "source": "x",
            },
            {
                "messages": [
                    user("Weather in Bonn?"),
                    answer('<tool_call>{"name": "weather", "arguments": {"city": "Bonn"}}</tool_call>'),
                    {"role": "tool", "content": "12"},
                    answer("It is 12 °C."),
                ],
                "chat_template_kwargs": {"xml_tools": [json.dumps(TOOL["function"])], "python_tools": None},
                "source": "x",
            },
            {
                "messages": [user(), answer()],
                "chat_template_kwargs": {"xml_tools": [], "python_tools": [repr(TOOL["function"])]},
                "source": "x",
            },
        ],
        [OK, OK, OK, OK],
        systems=1,
        tools=2,
    ),
    "Tulu 3": Schema(
        [{"id": "t1", "source": "x", "messages": [user(), answer(), user("Why?"), answer("Speed.")]}], [OK]
    ),
    "OpenThoughts": Schema(
        [
            {
                "system": "Think first.",
                "conversations": [
                    {"from": "user", "value": Q},
                    {
                        "from": "assistant",
                        "value": f"<|begin_of_thought|>\n{THOUGHT}\n<|end_of_thought|>\n\n"
                        f"<|begin_of_solution|>\n{A}\n<|end_of_solution|>",
                    },
                ],
            }
        ],
        [OK],
        {"reasoning": 1},
        systems=1,
    ),
    "Hermes function calling": Schema(
        [
            {
                "id": "h1",
                "conversations": [
                    {"from": "system", "value": "You call functions. <tools>[]</tools>"},
                    {"from": "human", "value": "Weather in Bonn?"},
                    {"from": "gpt", "value": '<tool_call>\n{"name": "weather"}\n</tool_call>'},
                    {"from": "tool", "value": '<tool_response>\n{"t": 12}\n</tool_response>'},
                    {"from": "gpt", "value": "It is 12 °C."},
                ],
            }
        ],
        [OK],
        systems=1,
    ),
    "gpt-oss, Harmony": Schema(
        [
            {
                "messages": [
                    {"role": "developer", "content": "Be brief."},
                    user(thinking=None),
                    answer(thinking=THOUGHT),
                ]
            },
            {
                "messages": [
                    user(),
                    answer(THOUGHT, channel="analysis"),
                    answer(A, channel="final"),
                ]
            },
        ],
        [OK, OK],
        {"reasoning": 2},
        systems=1,
    ),
    "OpenAI fine-tuning": Schema(
        [
            {"messages": [user(), answer("Wrong.", weight=0), user("Sure?"), answer(A, weight=1)]},
            {
                "messages": [
                    user("Weather in Bonn?"),
                    answer(None, tool_calls=[call()]),
                    {"role": "tool", "tool_call_id": "c1", "content": "12"},
                    answer("It is 12 °C."),
                ],
                "tools": [TOOL],
                "parallel_tool_calls": False,
            },
            {"messages": [user("Weather in Bonn?"), answer(None, tool_calls=[call()])], "tools": [TOOL]},
            {
                "messages": [
                    user([{"type": "text", "text": Q}, {"type": "image_url", "image_url": {"url": "x"}}]),  # type: ignore[arg-type]
                    answer(),
                ]
            },
        ],
        [OK, OK, "bad_input", "media_input"],
        tools=1,
    ),
    "LLaMA-Factory, Glaive": Schema(
        [
            {
                "conversations": [
                    {"from": "human", "value": "Weather in Bonn?"},
                    {"from": "function_call", "value": '{"name": "weather", "arguments": {"city": "Bonn"}}'},
                    {"from": "observation", "value": '{"t": 12}'},
                    {"from": "gpt", "value": "It is 12 °C."},
                ],
                "tools": "[]",
            }
        ],
        [OK],
    ),
    "ToolACE": Schema(
        [
            {
                "system": "You are an expert in composing functions.",
                "conversations": [
                    {"from": "user", "value": "Weather in Bonn?"},
                    {"from": "assistant", "value": '[weather(city="Bonn")]'},
                    {"from": "tool", "value": '[{"name": "weather", "results": 12}]'},
                    {"from": "assistant", "value": "It is 12 °C."},
                ],
            }
        ],
        [OK],
        systems=1,
    ),
    "Dolci": Schema(
        [
            {"id": "d1", "source": "x", "messages": [user(function_calls=None), answer(function_calls=None)]},
            {
                "id": "d2",
                "messages": [
                    {
                        "role": "system",
                        "content": "You may call.",
                        "functions": json.dumps([TOOL["function"]]),
                    },
                    user("Weather in Bonn?"),
                    answer(None, function_calls='weather(city="Bonn")'),
                    {"role": "environment", "content": "12"},
                    answer("It is 12 °C."),
                ],
            },
        ],
        [OK, OK],
        systems=1,
        tools=1,
    ),
    "WildChat": Schema(
        [
            {
                "conversation_hash": "w1",
                "conversation": [
                    user(language="English", toxic=False, turn_identifier=1, hashed_ip="x"),
                    answer(language="English", toxic=False, turn_identifier=1, hashed_ip=None),
                    user("Thanks", language="English", toxic=False, turn_identifier=2, hashed_ip="x"),
                ],
                "turn": 2,
            },
            {"conversation_hash": "w2", "conversation": [user(toxic=False), answer("\u200b", toxic=False)]},
        ],
        ["unanswered_input", "bad_input"],
    ),
    "LMSYS-Chat": Schema(
        [{"conversation_id": "l1", "model": "m", "conversation": [user(), answer()], "turn": 1}], [OK]
    ),
    "OASST, flattened": Schema(
        [
            {
                "message_tree_id": "o1",
                "conversation": [
                    {"role": "prompter", "text": Q, "lang": "en"},
                    {"role": "assistant", "text": A, "lang": "en"},
                ],
            }
        ],
        [OK],
        {"'lang'": 1},
    ),
    "UltraChat, as text": Schema([{"id": "0", "data": [Q, A, "Why?", "Speed."]}], [OK]),
    "datasets, list of dicts": Schema(
        [{"conversations": {"from": ["human", "gpt"], "value": [Q, A]}, "messages": []}], [OK]
    ),
}
