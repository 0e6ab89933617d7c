"""A user's level from their own words, and the levels that go with a persona."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.variety.conditions import draw_conditions
from sysgen_distilabel.variety.options import Conditions
from sysgen_distilabel.variety.user_level import LEVELS, estimate_level, fitting_levels


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ("I'm new to this. How do fractions work?", "novice"),
        ("Explain black holes like I'm five.", "novice"),
        ("Ich bin Anfänger, was ist eine Schleife?", "novice"),
        ("Bound the amortized latency of this stochastic process.", "expert"),
        ("Why does this deadlock? The mutex is held:\n```c\nlock(&m);\n```", "expert"),
        ("```python\nprint(1)\n```\nWhy 1?", "intermediate"),
        ("Write me a short poem about the sea.", ""),
    ],
)
def test_words_tell_the_level(asked, level):
    assert estimate_level(asked) == level


@pytest.mark.parametrize(
    ("asked", "persona", "levels"),
    [
        ("", "a parent who explains it to a child of eight", ["novice"]),
        ("", "a software developer", ["intermediate", "expert"]),
        ("", "a student who prepares for an exam", ["novice", "intermediate"]),
        ("I'm a beginner.", "", ["novice", "intermediate"]),
        ("I'm a beginner.", "a software developer", ["intermediate"]),
        ("", "", list(LEVELS)),
    ],
)
def test_levels_fit_the_words_and_the_persona(asked, persona, levels):
    assert fitting_levels(LEVELS, asked, persona) == levels


@given(st.text(max_size=60), st.text(max_size=30), st.lists(st.sampled_from(LEVELS), min_size=1, unique=True))
def test_there_is_always_a_level(asked, persona, levels):
    assert set(fitting_levels(levels, asked, persona)) <= set(levels) and fitting_levels(
        levels, asked, persona
    )


def test_no_row_has_an_expert_of_eight():
    conditions = Conditions(personas=["a child of eight"], expertise=list(LEVELS))
    drawn = {draw_conditions(f"row-{n}", conditions)["expertise"] for n in range(50)}
    assert drawn == {"novice"}


def test_a_row_without_tools_is_not_asked_for_a_tool_phrase():
    conditions = Conditions(functionality_shares={"Tool": 1.0})
    without, with_tools = (draw_conditions("row", conditions, has_tools=has) for has in (False, True))
    assert "Tool" in with_tools["wanted_functionalities"]
    assert "Tool" not in without["wanted_functionalities"] and without["wanted_functionalities"]
