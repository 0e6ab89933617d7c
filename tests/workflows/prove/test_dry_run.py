"""`sysgen prove --dry-run` without PyTorch: what would be trained on what, and what it takes."""

import pytest

from sysgen_distilabel.workflows.prove.prove_cost import count_parameters
from tests import benchmark_data
from tests.chat_tokenizers import save_checkpoint
from tests.commands import EXAMPLES, sysgen

SHAPES = {"embed": [300, 8], "layer.0.weight": [8, 8], "norm": [8]}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prove") / "run"
    done = sysgen("run", EXAMPLES / "mixed.jsonl", "--output", folder, "--llm", "simulated", "--limit", 12)
    assert done.returncode == 0
    return folder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return save_checkpoint("qwen2.5", tmp_path_factory.mktemp("checkpoint"), SHAPES)


def test_parameters_are_counted_from_the_heads_of_the_files(checkpoint):
    assert count_parameters(str(checkpoint)) == 300 * 8 + 8 * 8 + 8


@pytest.mark.slow
def test_a_dry_run_says_what_would_be_done_and_leaves_nothing(run, checkpoint, tmp_path):
    test = benchmark_data.heldout(tmp_path / "held.jsonl")
    task = benchmark_data.lm_eval_task(tmp_path)
    common = ["prove", run, "--model", checkpoint, "--test", test, "--seeds", 2, "--unseen", task]
    done = sysgen(*common, "--output", tmp_path / "out", "--max-length", 8000, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Simulated. ")
    rows = {line.split(",")[0] for line in done.stdout.splitlines() if " to learn" in line}
    assert {row.split(":")[0] for row in rows} == {"none", "default", "no-aligned", "sysgen"}
    assert len({row.split(":")[1] for row in rows}) == 1  # the same rows in every arm
    assert "trainings: 8," in done.stdout and "test held: 3 prompts, native and folded" in done.stdout
    assert "unseen task sums: 3 questions to each of 9 models" in done.stdout
    assert "memory of one: about" in done.stdout and "training: about" in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_what_cannot_be_proved_is_said(run, checkpoint, tmp_path):
    common = ["prove", run, "--model", checkpoint, "--dry-run", "--max-length", 8000]
    held = benchmark_data.heldout(tmp_path / "held.jsonl")
    judged = sysgen(*common, "--test", "multifacet")
    assert judged.returncode == 2 and "Multifacet needs a judge" in judged.stderr
    unknown = sysgen(*common, "--test", "nowhere.jsonl")
    assert unknown.returncode == 2 and "There is no test nowhere.jsonl" in unknown.stderr
    unseen = sysgen(*common, "--test", held, "--unseen", tmp_path / "none.yaml")
    assert unseen.returncode == 2 and "lm-eval knows no task" in unseen.stderr
    nothing = sysgen("prove", tmp_path, "--model", checkpoint, "--dry-run")
    assert nothing.returncode == 4
    unasked = sysgen("prove", run, "--model", checkpoint)
    assert unasked.returncode == 2 and "--output" in unasked.stderr
