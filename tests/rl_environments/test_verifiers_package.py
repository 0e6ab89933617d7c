"""The genuine library `verifiers` installs the exported package, loads its tasks, and gives our rewards."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sysgen_distilabel import constraint_reward
from sysgen_distilabel.constraints.following import write_following
from sysgen_distilabel.constraints.mutators import violate
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.rl_environments.environment_task import make_task, to_constraints
from sysgen_distilabel.rl_environments.prove import Proofs, Prover
from sysgen_distilabel.rl_environments.verifiers_package import package_name
from sysgen_distilabel.rl_environments.write_environment import write_environment
from tests.commands import ROOT
from tests.patience import PATIENCE
from tests.rl_environments.rows import row_of

PHRASES = (
    ["Use no commas.", "Answer in at most 20 words."],
    ["Do not use emojis.", "Write everything in lowercase."],
    ["Be vivid."],
    ['Begin every answer with "Ahoy".', "Respond in French."],
)
MADE = {"rollouts": 0, "rollout_model": "", "judge_model": "", "difficulty": "", "simulation_notice": ""}
INSIDE = """
import asyncio, json, sys
import verifiers.v1 as vf
from verifiers.v1.utils.loaders import load_taskset
from importlib import import_module

module = import_module(sys.argv[1])
kind = module.SystemMessageTasksetConfig
tasks = list(load_taskset(kind(id=sys.argv[1])))
every = list(load_taskset(kind(id=sys.argv[1], with_questions_alone=True)))
answers = json.load(open(sys.argv[2]))
rewards = {}
for task in tasks:
    for answer in answers[task.data.id]:
        given = vf.TraceTask(type="x", data=task.data)
        trace = vf.Trace.model_construct(task=given, root_reply=answer, rewards={}, metrics={})
        asyncio.run(task.score(trace))
        rewards.setdefault(task.data.id, []).append(trace.rewards["constraint_reward"].value)
print(json.dumps({"system": [task.data.system_prompt for task in tasks], "prompt": tasks[0].data.prompt_text,
                  "every": len(every), "rewards": rewards}))
"""


def export(folder):
    rows = [row_of(number, *phrases) for number, phrases in enumerate(PHRASES)]
    tasks = [make_task(row, asyncio.run(Prover().prove(row["phrases"]))) for row in rows]
    write_environment(EnvironmentFormat.VERIFIERS, tasks, {}, Proofs(), folder, MADE)
    return tasks


def answers_to(task):
    """Answers that follow each of its constraints, and that break it."""
    written = [(write_following(constraint), constraint) for constraint in to_constraints(task)]
    return [text for right, constraint in written for text in (right, violate(right, constraint))]


def test_the_name_of_the_module_is_made_of_the_folder():
    assert package_name(Path("x/My tasks (2)")) == "sysgen_my_tasks_2"
    assert package_name(Path("x/日本")) == "sysgen_tasks"


@pytest.mark.slow
def test_the_library_loads_it_and_its_rewards_are_ours(tmp_path):
    tasks = export(tmp_path / "hills")
    answers = {task.id: answers_to(task) for task in tasks}
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    (tmp_path / "inside.py").write_text(INSIDE)
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "uv makes the environment of this test"
    python = tmp_path / "venv" / "bin" / "python"
    command(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    # The dependencies of the package alone: the whole of sysgen-distilabel is in the tests of the wheel.
    needs = ["verifiers>=0.4", "lm-eval[ifeval]>=0.4.13", "py3langid>=0.4", "hatchling>=1.27"]
    command(uv, "pip", "install", "--quiet", "--python", python, *needs)
    install = ["--no-deps", "--no-build-isolation", tmp_path / "hills"]
    command(uv, "pip", "install", "--quiet", "--python", python, *install)
    (tmp_path / "sysgen_distilabel").symlink_to(ROOT / "sysgen_distilabel")
    said = json.loads(
        command(python, "inside.py", "sysgen_hills", "answers.json", cwd=tmp_path).splitlines()[-1]
    )
    programmed = [task for task in tasks if task.constraints]
    assert said["every"] == len(tasks) == len(programmed) + 1
    assert said["system"] == [task.system_message for task in programmed]
    assert said["prompt"] == programmed[0].prompt[-1]["content"]
    ours = {
        task.id: constraint_reward(answers[task.id], [task.constraints] * len(answers[task.id]))
        for task in programmed
    }
    assert said["rewards"] == ours and len({reward for given in ours.values() for reward in given}) > 1


def command(*arguments, cwd=None):
    done = subprocess.run(
        list(map(str, arguments)), cwd=cwd, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
