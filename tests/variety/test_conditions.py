"""Conditions of system messages: drawn by row and seed alone, in the shares asked for; tools are read."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.columns import CONDITIONS
from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.inputs.tool_schemas import name_tools, read_tools
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.tasks import GenerateSystemMessage
from sysgen_distilabel.variety.conditions import draw_conditions, draw_share
from sysgen_distilabel.variety.options import Conditions

ALL = Conditions(
    functionality_dropout=0.5,
    personas=["a nurse", "a judge"],
    expertise=["novice", "expert"],
    lengths=["short", "long"],
    languages=["conversation", "German"],
)
MESSAGES = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]
IDS = [f"row-{n}" for n in range(4000)]


@given(st.text(), st.integers(0, 5), st.floats(0, 1))
def test_a_row_and_a_seed_always_draw_the_same(source_id, seed, dropout):
    conditions = ALL.model_copy(update={"seed": seed, "functionality_dropout": dropout})
    drawn = draw_conditions(source_id, conditions)
    assert drawn == draw_conditions(source_id, conditions) and tuple(drawn) == CONDITIONS
    wanted = drawn["wanted_functionalities"]
    assert wanted == [str(name) for name in FUNCTIONALITIES if name in wanted]
    assert bool(wanted) == bool(dropout)
    assert drawn["wanted_language"] in ("", "German")


@pytest.mark.parametrize(("dropout", "tool"), [(0.5, None), (0.2, 0.3), (0.75, 0.9)])
def test_functionalities_are_asked_for_in_their_shares(dropout, tool):
    shares = {} if tool is None else {"Tool": tool}
    conditions = Conditions(functionality_dropout=dropout, functionality_shares=shares)
    drawn = [draw_conditions(source_id, conditions)["wanted_functionalities"] for source_id in IDS]
    counts = Counter(name for wanted in drawn for name in wanted)
    for name in FUNCTIONALITIES:
        assert counts[name] / len(IDS) == pytest.approx(shares.get(name, 1 - dropout), abs=0.04)


def test_values_are_drawn_with_equal_chances_and_apart_from_each_other():
    drawn = [draw_conditions(source_id, ALL) for source_id in IDS]
    for column in ("persona", "expertise", "wanted_length", "wanted_language"):
        assert min(Counter(row[column] for row in drawn).values()) / len(IDS) > 0.45
    pairs = Counter((row["persona"], row["expertise"]) for row in drawn)
    assert len(pairs) == 4 and min(pairs.values()) / len(IDS) > 0.2
    fewer = ALL.model_copy(update={"personas": [], "functionality_dropout": 0.0})
    assert all(
        draw_conditions(source_id, fewer)["expertise"] == row["expertise"]
        for source_id, row in zip(IDS, drawn, strict=True)
    )


@given(st.floats(0, 1), st.integers(0, 3))
def test_a_share_of_the_rows_is_that_share(share, seed):
    chosen = sum(draw_share(share, seed, "purpose", source_id) for source_id in IDS[:1000])
    assert chosen / 1000 == pytest.approx(share, abs=0.07)


def prompt_of(row, **settings):
    return GenerateSystemMessage(llm=SimulatedLLM(), **settings).format_input({"messages": MESSAGES, **row})


def test_the_prompt_changes_only_for_a_row_with_conditions():
    plain = prompt_of({})
    drawn = draw_conditions("row", ALL) | {"tools": '[{"type": "function", "function": {"name": "look_up"}}]'}
    assert prompt_of(drawn) == plain
    assert prompt_of({}, conditioned=True) == plain
    assert prompt_of(draw_conditions("row", Conditions()), conditioned=True) == plain
    system, user = prompt_of(drawn, conditioned=True)
    history = "## [Conversational History]"
    (shown, talk), (shown_to_all, rest) = (text["content"].split(history) for text in (user, plain[1]))
    before = rest[: rest.index("\nWrite the tagged phrases")]
    assert system == plain[0] and talk.startswith(before) and talk.splitlines()[-1] == rest.splitlines()[-1]
    assert "<<Tool>>" in shown and "<<Tool>>" not in shown_to_all
    added = talk.removeprefix(before)
    assert (
        "look_up" in added
        and drawn["persona"] in added
        and ", ".join(drawn["wanted_functionalities"]) in added
    )


def test_only_the_wanted_tags_are_legal_in_the_grammar():
    task = GenerateSystemMessage(llm=SimulatedLLM(), conditioned=True)
    grammar = task.structured_format({"wanted_functionalities": ["Tool"]}, frozenset({"grammar"}))["schema"]
    assert "<<Tool>>" in grammar and "<<Role>>" not in grammar


FUNCTION = {"name": "look_up", "parameters": {"type": "object"}}
FRAMED = [{"type": "function", "function": FUNCTION}]


@pytest.mark.parametrize(
    "value",
    [
        FRAMED,
        [FUNCTION],
        json.dumps(FRAMED),
        [{"type": "function", "function": {**FUNCTION, "strict": None}}],
    ],
)
def test_tools_are_read_in_the_layouts_data_has(value):
    tools = read_tools({"t": value}, "t")
    assert json.loads(tools) == FRAMED and name_tools(tools) == ["look_up"]


@pytest.mark.parametrize("value", [None, "", " ", [], "[]", float("nan")])
def test_a_row_may_have_no_tools(value):
    assert read_tools({"t": value}, "t") == "" == read_tools({}, "t")
    assert name_tools("") == []


@pytest.mark.parametrize("value", ["look_up", '"look_up"', {"name": "x"}, ["look_up"], [{"name": ""}], 3])
def test_anything_else_is_a_bad_row_that_says_where(value):
    with pytest.raises(BadInput, match="column 't'"):
        read_tools({"t": value}, "t")
