"""The Slurm and Ray launchers, with stand-ins for the commands of the cluster."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.commands import ROOT, engine_server, read_dataset, sysgen, write_rows
from tests.patience import PATIENCE, wait_until
from tests.processes import group_of, is_running
from tests.workflows.test_kill import read_events, wait_for_requests

SLURM = ROOT / "examples" / "slurm"
SCRIPTS = sorted([*SLURM.glob("*.sh"), *SLURM.glob("*.sbatch"), *(ROOT / "examples" / "ray").glob("*.sh")])
LOCAL = "http://127.0.0.1:1"


@pytest.fixture
def commands(tmp_path):
    """A folder of stand-ins that note what they are called with, first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sbatch", "srun", "scontrol", "ray"):
        command = folder / name
        command.write_text(
            f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/calls\n'
            + {"sbatch": "echo 77\n", "scontrol": "echo node-1; echo node-2\n"}.get(name, "")
        )
        command.chmod(0o755)
    return folder


def environment(commands, **variables):
    path = f"{commands}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "LAUNCHERS": str(SLURM), **{k: str(v) for k, v in variables.items()}}


def calls(tmp_path):
    return (tmp_path / "calls").read_text().splitlines()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_valid(script):
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    if script.suffix == ".sbatch":
        text = script.read_text()
        assert text.startswith("#!/usr/bin/env bash\n")
        if "run_and_requeue" in text:
            assert "--requeue" in text and "--signal=B:TERM@" in text and "--open-mode=append" in text


def test_the_deployment_of_ray_serve_is_valid():
    (application,) = yaml.safe_load((ROOT / "examples" / "ray" / "serve.yaml").read_text())["applications"]
    assert application["import_path"] == "ray.serve.llm:build_openai_app"
    assert application["args"]["llm_configs"][0]["model_loading_config"]["model_id"] == "qwen"


def test_the_merge_is_queued_behind_the_array(commands, tmp_path):
    """Slurm starts the jobs where they were submitted, so paths are relative to that folder."""
    variables = environment(commands, INPUT="rows.jsonl", OUTPUT="out", SHARDS=8)
    del variables["LAUNCHERS"]
    relative = os.path.relpath(SLURM / "submit.sh", tmp_path)
    subprocess.run([relative], env=variables, cwd=tmp_path, check=True)
    assert (tmp_path / "out").is_dir()
    array, merge = calls(tmp_path)
    assert "--array=1-8 --output=out/" in array and array.endswith(f" {SLURM}/array.sbatch")
    assert "--dependency=afterok:77" in merge and merge.endswith(f" {SLURM}/merge.sbatch")


@pytest.mark.slow
def test_a_stopped_shard_goes_back_into_the_queue_and_the_merge_is_whole(commands, tmp_path):
    rows, log, out = write_rows(tmp_path / "rows.jsonl", 60), tmp_path / "requests", tmp_path / "out"
    with engine_server(log) as server:
        engine = " ".join([*server.flags, "--max-concurrency", "4"])

        def start(shard):
            variables = {"SLURM_ARRAY_JOB_ID": 77, "SLURM_ARRAY_TASK_ID": shard, "SLURM_JOB_ID": 77 + shard}
            script = ["bash", str(SLURM / "array.sbatch")]
            settings = environment(commands, INPUT=rows, OUTPUT=out, SHARDS=2, ENGINE=engine, **variables)
            return subprocess.Popen(script, env=settings, cwd=tmp_path, start_new_session=True)

        server.allow(20)
        first = start(1)
        wait_for_requests(log, 20 + 4, first)
        at_work = group_of(first)
        first.send_signal(signal.SIGTERM)  # to the batch script alone, as `--signal=B:` has it
        wait_until(lambda: not all(map(is_running, at_work)))  # the run has heard of it
        server.allow()
        assert first.wait(PATIENCE) == 130
        assert calls(tmp_path) == ["scontrol requeue 77_1"]
        assert start(1).wait(PATIENCE) == 0 and start(2).wait(PATIENCE) == 0
        whole = sysgen("run", rows, "--output", tmp_path / "whole", "--quiet", *server.flags)
        assert whole.returncode == 0
    subprocess.run(
        ["bash", str(SLURM / "merge.sbatch")], env=environment(commands, OUTPUT=out, SHARDS=2), check=True
    )
    assert read_dataset(out / "merged") == read_dataset(tmp_path / "whole")
    received = [event["request"] for event in read_events(log) if event["event"] == "received"]
    assert len(received) == 2 * len(set(received)), "once by the shards, once by the whole run"
    assert len(calls(tmp_path)) == 1


