from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.errors import BadInput, ConfigError
from sysgen_distilabel.inputs.conversation import LAYOUTS, SYSTEM_COLUMNS, ColumnMapping, to_messages
from sysgen_distilabel.inputs.structure import UNREAD_TOOLS
from sysgen_distilabel.response_turns import find_answers

CHAT = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]
SHAREGPT = [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]
TWO_TURNS = [*CHAT, {"role": "user", "content": "q2"}, {"role": "assistant", "content": "a2"}]


def read(row, **columns) -> list[tuple[str, str]]:
    """Role and content of each message."""
    conversation = to_messages(row, columns=columns or None)
    assert all(list(message) == ["role", "content"] for message in conversation.messages)
    return [(message["role"], message["content"]) for message in conversation.messages]


@pytest.mark.parametrize(
    "row",
    [
        # the five sources of the paper
        {"source": "x", "conversation": [{"input": "q", "output": "a"}]},
        {"id": "1", "conversations": SHAREGPT, "category": "x"},
        {"question": "q", "answer": "a"},
        {"type": "x", "query": "q", "original_question": "x", "response": "a"},
        {"instruction": "q", "response": "a"},
        {"lang": "x", "seed": "x", "problem": "q", "solution": "a"},
        # common layouts
        {"messages": CHAT},
        {"conversation": CHAT},
        {"conversations": CHAT},
        {"conversation": SHAREGPT},
        {"instruction": "q", "input": "", "output": "a"},
        {"instruction": "q", "input": " \n", "output": "a"},
        {"instruction": "q", "input": None, "output": "a"},
        {"instruction": "q", "input": float("nan"), "output": "a"},
        {"instruction": "q", "output": "a"},
        {"instruction": "q", "generation": "a", "model_name": "x"},
        {"prompt": "q", "completion": "a"},
        {"prompt": CHAT[:1], "completion": CHAT[1:]},
        {"prompt": CHAT[:1], "completion": "a"},
        {"prompt": "q", "response": "a"},
        {"id": "1", "system_prompt": "", "question": "q", "response": "a"},
        # spellings of a turn
        {"messages": [{"role": " Human ", "content": "q"}, {"role": "MODEL", "content": "a"}]},
        {"messages": [CHAT[0] | {"name": "x", "tool_calls": None}, CHAT[1] | {"tool_calls": []}]},
        {"messages": [SHAREGPT[0] | {"role": None, "content": None}, SHAREGPT[1]]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}, CHAT[1]]},
        # arrays, tuples and JSON text
        {"messages": tuple(CHAT)},
        {"messages": np.array(CHAT, dtype=object)},
        {"messages": [{"role": np.str_("user"), "content": np.str_("q")}, CHAT[1]]},
        {"messages": [{"role": "user", "content": np.array([{"type": "text", "text": "q"}])}, CHAT[1]]},
        {"messages": json.dumps(CHAT)},
        {"conversations": json.dumps(SHAREGPT)},
        {"messages": json.dumps(json.dumps(CHAT))},
        {"messages": str(CHAT)},
        {"messages": [CHAT[0] | {"content": str([{"type": "text", "text": "q"}])}, CHAT[1]]},
        # Gemini, Cohere, LangChain, an export of Claude
        {
            "contents": [
                {"role": "user", "parts": [{"text": "q"}]},
                {"role": "model", "parts": [{"text": "a"}]},
            ]
        },
        {"messages": [{"role": "USER", "message": "q"}, {"role": "CHATBOT", "message": "a"}]},
        {"messages": [{"role": "Human:", "content": "q"}, {"role": "Assistant\uff1a", "content": "a"}]},
        {"messages": [{"type": "human", "content": "q"}, {"type": "ai", "content": "a"}]},
        {
            "messages": [
                {"type": "human", "data": {"content": "q", "type": "human"}},
                {"type": "ai", "data": {"content": "a", "tool_calls": []}},
            ]
        },
        {"chat_messages": [{"sender": "human", "text": "q"}, {"sender": "assistant", "text": "a"}]},
        # a column that holds nothing beside one that is filled
        {"messages": "[]", "question": "q", "answer": "a"},
        {"messages": "null", "conversations": SHAREGPT},
        {"messages": [{"role": "user", "content": None}], "question": "q", "answer": "a"},
        {
            "messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}],
            "query": "q",
            "response": "a",
        },
        {"conversations": {"from": [], "value": []}, "prompt": "q", "response": "a"},
        # nothing beside something
        {
            "messages": [
                CHAT[0] | {"content": [{"type": "text", "text": None}, {"type": "text", "text": "q"}]},
                CHAT[1],
            ]
        },
        {"messages": [{"role": "system", "content": [{"type": "text", "text": None}]}, *CHAT]},
        {"instruction": "q", "input": "nan", "output": "a"},
        {"instruction": "q", "input": "<noinput>", "output": "a"},
        {"instruction": "q", "input": "", "output": "a", "history": []},
    ],
)
def test_common_rows_need_no_configuration(row):
    assert read(row) == [("user", "q"), ("assistant", "a")]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": TWO_TURNS},
        {"conversation": [{"input": "q", "output": "a"}, {"input": "q2", "output": "a2"}]},
        {"prompt": TWO_TURNS[:3], "completion": TWO_TURNS[3:]},
        {"prompt": TWO_TURNS[:1], "completion": TWO_TURNS[1:]},
        {"instruction": "q2", "input": "", "output": "a2", "history": [["q", "a"]]},
        {"query": "q2", "response": "a2", "history": TWO_TURNS[:2]},
    ],
)
def test_several_turns(row):
    assert read(row) == [("user", "q"), ("assistant", "a"), ("user", "q2"), ("assistant", "a2")]


