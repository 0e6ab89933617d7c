"""The whole way: a run, its environment in three layouts, difficulty, hold-out, and the messages."""

import json
import shutil

import pytest
import yaml

from sysgen_distilabel.errors import ConfigError, RunError, SysGenError
from sysgen_distilabel.rl_environments.difficulty import Difficulty
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.engine_config import load_engine
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.export_environment import EnvironmentOptions, export_environment
from sysgen_distilabel.workflows.run import run
from tests.commands import sysgen, write_rows

SIMULATED = load_engine({"llm": "simulated"})
GRPO = EnvironmentFormat.TRL_GRPO


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    place = tmp_path_factory.mktemp("environment")
    config = RunConfig(input=str(write_rows(place / "rows.jsonl", 20)), llm="simulated")
    return run(config, place / "run").directory


def lines_of(folder, name="train.jsonl"):
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_rows_become_tasks_and_every_row_is_accounted_for(finished, tmp_path):
    facts = export_environment(finished, EnvironmentOptions(GRPO), tmp_path / "env")
    accepted = finished.read_report()["rows"]["accepted"]
    assert facts["tasks"] + sum(facts["left_out"].values()) == accepted
    rows = lines_of(tmp_path / "env")
    assert len(rows) == facts["tasks"] and set(rows[0]) == {"prompt", "constraints", "questions", "source_id"}
    card = (tmp_path / "env" / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(card.split("---")[1])
    assert {"rl-environment", "nemo-gym", "verifiers"} <= set(front["tags"]) and "**Simulated.**" in card
    alone = sum(not row["constraints"] for row in rows)
    assert facts["tasks_of_questions_alone"] == alone > 0 and f"for a judge alone | {alone} |" in card
    assert "Whether it is right or helpful is checked by nothing here" in card


def test_answers_that_nobody_judges_are_named_as_that(finished, tmp_path):
    options = EnvironmentOptions(GRPO, rollouts=1, sampled=SIMULATED)
    with pytest.raises(SysGenError, match="no program checks, and no judge gave a verdict on"):
        export_environment(finished, options, tmp_path / "env")


def test_pass_rates_come_from_rollouts_and_a_rule_keeps_tasks(finished, tmp_path):
    options = {"rollouts": 4, "sampled": SIMULATED, "judge": SIMULATED}
    facts = export_environment(finished, EnvironmentOptions(GRPO, **options), tmp_path / "all")
    rates = [row["pass_rate"] for row in lines_of(tmp_path / "all")]
    assert all(row["pass_rate_total"] == 4 for row in lines_of(tmp_path / "all"))
    assert sum(facts["pass_rates"].values()) == facts["tasks"] and facts["rollout_model"] == "simulated"
    paid = finished.usage()["rollout"]["calls"]
    assert paid == 3 * facts["tasks"]  # the first sample is phase 4's, which the store has
    rule = Difficulty(0.25, 0.75)
    kept = export_environment(
        finished, EnvironmentOptions(GRPO, difficulty=rule, **options), tmp_path / "some"
    )
    assert kept["tasks"] == sum(0.25 <= rate <= 0.75 for rate in rates) < len(rates)
    assert kept["left_out"]["difficulty"] == len(rates) - kept["tasks"]
    assert finished.usage()["rollout"]["calls"] == paid


def test_held_out_rows_are_no_tasks(finished, tmp_path):
    whole = export_environment(finished, EnvironmentOptions(GRPO), tmp_path / "whole")
    part = export_environment(finished, EnvironmentOptions(GRPO, hold_out=0.5), tmp_path / "part")
    assert 0 < part["left_out"]["held_out"] < whole["tasks"]
    with pytest.raises(RunError, match=r"No row is a task: .* held out of training"):
        export_environment(finished, EnvironmentOptions(GRPO, hold_out=1.0), tmp_path / "none")


def test_what_contradicts_itself_is_refused(finished, tmp_path):
    for options, message in (
        ({"rollouts": 2}, "needs a model"),
        ({"difficulty": Difficulty(0, 1)}, "needs rollouts"),
        ({"propose": True}, "needs a judge"),
        ({"strata": "kinds"}, "needs a number of tasks"),
        ({"tasks": 3, "strata": "sauce"}, "no such column"),
    ):
        with pytest.raises(ConfigError, match=message):
            export_environment(finished, EnvironmentOptions(GRPO, **options), tmp_path / "env")
    (tmp_path / "mine").mkdir()
    with pytest.raises(RunError, match="no environment"):
        export_environment(finished, EnvironmentOptions(GRPO), tmp_path / "mine")


@pytest.mark.parametrize("by", ["", "kinds", "language", "model_name"])
def test_a_sample_is_drawn_and_every_row_is_accounted_for(finished, tmp_path, by):
    options = EnvironmentOptions(GRPO, tasks=5, strata=by)
    facts = export_environment(finished, options, tmp_path / "env")
    accepted = finished.read_report()["rows"]["accepted"]
    assert facts["tasks"] == 5 and 5 + sum(facts["left_out"].values()) == accepted
    assert sum(facts["tasks_by_stratum"].values()) == (5 if by else 0)
    again = [row["source_id"] for row in lines_of(tmp_path / "env")]
    export_environment(finished, options, tmp_path / "env")
    assert [row["source_id"] for row in lines_of(tmp_path / "env")] == again
    assert ("## Strata" in (tmp_path / "env" / "README.md").read_text(encoding="utf-8")) is bool(by)


@pytest.mark.slow
def test_the_command_writes_all_three(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    for layout, file in (("nemo-gym", "train.jsonl"), ("verifiers", "sysgen_verifiers/tasks.jsonl")):
        done = sysgen("export", tmp_path / "run", "--format", layout)
        assert done.returncode == 0 and "tasks," in done.stdout, done.stderr
        assert "with questions alone: without a judge they give no reward" in done.stdout
        assert lines_of(RunDirectory(tmp_path / "run").path / "export" / layout, file)
    failed = sysgen("export", tmp_path / "run", "--rollouts", "2")
    assert failed.returncode != 0 and "are for environments" in failed.stderr