@pytest.mark.slow
def test_a_job_that_fails_for_another_reason_is_not_queued_again(commands, tmp_path):
    settings = environment(
        commands, INPUT=tmp_path / "missing.jsonl", OUTPUT=tmp_path / "out", SHARDS=2,
        SLURM_ARRAY_JOB_ID=77, SLURM_ARRAY_TASK_ID=1, ENGINE="--llm simulated",
    )  # fmt: skip
    job = subprocess.run(["bash", str(SLURM / "array.sbatch")], env=settings, capture_output=True, text=True)
    assert job.returncode == 3 and "There is no file" in job.stderr
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(("code", "queued_again"), [(130, True), (143, True), (5, True), (3, False)])
def test_what_a_job_ends_with_says_whether_it_is_queued_again(commands, tmp_path, code, queued_again):
    script = f'source {SLURM}/resume.sh; run_and_requeue sh -c "exit {code}"'
    job = subprocess.run(["bash", "-c", script], env=environment(commands, SLURM_JOB_ID=5))
    assert job.returncode == code
    assert (tmp_path / "calls").exists() == queued_again


def test_a_cluster_inside_a_job_is_started_head_first_and_stopped(commands, tmp_path):
    (commands / "sysgen").write_text(f'#!/bin/sh\necho "sysgen $*" >> {tmp_path}/calls\nexit 5\n')
    (commands / "sysgen").chmod(0o755)
    (commands / "ray").write_text(f'''#!/bin/sh
        [ "$1" = status ] || exec sh -c "echo ray $* >> {tmp_path}/calls"
        echo x >> {tmp_path}/looks  # the second node is there at the third look
        echo "Active:"; echo " 1 node_a"; [ "$(wc -l < {tmp_path}/looks)" -lt 3 ] || echo " 1 node_b"''')
    settings = environment(
        commands, INPUT="rows.jsonl", OUTPUT=tmp_path, SLURM_JOB_ID=5, SLURM_JOB_NODELIST="node-[1-2]",
        SLURM_JOB_NUM_NODES=2, SLURM_CPUS_PER_TASK=32,
    )  # fmt: skip
    job = subprocess.run(["bash", str(SLURM / "ray.sbatch")], env=settings, cwd=tmp_path)
    assert job.returncode == 5, "a job whose engine is gone is queued again"
    _, head, others, run, requeue, stop = calls(tmp_path)
    assert "--cpus-per-task=32 --nodelist=node-1 ray start --head" in head
    assert (
        "--nodes=1 --ntasks=1 --cpus-per-task=32 --exclude=node-1 ray start --address=node-1:6379" in others
    )
    assert "--ray node-1:6379" in run and "--engines 16" in run
    assert (requeue, stop) == ("scontrol requeue 5", "ray stop")
    assert len((tmp_path / "looks").read_text().split()) == 3


def test_a_ray_job_is_submitted_again_until_it_succeeds(commands, tmp_path):
    (commands / "ray").write_text(
        f'#!/bin/sh\necho "ray $*" >> {tmp_path}/calls\ntest "$(wc -l < {tmp_path}/calls)" -ge 2\n'
    )
    settings = environment(commands, RAY_ADDRESS=LOCAL)
    script = ROOT / "examples" / "ray" / "submit.sh"
    job = subprocess.run([script, "rows.jsonl", "--output", "run"], env=settings, capture_output=True)
    assert job.returncode == 0
    assert (
        calls(tmp_path)
        == [f"ray job submit --address {LOCAL} -- sysgen run rows.jsonl --output run --ray auto --quiet"] * 2
    )
