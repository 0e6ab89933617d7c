"""TRL's GRPOTrainer takes ten steps on an exported environment, rewarded by its checks."""

import json
import math

import pytest
import torch
from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer

from sysgen_distilabel import ConstraintReward, constraint_reward
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.rl_environments.environment_task import make_task
from sysgen_distilabel.rl_environments.prove import Proofs
from sysgen_distilabel.rl_environments.write_environment import write_environment
from sysgen_distilabel.steps.compile_constraints import compile_phrases
from tests.small_model import small_model

MESSAGES = (
    "Use no commas.",
    "Answer in at most 10 words.",
    "Write everything in lowercase.",
    "Do not use emojis.",
    "Respond in French.",
)


def row_of(number):
    phrases = [
        {"functionality": "Format", "text": MESSAGES[number % len(MESSAGES)], "verdict": "Good"},
        {"functionality": "Role", "text": "You are a guide.", "verdict": "Good"},
    ]
    system = " ".join(phrase["text"] for phrase in phrases)
    turns = [("system", system), ("user", f"Tell me of hill number {number}."), ("assistant", "It is green.")]
    messages = [{"role": role, "content": content} for role, content in turns]
    return {
        "source_id": f"row-{number}",
        "system_message": system,
        "phrases": phrases,
        "aligned_messages": messages,
    }


@pytest.fixture
def environment(tmp_path):
    rows = [row_of(number) for number in range(10)]
    tasks = [make_task(row, compile_phrases(row["phrases"])) for row in rows]
    made = {"rollouts": 0, "rollout_model": "", "judge_model": "", "difficulty": "", "simulation_notice": ""}
    write_environment(EnvironmentFormat.TRL_GRPO, tasks, {}, Proofs(), tmp_path / "env", made)
    return tmp_path / "env" / "train.jsonl"


@pytest.fixture
def one_thread():
    """More threads than free cores wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_ten_steps_on_a_real_model(environment, tmp_path, one_thread):
    data = load_dataset("json", data_files=str(environment), split="train", cache_dir=str(tmp_path / "cache"))
    assert set(data.column_names) >= {"prompt", "constraints", "questions"} and len(data) == 10
    seen = []

    def reward(completions, constraints, **columns):
        seen.extend(zip(completions, constraints, strict=True))
        return constraint_reward(completions, constraints, **columns)

    config = GRPOConfig(
        output_dir=str(tmp_path / "model"),
        use_cpu=True,
        bf16=False,
        max_steps=10,
        num_generations=2,
        per_device_train_batch_size=2,
        max_completion_length=8,
        optim="sgd",  # AdamW takes as long as the rest
        gradient_checkpointing=False,
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        save_strategy="no",
        seed=3,
    )
    trainer = GRPOTrainer(str(small_model()), reward, args=config, train_dataset=data)
    trainer.train()
    steps = [entry for entry in trainer.state.log_history if "rewards/reward/mean" in entry]
    assert trainer.state.global_step == 10 and len(steps) == 10
    assert all(0 <= entry["rewards/reward/mean"] <= 1 for entry in steps)
    assert not any(math.isnan(entry["loss"]) for entry in steps)
    completions, constraints = zip(*seen, strict=True)
    assert len(completions) == 20
    assert ConstraintReward()(completions, constraints) == constraint_reward(completions, constraints)
    assert json.loads((environment.parent / "environment.json").read_text())["checks"]["programs"] == 10