@pytest.mark.parametrize("answer", ["output", "response", "generation"])
def test_input_follows_the_instruction_after_a_blank_line(answer):
    assert read({"instruction": "q", "input": "more", answer: "a"})[0] == ("user", "q\n\nmore")


def test_context_belongs_to_the_instruction_as_in_dolly():
    assert read({"instruction": "q", "context": "more", "response": "a"})[0] == ("user", "q\n\nmore")


def test_text_is_kept_as_it_is():
    assert read({"question": "\n q \t", "answer": " {{a}} <<Role>>\n"})[0] == ("user", "\n q \t")
    parts = [{"type": "text", "text": "a "}, {"type": "text", "text": "b"}]
    assert read(
        {"question": parts, "answer": "x"} | {"messages": [{"role": "user", "content": parts}, CHAT[1]]}
    )[0] == (
        "user",
        "a \nb",
    )


@pytest.mark.parametrize(
    ("row", "system"),
    [
        ({"messages": CHAT}, ""),
        ({"messages": [{"role": "system", "content": " Be kind. "}, *CHAT]}, " Be kind. "),
        ({"messages": [{"role": "developer", "content": "Be kind."}, *CHAT]}, "Be kind."),
        ({"messages": CHAT, "system": "None"}, ""),
        ({"messages": CHAT, "systemInstruction": {"parts": [{"text": "Be kind."}]}}, "Be kind."),
        ({"messages": CHAT, "system": [{"text": "Be kind."}]}, "Be kind."),
        ({"messages": [{"role": "system", "content": " "}, *CHAT]}, ""),
        ({"messages": [{"role": "system", "content": " "}, *CHAT], "system": "Be kind."}, "Be kind."),
        ({"messages": [{"role": "system", "content": "Be kind."}, *CHAT], "system": "no"}, "Be kind."),
        ({"conversations": [{"from": "system", "value": "Be kind."}, *SHAREGPT]}, "Be kind."),
        ({"prompt": [{"role": "system", "content": "Be kind."}, CHAT[0]], "completion": "a"}, "Be kind."),
        ({"question": "q", "answer": "a", "system": "Be kind."}, "Be kind."),
        ({"question": "q", "answer": "a", "system": None, "system_prompt": "Be kind."}, "Be kind."),
        ({"question": "q", "answer": "a", "system": "\n"}, ""),
    ],
)
def test_an_existing_system_message_is_set_aside(row, system):
    assert to_messages(row).original_system_message == system
    assert read(row) == [("user", "q"), ("assistant", "a")]


@pytest.mark.parametrize(
    ("row", "chosen"),
    [
        ({"messages": CHAT, "prompt": "no", "completion": "no"}, "q"),
        ({"conversations": SHAREGPT, "question": "no", "answer": "no"}, "q"),
        ({"instruction": "q", "output": "a", "generation": "no"}, "q"),
        ({"messages": None, "question": "q", "answer": "a"}, "q"),
        ({"prompt": None, "completion": None, "problem": "q", "solution": "a", "answer": "no"}, "q"),
    ],
)
def test_the_first_layout_that_is_filled_counts(row, chosen):
    assert read(row) == [("user", chosen), ("assistant", "a")]


