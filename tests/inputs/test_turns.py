"""Turns in every form that data sets have them, and what each kind of row comes to."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.errors import BadInput, ConfigError, MediaInput, UnansweredInput
from sysgen_distilabel.inputs.conversation import Conversation, to_messages
from sysgen_distilabel.inputs.structure import DROPPED, JOINED
from sysgen_distilabel.inputs.turn_objects import REASONING
from sysgen_distilabel.inputs.values import is_absent
from sysgen_distilabel.response_turns import find_answers, find_unanswered, restore_turns

USER, ANSWER = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
READ = [("user", "q"), ("assistant", "a")]


def texts(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in conversation.messages]


def read(row: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    return texts(to_messages(row, **settings))


def refuses(row: dict[str, Any], **settings: Any) -> str:
    with pytest.raises(BadInput) as caught:
        to_messages(row, **settings)
    return str(caught.value)


NOTHING = [
    None,
    float("nan"),
    "",
    " \n",
    "\u200b",
    [],
    {},
    [None],
    {"a": None},
    {"a": [None, {"b": ""}]},
    pd.NA,
    pd.NaT,
]
NOTHING += [(), np.array([]), np.float64("nan"), np.array([None], dtype=object)]


@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_what_holds_nothing_is_absent_wherever_it_stands(value):
    assert is_absent(value)
    extra = {"tool_calls": value, "function_call": value, "name": value, "weight": value, "mood": value}
    conversation = to_messages({"messages": [USER | extra, ANSWER | extra]})
    assert (texts(conversation), conversation.turn_fields, conversation.notes) == (READ, "", ())
    assert read({"messages": [{"role": "system", "content": value}, USER, ANSWER]}) == READ
    assert read({"messages": value, "question": "q", "answer": "a"}) == READ
    assert read({"question": value, "answer": "x", "prompt": "q", "response": "a"}) == READ
    assert to_messages({"messages": [USER, ANSWER], "system": value}).original_system_message == ""
    assert read({"messages": [value, USER, value, ANSWER]}) == READ if not isinstance(value, str) else True


@pytest.mark.parametrize("value", [0, False, "a", [0], {"a": 0}, np.array([1])])
def test_what_holds_something_is_not(value):
    assert not is_absent(value)


def test_keys_that_arrow_fills_in_do_not_count():
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    chats = [
        [
            USER,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "r"},
            ANSWER,
        ],
        [USER, ANSWER],
    ]
    rows = pa.Table.from_pylist([{"messages": chat} for chat in chats]).to_pylist()
    assert rows[1]["messages"][0] == USER | {"tool_calls": None}
    assert len(read(rows[0])) == 4 and read(rows[1]) == READ


@pytest.mark.parametrize(
    "messages",
    [
        {"from": ["human", "gpt"], "value": ["q", "a"]},
        {"role": np.array(["user", "assistant"]), "content": ["q", "a"], "weight": None},
        {"messages": [USER, ANSWER]},
        ["q", "a"],
        [["q", "a"]],
        [["human", "q"], ["gpt", "a"]],
        [("user", "q"), ("assistant", "a")],
        [[("role", "user"), ("content", "q")], [("role", "assistant"), ("content", "a")]],
        [{"user": "q"}, {"assistant": "a"}],
        [{"user": "q", "assistant": "a"}],
        [{"human": "q", "gpt": "a"}],
        [{"question": "q", "answer": "a"}],
        [json.dumps(USER), json.dumps(ANSWER)],
        [{"speaker": "USER", "text": "q"}, {"speaker": "bot", "text": "a"}],
        [
            {"author": {"role": "user"}, "content": {"parts": ["q"]}},
            {"author": {"role": "assistant"}, "content": "a"},
        ],
        [{"role": "prompter", "text": "q"}, {"role": "assistant", "text": "a"}],
        [{"from": "human", "value": "q"}, {"from": "bing", "value": "a"}],
        [{"from": "human", "value": "q"}, {"from": "Claude", "value": "a"}],
        [{"role": "user", "content": ["q"]}, {"role": "assistant", "content": [{"text": "a"}]}],
        [{"role": "user", "content": b"q"}, ANSWER],
        [
            USER,
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "t"}, {"type": "text", "text": "a"}],
            },
        ],
        [
            USER,
            {
                "role": "assistant",
                "content": [{"type": "thought", "text": "t"}, {"type": "text", "text": "a"}],
            },
        ],
        str([USER, ANSWER]),
        "[{'role': 'user', 'content': 'q', 'name': None}, {\"role\": \"assistant\", 'content': \"a\"}]",
        f"({USER}, {ANSWER})",
    ],
    ids=lambda value: str(value)[:50],
)
def test_every_known_form_of_turns_is_read(messages):
    assert read({"messages": messages}) == READ


PYDANTIC = "[Message(role='user', content='q'), Message(role='assistant', content='a')]"


def test_a_list_that_python_printed_is_told_from_one_that_cannot_be_read():
    printed = str(np.array([USER, ANSWER], dtype=object))
    for text in (printed, "[{'role': 'user', 'content': nan}]", "[{'role': 'user'", PYDANTIC):
        said = refuses({"messages": text})
        assert "a list as Python prints it; write the column as JSON, or the file as parquet" in said
    assert "as Python prints" not in refuses({"messages": '[{"role": "user"'})
    assert "as Python prints" not in refuses({"messages": "It's a list: [1, None]"})


@pytest.mark.parametrize(
    "turns", [{"from": ["human"], "value": ["q", "a"]}, {"role": ["user"], "content": []}]
)
def test_lists_of_an_object_have_one_length(turns):
    assert (
        "expected lists of one length in an object" in refuses({"messages": turns}) or turns["content"] == []
    )


def test_roles_and_keys_can_be_mapped():
    turns = [{"wer": "Kunde", "worte": "q"}, {"wer": "Beraterin", "worte": "a"}]
    said = refuses({"messages": turns})
    assert "expected role 'user' or 'assistant', found null" in said
    mapping = {
        "turn_keys": {"role": "wer", "content": "worte"},
        "roles": {"kunde": "user", "Beraterin": "assistant"},
    }
    assert read({"messages": turns}, **mapping) == READ
    with pytest.raises(BadInput) as caught:
        to_messages({"messages": turns}, turn_keys=mapping["turn_keys"])
    assert "--role narrator=assistant" in caught.value.hint and "--turn-key role=speaker" in caught.value.hint
    assert read(
        {"messages": [USER, {"role": "gpt", "content": "b"}]}, roles={"gpt": "user"}, prompts_only=True
    ) == [("user", "q\n\nb")]


@pytest.mark.parametrize(
    "wrong", [{"roles": {"x": "narrator"}}, {"turn_keys": {"speaker": "x"}}, {"turn_keys": {"role": ""}}]
)
def test_a_wrong_mapping_of_turns_is_the_fault_of_the_configuration(wrong):
    with pytest.raises(ConfigError) as caught:
        to_messages({"messages": [USER, ANSWER]}, **wrong)
    assert caught.value.hint


def test_marks_are_carried_and_other_keys_counted():
    turns = [USER | {"name": "Ana", "weight": None}, ANSWER | {"weight": 0, "train": True, "mood": "good"}]
    conversation = to_messages({"messages": turns})
    assert json.loads(conversation.turn_fields) == [{}, {"weight": 0, "train": True}]
    assert conversation.notes == ("'name'", "'mood'")
    assert restore_turns(conversation.messages, conversation.turn_fields)[1] == ANSWER | {
        "weight": 0,
        "train": True,
    }


@pytest.mark.parametrize("mark", ["mask", "train_detail", "trainable", "loss_weight"])
def test_a_mark_that_no_trainer_shares_is_counted_and_never_taken_for_another(mark):
    conversation = to_messages({"messages": [USER, ANSWER | {mark: 0}]})
    assert (texts(conversation), conversation.notes) == (READ, (f"'{mark}'",))
    assert not conversation.turn_fields


def test_reasoning_is_set_aside():
    conversation = to_messages({"messages": [USER, ANSWER | {"reasoning_content": "Let me see."}]})
    assert (texts(conversation), conversation.notes) == (READ, (REASONING,))


CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bonn"}'}}
SHOWN = '<tool_call>\n{"name": "weather", "arguments": {"city": "Bonn"}}\n</tool_call>'
RESULT = {"role": "tool", "content": "12 °C", "tool_call_id": "c1", "name": "weather"}


@pytest.mark.parametrize(
    "calling",
    [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "assistant", "content": "", "tool_calls": json.dumps([CALL])},
        {"role": "assistant", "tool_calls": [{"id": "c1", "name": "weather", "arguments": {"city": "Bonn"}}]},
        {"role": "assistant", "content": None, "function_call": CALL["function"]},
        {"from": "function_call", "value": json.dumps({"name": "weather", "arguments": {"city": "Bonn"}})},
    ],
)
def test_tool_calls_are_kept_in_their_form_and_seen_as_text(calling):
    result = RESULT if "role" in calling else {"from": "observation", "value": "12 °C"}
    conversation = to_messages({"messages": [USER, calling, result, ANSWER]})
    assert texts(conversation) == [READ[0], ("assistant", SHOWN), ("tool", "12 °C"), READ[1]]
    assert find_answers(conversation.messages) == [3]
    restored = restore_turns(conversation.messages, conversation.turn_fields)
    assert restored[1]["content"] == "" and restored[1]["tool_calls"][0]["function"] == CALL["function"]
    if "role" in calling:
        assert restored[2] == RESULT


def test_calls_in_the_text_stay_as_they_are():
    turns = [
        USER,
        {"from": "gpt", "value": "<tool_call>\n{}\n</tool_call>"},
        {"from": "tool", "value": "<tool_response>1</tool_response>"},
        ANSWER,
    ]
    conversation = to_messages({"messages": turns})
    assert [turn["role"] for turn in conversation.messages] == ["user", "assistant", "tool", "assistant"]
    assert find_answers(conversation.messages) == [3] and conversation.turn_fields == ""


def test_a_text_before_a_call_and_calls_side_by_side_are_one_turn():
    calls = [{"from": "function_call", "value": json.dumps({"name": name, "arguments": {}})} for name in "fg"]
    results = [{"from": "observation", "value": "1"}, {"from": "observation", "value": "2"}]
    turns = [USER, {"from": "gpt", "value": "Let me look."}, *calls, *results, ANSWER]
    conversation = to_messages({"messages": turns})
    assert [turn["role"] for turn in conversation.messages] == [
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
    ]
    held = json.loads(conversation.turn_fields)[1]
    assert held["content"] == "Let me look." and [c["function"]["name"] for c in held["tool_calls"]] == [
        "f",
        "g",
    ]


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([USER, {"role": "assistant", "tool_calls": [CALL]}], "a tool call without its result"),
        ([USER, {"role": "assistant", "tool_calls": [CALL]}, USER, ANSWER], "a tool call without its result"),
        ([USER, RESULT, ANSWER], "expected a tool call before the result of a tool"),
        ([RESULT, USER, ANSWER], "expected a tool call before the result of a tool"),
        ([{"role": "system", "content": "s"}, ANSWER], "expected at least a user and an assistant turn"),
    ],
)
def test_what_no_template_takes_is_rejected(turns, said):
    assert said in refuses({"messages": turns})


def test_turns_of_one_speaker_are_joined_and_a_greeting_stays():
    conversation = to_messages(
        {"messages": [USER, USER | {"content": "q2"}, ANSWER, ANSWER | {"content": "a2"}]}
    )
    assert texts(conversation) == [("user", "q\n\nq2"), ("assistant", "a\n\na2")] and conversation.notes == (
        JOINED,
    )
    greeting = to_messages({"messages": [ANSWER | {"content": "Hello!"}, USER, ANSWER]})
    assert texts(greeting)[0] == ("assistant", "Hello!") and find_answers(greeting.messages) == [2]


def test_system_turns():
    system = {"role": "system", "content": "s"}
    leading = to_messages({"messages": [system, {"role": "developer", "content": "d"}, USER, ANSWER]})
    assert (texts(leading), leading.original_system_message) == (READ, "s\n\nd")
    between = to_messages({"messages": [USER, ANSWER, system, USER, ANSWER]})
    assert [role for role, _ in texts(between)] == ["user", "assistant", "system", "user", "assistant"]
    assert read({"messages": [USER, {"role": "system", "content": None}, ANSWER]}) == READ
    smol = {"messages": [USER, ANSWER], "chat_template_kwargs": {"custom_instructions": "Be kind.", "x": 1}}
    assert to_messages(smol).original_system_message == "Be kind."


def test_a_last_turn_without_an_answer():
    turns = [USER, ANSWER, USER | {"content": "q2"}]
    with pytest.raises(UnansweredInput) as caught:
        to_messages({"messages": turns})
    assert "--trailing-user" in caught.value.hint and caught.value.outcome == "unanswered_input"
    dropped = to_messages({"messages": turns}, trailing_user="drop")
    assert texts(dropped) == READ and dropped.notes == (DROPPED,)
    kept = to_messages({"messages": turns}, trailing_user="answer")
    assert len(kept.messages) == 3 and find_unanswered(kept.messages) == [2]
    with pytest.raises(UnansweredInput):
        to_messages({"messages": [USER]}, trailing_user="drop")


def test_prompts_without_answers():
    for row in (
        {"prompt": "q"},
        {"question": "q", "answer": "a"},
        {"messages": [USER]},
        {"messages": [USER, ANSWER]},
    ):
        assert read(row, prompts_only=True) == READ[:1]
    assert read({"instruction": "q", "input": "more"}, prompts_only=True) == [("user", "q\n\nmore")]
    assert read({"frage": "q"}, prompts_only=True, columns={"user": "frage"}) == READ[:1]
    turns = [USER, ANSWER, USER | {"content": "q2"}, ANSWER]
    assert read({"messages": turns}, prompts_only=True) == [("user", "q"), ("user", "q2")]


@pytest.mark.parametrize(
    "row",
    [
        {
            "messages": [
                {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "q"}]},
                ANSWER,
            ]
        },
        {"messages": [{"role": "user", "content": [{"image_url": {"url": "x"}}]}, ANSWER]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}, ANSWER]},
        {"messages": [USER, ANSWER], "images": [{"bytes": b"x"}]},
        {"question": "q", "answer": "a", "image": "a.png"},
    ],
)
def test_images_are_rejected_with_a_reason_of_their_own(row):
    with pytest.raises(MediaInput) as caught:
        to_messages(row)
    assert caught.value.outcome == "media_input"


def test_an_empty_column_of_images_does_not_count():
    assert read({"messages": [USER, ANSWER], "images": [], "image": None}) == READ
    assert read({"q": "q", "a": "a", "image": "a.png"}, columns={"user": "q", "assistant": "a"}) == READ


KEYS = st.sampled_from(
    ["role", "content", "from", "value", "type", "text", "parts", "tool_calls", "function", "name", "weight"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
ROLES = st.sampled_from(["user", "assistant", "system", "tool", "function_call", "x"])
TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": ROLES, "content": st.sampled_from(["q", "", None]) | JSON},
        optional={"tool_calls": JSON | st.just([CALL])},
    ),
    max_size=6,
)


@given(TURNS | JSON, st.sampled_from(["reject", "answer", "drop"]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_json_is_a_conversation_or_a_reason(messages, trailing_user, prompts_only):
    try:
        conversation = to_messages(
            {"messages": messages}, trailing_user=trailing_user, prompts_only=prompts_only
        )
    except BadInput as error:
        assert len(str(error).splitlines()) == 1 and len(str(error)) < 300
        return
    turns = conversation.messages
    assert turns and all(isinstance(turn["content"], str) for turn in turns)
    printed_by_python = re.compile(r"'(?:role|content|type|text|parts|name|value|function)': |b'|nan|None")
    assert not any(printed_by_python.search(turn["content"]) for turn in turns)
    assert any(turn["role"] == "user" for turn in turns)
    last = find_answers(turns)[-1:] == [len(turns) - 1]
    assert last or prompts_only or trailing_user == "answer"
    assert len(restore_turns(turns, conversation.turn_fields)) == len(turns)
    written = json.dumps(turns) + conversation.turn_fields
    assert "b'" not in written and "object at 0x" not in written
