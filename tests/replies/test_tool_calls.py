"""Tool calls of replies: found beside a text or in it, and equal if their arguments are as JSON values."""

import pytest

from sysgen_distilabel.replies.tool_calls import (
    are_same_calls,
    differs_from_source,
    find_recorded_calls,
    read_tool_reply,
    were_offered,
)


def call(arguments, name="weather"):
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


SAME = [
    ('{"city": "Bonn", "days": 1}', '{"days":1.0,"city":"Bonn"}'),
    ('{"at": {"b": [1, 2], "a": null}}', '{"at": {"a": null, "b": [1.0, 2]}}'),
    ("{}", " { } "),
    ("no JSON", " no JSON\n"),
    ('{"city": "K\\u00f6ln"}', '{"city": "Köln"}'),
]
OTHERS = [
    ('{"city": "Bonn"}', '{"city": "bonn"}'),
    ('{"days": 1}', '{"days": true}'),
    ('{"days": 1}', '{"days": "1"}'),
    ('{"days": 1}', '{"days": 1.5}'),
    ('{"at": [1, 2]}', '{"at": [2, 1]}'),
    ('{"city": null}', "{}"),
]


@pytest.mark.parametrize(("made", "recorded"), SAME)
def test_arguments_are_compared_as_json_values(made, recorded):
    assert are_same_calls([call(made)], [call(recorded)])


@pytest.mark.parametrize(("made", "recorded"), OTHERS)
def test_other_arguments_are_another_call(made, recorded):
    assert not are_same_calls([call(made)], [call(recorded)])


def test_another_tool_or_another_number_of_calls_is_another():
    one, two = call("{}"), call("{}", "clock")
    assert are_same_calls([one, two], [two, one]), "calls side by side have no order"
    assert not are_same_calls([one], [two])
    assert not are_same_calls([one, one], [one])
    assert not are_same_calls([], [one])


@pytest.mark.parametrize("engine_calls", [[call("{}")], [{"function": {"name": "weather", "arguments": {}}}]])
def test_calls_beside_a_text_are_read(engine_calls):
    reply = read_tool_reply("Let me look.", engine_calls)
    assert reply.text == "Let me look." and are_same_calls(reply.calls, [call("{}")])


def test_calls_written_in_a_text_are_read_where_the_engine_found_none():
    text = 'Let me look.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Bonn"}}\n</tool_call>'
    reply = read_tool_reply(text, [])
    assert reply.text == "Let me look." and are_same_calls(reply.calls, [call('{"city": "Bonn"}')])
    assert find_recorded_calls({"content": text}) == reply.calls


@pytest.mark.parametrize(
    "text", ["Sunny.", "<tool_call>weather(Bonn)</tool_call>", "<tool_call>{}</tool_call>"]
)
def test_what_is_no_call_is_text(text):
    assert read_tool_reply(text, []) == (text, [])


def test_a_call_without_a_name_is_none():
    assert read_tool_reply("Sunny.", [{"function": {"arguments": "{}"}}]) == ("Sunny.", [])


@pytest.mark.parametrize(
    ("calls", "offered", "differs"),
    [
        (None, False, False),
        ([], True, False),
        (["same"], True, False),
        (["same", "other"], True, True),
        (["none"], True, True),
        (["unasked"], False, False),
    ],
)
def test_what_the_column_says_of_a_row(calls, offered, differs):
    notes = None if calls is None else [{"turn": 1, "call": name, "made": ""} for name in calls]
    assert (were_offered(notes), differs_from_source(notes)) == (offered, differs)