def test_explicit_mapping_wins():
    row = {"messages": CHAT, "q": "Q", "a": "A", "i": "I", "s": "S", "chat": TWO_TURNS, "system": "no"}
    assert read(row, user="q", assistant="a") == [("user", "Q"), ("assistant", "A")]
    assert read(row, user="q", assistant="a", input="i")[0] == ("user", "Q\n\nI")
    assert len(read(row, messages="chat")) == 4
    mapping = ColumnMapping(user="q", assistant="a", system="s")
    assert to_messages(row, columns=mapping).original_system_message == "S"
    assert to_messages(row, columns={"messages": "chat"}).original_system_message == ""
    assert read(row | {"i": None}, user="q", assistant="a", input="i")[0] == ("user", "Q")


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"user": "q"},
        {"assistant": "a", "input": "i"},
        {"system": "s"},
        {"messages": "m", "user": "q"},
        {"messages": "m", "input": "i"},
        {"question": "q", "answer": "a"},
        {"user": "q", "assistant": None},
        {"user": "q", "assistant": ""},
    ],
)
def test_a_wrong_mapping_is_the_fault_of_the_configuration(names):
    with pytest.raises(ConfigError) as caught:
        to_messages({"messages": CHAT}, columns=names)
    assert caught.value.hint


def turns(*roles: str) -> list[dict[str, str]]:
    return [{"role": role, "content": "x"} for role in roles]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "no conversation in a row without columns: expected messages, "),
        ({"text": "x", "id": 1}, "no conversation in the columns 'text', 'id': expected messages, "),
        ({"question": "x"}, "no conversation in the columns 'question': expected messages, "),
        ({"question": "x", "answer": None}, "column 'answer': expected text, found null"),
        ({"question": "x", "answer": " \n"}, "column 'answer': expected text, found nothing but white space"),
        ({"question": "", "answer": "x"}, "column 'question': expected text, found nothing but white space"),
        (
            {"instruction": "", "input": " ", "output": "x"},
            "column 'instruction': expected text, found nothing",
        ),
        ({"question": 7, "answer": "x"}, "column 'question': expected text, found a number"),
        ({"question": True, "answer": "x"}, "column 'question': expected text, found true or false"),
        ({"question": {"a": 1}, "answer": "x"}, "column 'question': expected text, found an object"),
        ({"question": "x", "answer": ["x"]}, "column 'answer', turn 1: expected an object with 'role' and"),
        ({"question": "x", "answer": "\ud800"}, "column 'answer': expected text, found a surrogate"),
        ({"question": "x", "answer": "x", "system": 3}, "column 'system': expected text, found a number"),
        (
            {"instruction": "x", "input": [1], "output": "x"},
            "column 'input': expected parts of type 'text', ",
        ),
        ({"messages": None}, "column 'messages': expected a list of turns, found null"),
        ({"messages": "hello"}, "column 'messages': expected a list of turns, found 'hello'"),
        ({"messages": "{}"}, "column 'messages': expected a list of turns, found an object"),
        ({"messages": "[" * 100_000}, "column 'messages': expected a list of turns, found '[[["),
        ({"messages": []}, "column 'messages': expected at least a user and an assistant turn, found none"),
        (
            {"messages": turns("system")},
            "column 'messages': expected at least a user and an assistant turn, ",
        ),
        (
            {"conversation": [{"input": "x", "output": 1}]},
            "column 'conversation', turn 1 (output): expected text",
        ),
    ],
)
def test_bad_rows_say_where_and_what(row, message):
    with pytest.raises(BadInput) as caught:
        to_messages(row)
    assert str(caught.value).startswith(message)


IMAGE = {"type": "image_url", "image_url": "x"}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {"name": "f"}}]}


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        (turns("user"), "turn 1: expected an answer to it, found none"),
        (turns("user", "assistant", "user"), "turn 3: expected an answer to it, found none"),
        (turns("assistant", "user"), "turn 2: expected an answer to it, found none"),
        (turns("user", "user"), "turn 1: expected an answer to it, found none"),
        (turns("user", "tool"), "turn 2: expected a tool call before the result of a tool, found none"),
        (turns("user", "narrator"), "turn 2: expected role 'user' or 'assistant', found 'narrator'"),
        ([{"content": "x"}], "turn 1: expected role 'user' or 'assistant', found null"),
        ([{"role": "user"}], "turn 1: expected text, found null"),
        ([{"role": "user", "content": ""}], "turn 1: expected text, found nothing but white space"),
        ([CHAT[0], CALL], "turn 2: expected text, found a tool call without its result"),
        (
            [CHAT[0], CALL | {"tool_calls": [{"id": "1"}]}],
            "turn 2: expected a tool call with a 'name', found an object",
        ),
        ([{"role": "user", "content": [IMAGE]}], "turn 1: expected parts of type 'text', found 'image_url'"),
        (["x"], "turn 1: expected an object with 'role' and 'content', found 'x'"),
    ],
)
def test_bad_turns_are_numbered(messages, message):
    with pytest.raises(BadInput) as caught:
        to_messages({"messages": messages})
    assert str(caught.value) == f"column 'messages', {message}"


