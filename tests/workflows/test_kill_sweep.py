"""Every command is killed all along its way, and the same command then ends as if it had not been."""

import json
import subprocess
import sys

import pytest

from tests.commands import ROOT
from tests.kill_sweep import SCENARIOS
from tests.patience import PATIENCE

POINTS = 4


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_leaves_nothing_that_the_same_command_does_not_mend(tmp_path, scenario):
    first = (sum(map(ord, scenario)) % 10) / 10
    command = [sys.executable, "-m", "tests.kill_sweep", scenario, tmp_path / "sweep"]
    done = subprocess.run(
        [*map(str, command), "--points", str(POINTS), "--first", str(first)],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(outcomes) >= POINTS - 1, done.stderr
    assert sum(one["killed"] for one in outcomes) >= POINTS - 1  # a cache may spare the last requests
    bad = [
        one
        for one in outcomes
        if one["exit"] or one["lost"] or one["repeated"] or one["left"] or one["missing"]
    ]
    assert bad == []
