"""The table of checks, and what settings may say of them."""

import sys
import tomllib
from pathlib import Path

import pytest

from sysgen_distilabel.checks.check_table import (
    ALL_OFF,
    CAREFUL,
    CHECKS,
    Policy,
    Subject,
    policies_of,
    resolve_policies,
)
from sysgen_distilabel.checks.finders import PHRASE_FINDERS
from sysgen_distilabel.outcome import REASONS


def test_every_check_of_phrases_has_a_finder_and_no_other_has():
    phrases = [name for name, check in CHECKS.items() if check.subject is Subject.PHRASES]
    assert phrases == list(PHRASE_FINDERS)


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_every_check_can_be_off_and_has_a_reason_and_a_meaning(check):
    assert check.policies[0] is Policy.OFF and check.careful in check.policies
    assert check.policies == tuple(policy for policy in Policy if policy in check.policies)
    assert check.outcome in REASONS and check.meaning and not check.meaning.endswith(".")


def test_what_is_not_named_is_careful():
    assert resolve_policies({"copies": "mark"}) == {**CAREFUL, "copies": "mark"}
    assert resolve_policies(None) == resolve_policies("careful") == CAREFUL


@pytest.mark.parametrize("off", ["off", False])
def test_all_or_one_can_be_off_as_yaml_reads_it(off):
    assert resolve_policies(off) == ALL_OFF
    assert resolve_policies({"copies": off})["copies"] == "off"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"copiez": "off"}, "copiez"),
        ({"loops": "drop"}, "loops"),
        ({"copies": "yes"}, "mark"),
        ("on", "careful"),
    ],
)
def test_a_wrong_policy_is_named(given, named):
    with pytest.raises(ValueError, match=named):
        resolve_policies(given)


@pytest.mark.parametrize("module", CHECKS["answers"].needs)
def test_a_check_is_off_where_a_part_of_its_extra_is_missing(module, monkeypatch):
    """Another package, such as `verifiers` 0.4, may bring the others."""
    assert CHECKS["answers"].default is Policy.REGENERATE
    monkeypatch.setitem(sys.modules, module, None)
    assert CHECKS["answers"].default is Policy.OFF
    with pytest.raises(ValueError, match=r"sysgen-distilabel\[answers\]"):
        resolve_policies({"answers": "mark"})


def test_a_check_knows_all_that_its_extra_brings():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert len(CHECKS["answers"].needs) == len(project["project"]["optional-dependencies"]["answers"])


def test_policies_of_a_subject_leave_out_what_is_off():
    assert policies_of({"copies": "drop", "loops": "reject"}, Subject.PHRASES) == {"copies": Policy.DROP}
    assert policies_of(ALL_OFF, *Subject) == {}
