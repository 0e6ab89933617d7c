"""Every command is killed all along its way, and the same command then ends as if it had not been."""

import json
import subprocess
import sys

import pytest

from tests.commands import ROOT
from tests.kill_scenarios import SCENARIOS
from tests.patience import PATIENCE

POINTS = 4


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_leaves_nothing_that_the_same_command_does_not_mend(tmp_path, scenario):
    command = [sys.executable, "-m", "tests.kill_sweep", tmp_path / "sweep", "--scenario", scenario]
    done = subprocess.run(
        [*map(str, command), "--points", str(POINTS), "--seed", "1"],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(outcomes) >= POINTS - 1, done.stderr
    assert sum(one["kills"] for one in outcomes) >= POINTS - 1  # a cache may spare the last requests
    bad = [
        one
        for one in outcomes
        if one["exit"] or one["lost"] or one["repeated"] or one["left"] or one["missing"]
    ]
    assert bad == []
