"""A whole proof with a real model on the CPU: trained with TRL, killed on the way, gone on with, told."""

import json
import os
import re
import signal
import subprocess
import time

import pytest
import yaml

from pipelines.reproduce import reproduce
from tests.benchmark_data import lm_eval_task
from tests.commands import EXAMPLES, SYSGEN, sysgen
from tests.patience import PATIENCE
from tests.small_model import small_model

PROMPTS = ("Name a colour.", "Say hello to Ada.")
ARMS = ["base", "none", "sysgen", "preferences"]
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # another test works beside this one


def held_out_row(number, question):
    return {
        "source_id": f"held-{number}",
        "system_message": "Answer without commas.",
        "messages": [{"role": "user", "content": question}],
        "constraints": [{"verifier": "punctuation:no_comma", "arguments": "{}"}],
        "group": "commas",
    }


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    """A proof whose first session was killed behind its first training, and what it had done by then."""
    folder = tmp_path_factory.mktemp("proof")
    for command in (
        ("run", EXAMPLES / "mixed.jsonl", "--output", folder / "run", "--llm", "simulated", "--limit", 24),
        ("preferences", folder / "run", "--judge-llm", "simulated"),
    ):
        assert sysgen(*command).returncode == 0
    test = folder / "commas.jsonl"
    test.write_text("".join(json.dumps(held_out_row(*each)) + "\n" for each in enumerate(PROMPTS)))
    recipe = {
        "runs": [str(folder / "run")], "model": str(small_model()), "tests": [str(test)], "arms": ARMS,
        "unseen": [str(lm_eval_task(folder))],
        "steps": 2, "tokens_per_step": 256, "max_length": 256, "max_new_tokens": 4, "learning_rate": 1e-3,
        "pairs_per_step": 1, "preference_epochs": 0.1, "engine": "transformers",
    }  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    command = ["prove", "--config", folder / "recipe.yaml", "--output", folder / "proof", "--seeds", 1]
    killed = subprocess.Popen([SYSGEN, *map(str, command)], env=os.environ | ONE_THREAD)
    training = folder / "proof" / "arms" / "none-0" / "training.json"
    deadline = time.monotonic() + PATIENCE
    while not training.exists() and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert training.exists() and killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    before = stamps(folder / "proof")
    finished = sysgen(*command, **ONE_THREAD)
    assert finished.returncode == 0, finished.stderr
    return folder / "proof", before, finished, command


def stamps(proof):
    """When each file of the models was written."""
    kept = ("training.json", "answers.jsonl", "unseen.jsonl", "model.safetensors")
    return {str(file): file.stat().st_mtime_ns for name in kept for file in proof.glob(f"arms/**/{name}")}


def read(proof, arm, name):
    return json.loads((proof / "arms" / f"{arm}-0" / name).read_text())


def test_a_killed_proof_goes_on_at_the_arm(proof):
    directory, before, _, _ = proof
    after = stamps(directory)
    done = [name for name in before if "base-0" in name or name.endswith("none-0/training.json")]
    assert len(done) >= 3
    assert all(after[name] == before[name] for name in done)


def test_the_arms_differ_only_by_their_data(proof):
    directory, *_ = proof
    jobs = {arm: read(directory, arm, "training.job.json")["train"] for arm in ("none", "sysgen")}
    changed = {name for name in jobs["none"] if jobs["none"][name] != jobs["sysgen"][name]}
    assert changed == {"data", "output"}
    lines = {
        arm: [json.loads(line) for line in (directory / "data" / "arms" / arm / "train.jsonl").open()]
        for arm in ("none", "sysgen")
    }
    assert {row["source_id"] for row in lines["none"]} == {row["source_id"] for row in lines["sysgen"]}
    assert not any(turn["role"] == "system" for row in lines["none"] for turn in row["prompt"])
    assert all(row["prompt"][0]["role"] == "system" for row in lines["sysgen"])
    questions = [read(directory, arm, "answering.job.json")["answer"]["conversations"] for arm in ARMS]
    assert all(asked == questions[0] for asked in questions)
    assert [chat[0]["role"] for chat in questions[0]] == ["system"] * 2 + ["user"] * 2