def test_a_mapped_column_that_is_missing_is_bad_input():
    with pytest.raises(BadInput) as caught:
        to_messages({"messages": CHAT}, columns={"user": "q", "assistant": "messages"})
    assert str(caught.value) == "column 'q': expected by the column mapping, found the columns 'messages'"


@pytest.mark.parametrize(
    "row",
    [
        {"secret " * 50: 1},
        {f"column {number}": "x" for number in range(1000)},
        {"messages": "secret\n" * 50},
        {"messages": turns("secret\n\u2028" * 50)},
        {"messages": ["\U000e0001" * 50]},
        {"question": "x", "answer": [{"role": "user", "content": [{"type": "secret " * 50}]}]},
    ],
)
def test_messages_are_one_short_line_with_little_user_data(row):
    with pytest.raises(BadInput) as caught:
        to_messages(row)
    assert len(str(caught.value)) < 250
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).count("secret") < 10


COLUMNS = sorted({column for layout in LAYOUTS for column in layout.columns} | {*SYSTEM_COLUMNS, "text"})
texts = st.sampled_from(["q", " a\n", "", " ", "\ud800", "[]", json.dumps(CHAT)]) | st.text(max_size=5)
roles = st.sampled_from(["user", "human", "assistant", "gpt", "system", "tool", "", 3, None])
items = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["role", "from"], roles),
        **dict.fromkeys(["content", "value", "input", "output"], texts | st.none()),
        "tool_calls": st.just([]) | st.none(),
    },
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts | items
keys = st.sampled_from(["role", "content", "type", "text"]) | st.text(max_size=3)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
chats = st.lists(st.sampled_from([*CHAT, *SHAREGPT, {"role": "system", "content": "s"}]), max_size=5)
rows = st.dictionaries(
    st.sampled_from(COLUMNS) | st.text(max_size=3), values | chats | chats.map(np.array), max_size=4
)


@given(rows, st.none() | st.just({"user": "question", "assistant": "answer", "input": "input"}))
@settings(max_examples=300, deadline=None)
def test_any_row_is_a_conversation_or_bad_input(row, columns):
    try:
        conversation = to_messages(row, columns=columns)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1
        assert len(str(error)) < 250
        return
    messages = conversation.messages
    assert find_answers(messages)[-1] == len(messages) - 1
    for message, following in zip(messages, [*messages[1:], {"role": ""}], strict=True):
        assert set(message) == {"role", "content"}
        assert message["role"] in ("user", "assistant", "tool", "system")
        assert message["role"] != following["role"] or message["role"] == "tool"
        assert message["role"] == "tool" or not is_blank(message["content"])
        message["content"].encode()
    assert messages[0]["role"] in ("user", "assistant")
    fields = json.loads(conversation.turn_fields or "[]")
    assert not fields or len(fields) == len(messages)
    assert isinstance(conversation.original_system_message, str)


def test_reading_leaves_the_row_alone():
    row = {"messages": [{"role": "system", "content": "s"}, *CHAT]}
    before = json.dumps(row)
    to_messages(row).messages[0]["content"] = "changed"
    assert json.dumps(row) == before


@pytest.mark.parametrize("tools", ["hammer, saw", [{"size": 3}], {"name": "f"}, [1], "[" * 9000, "{1: 2}"])
def test_tools_that_cannot_be_read_are_counted_and_cost_no_row(tools):
    read = to_messages({"question": "Q?", "answer": "A.", "tools": tools})
    assert read.tools == "" and read.notes == (UNREAD_TOOLS,) and len(read.messages) == 2


def test_a_mapping_reads_the_columns_it_names_alone():
    row = {"q": "Q?", "a": "A.", "tools": [{"name": "f"}]}
    assert to_messages(row, columns={"user": "q", "assistant": "a"}).tools == ""
