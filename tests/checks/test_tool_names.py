"""Phrases about tools need tools, and name only those there are."""

import json

import pytest

from sysgen_distilabel.checks.tool_names import find_tool_faults, read_tool_names

SCHEMAS = json.dumps([{"type": "function", "function": {"name": "get_weather"}}])
CALLS = json.dumps([{}, {"tool_calls": [{"function": {"name": "find_trip", "arguments": "{}"}}]}])


def phrase(text, functionality="Tool"):
    return {"functionality": functionality, "text": text}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Use `get_weather` first.", None),
        ("Use get_weather() before you answer.", None),
        ("Search the web with `search`.", "search"),
        ("Call getForecast for each day.", "getForecast"),
        ("Use the tools before you state a time.", None),
    ],
)
def test_a_name_must_be_one_of_the_tools(text, name):
    faults = list(find_tool_faults([phrase(text)], True, ["get_weather"]))
    assert [fault.name for fault in faults] == ([name] if name else [])


def test_without_tools_every_phrase_tagged_tool_is_a_fault_and_no_other():
    faults = list(find_tool_faults([phrase("Use `x`.", "Action"), phrase("Use it.")], False, []))
    assert [(fault.phrase, fault.name) for fault in faults] == [(1, "")]


def test_names_are_those_of_schemas_and_of_calls():
    assert read_tool_names(SCHEMAS, CALLS) == ["get_weather", "find_trip"]
    assert read_tool_names("", "") == []
