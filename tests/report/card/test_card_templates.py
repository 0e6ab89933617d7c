"""No value is markup, a link or a line of its own in a card."""

import re

import pytest

from sysgen_distilabel.hub.model_card import render_model_card
from sysgen_distilabel.report.card.card_templates import _cell, _code, _inline

NAME = (
    "evil](http://elsewhere.test) <script>x</script> <img src=x> | `x` {{7*7}}\n---\nlicense: y\n# Head\n"
    "![a](http://elsewhere.test/p.png) \x1b[31m"
)


@pytest.mark.parametrize("make", [_cell, _inline])
def test_in_a_sentence_or_a_table(make):
    shown = make(NAME)
    assert not {"\n", "\x1b", "<"} & set(shown)
    assert not re.search(r"(?<!\\)(?:[|]|!\[|(?<!!)\[)", shown)


def test_in_code():
    assert not {"\n", "\x1b", "`", "|"} & set(_code(NAME))
    assert _code("org/model-1_b") == "org/model-1_b" == _inline("org/model-1_b")


def test_a_hostile_name_of_a_model():
    rows = {"input": 1, "accepted": 1, "rejected": {}}
    report = {"simulation_notice": "", "rows": rows, "models": {NAME: 1}}
    card = render_model_card(NAME, report, base_model=NAME)
    text = re.sub(r"```.*?```", "", card.split("---\n", 2)[2], flags=re.S)
    assert not [part for part in ("<script>", "<img", "\n# Head", "\nlicense: y", "\x1b") if part in text]
