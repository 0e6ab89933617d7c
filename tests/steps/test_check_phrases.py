"""The Steps of the checks: what they note, drop and reject, and that they leave other rows alone."""

import pytest
from pydantic import ValidationError

from sysgen_distilabel.checks.check_table import ALL_OFF
from sysgen_distilabel.steps import CheckCopies, CheckPhrases
from tests.steps.test_steps import run_step

COPY = {"functionality": "Style", "text": "Be brief and businesslike.", "verdict": ""}
OWN = {"functionality": "Task", "text": "Explain fractions to children.", "verdict": ""}


@pytest.mark.parametrize(
    ("policy", "left", "action", "outcome"),
    [
        ("drop", [OWN], ["dropped"], "pending"),
        ("mark", [OWN, COPY], ["marked"], "pending"),
        ("reject", [OWN, COPY], ["rejected"], "copied_demonstration"),
        ("off", [OWN, COPY], [], "pending"),
    ],
)
@pytest.mark.parametrize("step", ["one", "all"])
def test_a_check_does_what_its_policy_says(step, policy, left, action, outcome):
    step = CheckCopies(policy=policy) if step == "one" else CheckPhrases(checks={**ALL_OFF, "copies": policy})
    (row,) = run_step(step, {"phrases": [OWN, COPY]})
    assert (row["phrases"], row["outcome"]) == (left, outcome)
    assert [found["action"] for found in row["findings"]] == action
    assert ("copies" in row["checked"]) == (policy != "off")


def test_a_row_that_no_phrase_is_left_of_is_rejected_and_keeps_them():
    (row,) = run_step(CheckCopies(), {"phrases": [COPY]})
    assert (row["outcome"], row["outcome_detail"]) == ("every_phrase_dropped", "copies: copy")
    assert row["phrases"] == [COPY] and row["findings"][0]["action"] == "dropped"


def test_what_earlier_checks_have_noted_stays():
    earlier = {"checked": ["loops"], "findings": [{"check": "loops"}]}
    (row,) = run_step(CheckCopies(), {"phrases": [OWN, COPY], **earlier})
    assert row["checked"] == ["loops", "copies"] and len(row["findings"]) == 2


def test_rejected_and_poisoned_rows_harm_no_neighbour():
    fine = {"phrases": [OWN]}
    rows = run_step(
        CheckPhrases(), fine, {"phrases": [COPY], "outcome": "bad_input"}, {"phrases": None}, fine
    )
    assert [row["outcome"] for row in rows] == ["pending", "bad_input", "task_error", "pending"]
    assert all(row["checked"] == [] and row["findings"] == [] for row in rows[1:3])


@pytest.mark.parametrize(
    ("step", "settings"), [(CheckCopies, {"policy": "x"}), (CheckPhrases, {"checks": {"x": "off"}})]
)
def test_a_wrong_policy_is_refused(step, settings):
    with pytest.raises(ValidationError):
        step(**settings)