def test_every_arm_has_equal_steps_and_tells_what_it_read(proof):
    directory, *_ = proof
    figures = json.loads((directory / "prove.json").read_text())
    assert figures["preference_steps"] == 1
    for arm in ("none", "sysgen"):
        [trained] = figures["trainings"][arm]
        assert trained["steps"] == 2 and trained["rows"] >= 2
        assert 0 < trained["learnt"] < trained["tokens"] <= 2 * 256
    assert [trained["steps"] for trained in figures["trainings"]["preferences"]] == [1]


def test_every_model_is_asked_the_unseen_tasks(proof):
    directory, *_ = proof
    for arm in ARMS:
        lines = [json.loads(line) for line in (directory / "arms" / f"{arm}-0" / "unseen.jsonl").open()]
        assert [line["question"] for line in lines] == ["sums/0", "sums/1", "sums/2"]
        assert {line["score"] for line in lines} <= {0.0, 1.0}
        assert f"| sums | {arm} | " in (directory / "prove.md").read_text()
    means = json.loads((directory / "prove.json").read_text())["unseen"]["mean"]
    assert means["sysgen"] == pytest.approx(sum(read_scores(directory, "sysgen")) / 3)
    assert "unseen tasks: sysgen against the original data" in (directory / "prove.html").read_text()


def read_scores(proof, arm):
    return [json.loads(line)["score"] for line in (proof / "arms" / f"{arm}-0" / "unseen.jsonl").open()]


@pytest.mark.parametrize(("table", "ours"), [("table_5", 2), ("table_11", 2)])
def test_a_pilot_of_the_paper_shows_what_the_proof_found(proof, table, ours, capsys):
    directory, *_ = proof
    folder = directory.parent
    options = {
        "output": folder,
        "student": small_model(),
        "prompts": folder / "commas.jsonl",
        "unseen": folder / "sums.yaml",
        "prove": f"--config {folder / 'recipe.yaml'} --seeds 1",
    }
    reproduce.main([table, *(str(part) for name, value in options.items() for part in (f"--{name}", value))])
    *_, shown = capsys.readouterr().out.partition("| figure | ours | paper |")  # behind the proof
    cells = re.findall(r"^\| .+ \| ([-\d.]+) \| .+ \|$", shown, re.MULTILINE)
    assert len(cells) == ours


def test_the_table_the_page_and_the_best_model_appear(proof):
    directory, _, finished, _ = proof
    table = (directory / "prove.md").read_text()
    assert table in finished.stdout + "\n"
    for role in ("native", "folded"):
        for arm in ARMS:
            assert f"| commas | {role} | all | {arm} | " in table
    assert "sysgen against the original data" in table and "Simulated" in table
    assert "<svg" in (directory / "prove.html").read_text()
    recipe = yaml.safe_load((directory / "prove.yaml").read_text())
    assert recipe["steps"] == 2 and recipe["preference_learning_rate"] == pytest.approx(1e-4)
    best = json.loads((directory / "prove.json").read_text())["best"]
    assert [path.parent.name for path in directory.glob("arms/*/model")] == [f"{best}-0"]
    card = (directory / "arms" / f"{best}-0" / "model" / "README.md").read_text()
    assert "followed, commas, in the system role (%)" in card


def test_a_second_call_trains_nothing_again(proof):
    directory, _, _, command = proof
    before = stamps(directory)
    again = sysgen(*command, **ONE_THREAD)
    assert again.returncode == 0 and " of 4: " not in again.stdout
    assert stamps(directory) == before
    other = sysgen(*command, "--learning-rate", 2e-3, **ONE_THREAD)
    assert other.returncode == 4 and "learning_rate was 0.001, is 0.002" in other.stderr
