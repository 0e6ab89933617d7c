"""Verdicts are read from text and JSON, and never guessed."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.replies import verdicts
from sysgen_distilabel.replies.verdicts import read_verdicts

KEYS = ["Role", "Style"]
BOTH = {"Role": Verdict.GOOD, "Style": Verdict.BAD}


@pytest.mark.parametrize(
    "reply",
    [
        "Role: Good\nStyle: Bad",
        "«Role»: Good\n«Style»: Bad",
        "<<Role>>: Good\n<<Style>>: Bad",
        "- **Role**: Good\n- **Style**: Bad",
        "role = GOOD\n  style -> bad.",
        "| Role | Good |\n| Style | Bad |",
        "Here are the verdicts:\n\nRole: Good\nContent: None\nStyle: Bad - it repeats the question.",
        '{"Role": "Good", "Style": "Bad"}',
        '```json\n{"Role": "good", "Style": "bad"}\n```',
        '{"verdicts": [{"functionality": "Role", "verdict": "Good"}, {"tag": "Style", "label": "Bad"}]}',
    ],
)
def test_forms_models_use(reply):
    assert read_verdicts(reply, KEYS) == BOTH


@pytest.mark.parametrize(
    "reply",
    [
        "1: Good\n2: Bad",
        "1. <<Role>>You are: Bad<</Role>>: Good\n2. <<Style>>x<</Style>>: Bad",
        "Phrase 1: Good\n#2: bad",
    ],
)
def test_verdicts_per_phrase(reply):
    assert read_verdicts(reply, ["1", "2"]) == {"1": Verdict.GOOD, "2": Verdict.BAD}


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "All phrases are fine.",
        "Role: Goodish\nStyle: fine",
        "Role: Good\nRole: Bad",
        "{broken",
        "[]",
        "null",
        '{"Role": 1}',
    ],
)
def test_no_verdict_is_not_good(reply):
    assert read_verdicts(reply, ["Role"]) == {}


def test_a_missing_key_stays_missing():
    assert read_verdicts("Role: Good", KEYS) == {"Role": Verdict.GOOD}


@given(st.dictionaries(st.sampled_from(list(FUNCTIONALITIES)), st.sampled_from(list(Verdict)), min_size=1))
def test_what_was_asked_for_is_read_in_either_form(verdicts):
    expected = {key.value: verdict for key, verdict in verdicts.items()}
    lines = "\n".join(f"{key}: {verdict}" for key, verdict in expected.items())
    assert read_verdicts(lines, expected) == expected
    assert read_verdicts(json.dumps(expected), expected) == expected


LINES = st.lists(
    st.tuples(
        st.sampled_from([*FUNCTIONALITIES, "Colour", "roles", "1"]),
        st.sampled_from([*Verdict, "good", "Good."]),
    ),
    max_size=9,
)


@given(LINES, st.sets(st.sampled_from([*FUNCTIONALITIES, "1", "2"])))
def test_lines_as_asked_for_say_what_the_same_lines_say_with_marks_before_them(lines, keys):
    written = [f"{key}: {verdict}" for key, verdict in lines]
    marked = "\n".join(f"- {line}" for line in written)
    assert read_verdicts("\n".join(written), keys) == read_verdicts(marked, keys)


@given(st.text())
def test_any_text_can_be_read(reply):
    assert set(read_verdicts(reply, KEYS)) <= set(KEYS)


@pytest.mark.parametrize("piece", ["<<a>>", "<</a>>", "<<a>><</a>>", "<</a>><<a>>", "<<", "Role: "])
def test_a_reply_of_any_shape_is_read_in_one_pass(piece):
    read_verdicts(piece * 40_000, ["Role", "Task"])  # a reader that looks back for each takes minutes


@given(st.lists(st.sampled_from(["<<a>>", "<</a>>", "x", " ", "<<b c>>"])).map("".join))
def test_an_echoed_phrase_goes_as_it_always_did(line):
    assert verdicts._without_echo(line) == re.sub(r"<<\w+>>.*<</\w+>>", "", line)
