"""What becomes of findings under each policy."""

import pytest

from sysgen_distilabel.checks.check_table import Policy
from sysgen_distilabel.checks.findings import Finding, describe, find_to_ask_again, settle_phrases
from sysgen_distilabel.outcome import Outcome

PHRASES = [
    {"functionality": name, "text": f"{name} text", "verdict": ""} for name in ("Role", "Task", "Style")
]
FINDERS = {"copies": lambda row, phrases: [Finding("copy", "words\n" * 200, 1)] if len(phrases) > 1 else []}


@pytest.mark.parametrize(
    ("policy", "kept", "action"),
    [
        ("mark", ["Role", "Task", "Style"], "marked"),
        ("drop", ["Role", "Style"], "dropped"),
        ("regenerate", ["Role", "Style"], "dropped"),
        ("reject", ["Role", "Task", "Style"], "rejected"),
    ],
)
def test_each_policy(policy, kept, action):
    left, findings, rejection = settle_phrases({}, PHRASES, {"copies": Policy(policy)}, FINDERS)
    assert [phrase["functionality"] for phrase in left] == kept
    assert [(f["functionality"], f["phrase"], f["action"]) for f in findings] == [
        ("Task", "Task text", action)
    ]
    assert (rejection and rejection.outcome) == (Outcome.COPIED_DEMONSTRATION if policy == "reject" else None)
    assert len(findings[0]["evidence"]) <= 200 and "\n" not in findings[0]["evidence"]


def test_what_is_found_in_the_phrases_as_a_whole_is_marked_where_a_phrase_would_be_dropped():
    finders = {"copies": lambda row, phrases: [Finding("copy", "")]}
    left, findings, _ = settle_phrases({}, PHRASES, {"copies": Policy.DROP}, finders)
    assert left == PHRASES and findings[0]["action"] == "marked"


@pytest.mark.parametrize(("policy", "number"), [("mark", 0), ("drop", 0), ("regenerate", 1), ("reject", 1)])
def test_only_two_policies_ask_again(policy, number):
    found = find_to_ask_again({}, PHRASES, {"copies": Policy(policy)}, FINDERS)
    assert [entry["action"] for entry in found] == ["regenerated"] * number


def test_a_finding_can_be_read_by_people():
    _, (found,), _ = settle_phrases({}, PHRASES, {"copies": Policy.DROP}, FINDERS)
    assert describe({**found, "evidence": "x"}) == "copies, dropped: Task “Task text”: copy (x)"
    assert describe({**found, "phrase": "", "turn": 2, "evidence": ""}) == "copies, dropped: turn 2: copy"
