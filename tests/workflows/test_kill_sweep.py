"""Every command is killed all along its way, and the same command then ends as if it had not been."""

import functools
import json
import subprocess
import sys

import pytest

from tests.commands import ROOT
from tests.kill_scenarios import SCENARIOS
from tests.patience import PATIENCE

POINTS = 4
GROUPS = [
    ("run", "shared store", "retry", "merge"),
    ("report", "export", "preferences", "responses"),
    ("run, at replies", "preferences, at replies", "heldout"),
    ("push",),
    ("review push", "review pull", "apply review"),
]
"""Scenarios that share a process: what it imports, and the service that it starts."""


def in_groups():
    for group in GROUPS:
        for name in group:
            yield pytest.param(name, group, marks=pytest.mark.xdist_group(f"kill sweep: {group[0]}"), id=name)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """The outcomes of a group and what its process has said, once it is asked for."""

    @functools.cache
    def run(group):
        command = [sys.executable, "-m", "tests.kill_sweep", tmp_path_factory.mktemp("sweep") / "all"]
        chosen = [option for name in group for option in ("--scenario", name)]
        done = subprocess.run(
            [*map(str, command), *chosen, "--points", str(POINTS), "--seed", "1"],
            cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        return done, [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_every_command_is_in_one_group():
    assert sorted(name for group in GROUPS for name in group) == sorted(SCENARIOS)


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "group"), in_groups())
def test_a_kill_leaves_nothing_that_the_same_command_does_not_mend(sweep, scenario, group):
    done, outcomes_of_all = sweep(group)
    outcomes = [one for one in outcomes_of_all if one["scenario"] == scenario]
    assert done.returncode == 0 and len(outcomes) >= POINTS - 1, done.stderr
    assert sum(one["kills"] for one in outcomes) >= POINTS - 1  # a cache may spare the last requests
    bad = [
        one
        for one in outcomes
        if one["exit"] or one["lost"] or one["repeated"] or one["left"] or one["missing"]
    ]
    assert bad == []
