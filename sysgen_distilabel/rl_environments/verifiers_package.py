"""A Python package that the library `verifiers` loads: a `Taskset` with the rewards of `ConstraintReward`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask

TASKS_FILE: Final = "tasks.jsonl"
_NOT_A_NAME: Final = re.compile(r"[^a-z0-9]+")


def write_row(task: EnvironmentTask, extra: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the package's data.

    Args:
        task: the task.
        extra: further fields, such as `pass_rate`.
    """
    system, *turns = task.prompt
    return {
        "id": task.id,
        "system_prompt": system["content"],
        "turns": turns,
        "constraints": task.constraints,
        "questions": task.questions,
        **extra,
    }


def package_name(folder: Path) -> str:
    """The name of the module, made of the name of a folder."""
    plain = _NOT_A_NAME.sub("_", folder.name.lower()).strip("_")
    return f"sysgen_{plain or 'tasks'}"


def write_package(folder: Path, name: str, version: str) -> Path:
    """Write what surrounds the data: the module and the `pyproject.toml`.

    Args:
        folder: where the package goes.
        name: of the module.
        version: of sysgen-distilabel, which it needs at least.

    Returns:
        The file for the lines of the data.
    """
    module = folder / name
    module.mkdir()
    (module / "__init__.py").write_text(_MODULE, encoding="utf-8")
    project = _PROJECT.format(name=name.replace("_", "-"), module=name, version=version)
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    return module / TASKS_FILE


_PROJECT: Final = """\
[project]
name = "{name}"
version = "1"
description = "Tasks under system messages, with checks that give a reward"
requires-python = ">=3.11"
dependencies = ["verifiers>=0.4", "sysgen-distilabel[verifiers]>={version}"]

[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""
_MODULE: Final = '''\
"""Tasks under system messages, for the library `verifiers`; made by sysgen-distilabel."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import verifiers.v1 as vf

from sysgen_distilabel import ConstraintReward

__all__ = ["SystemMessageTaskset"]


class SystemMessageTaskConfig(vf.TaskConfig):
    """How the checks become one reward: the share that passes, or whether all or any do."""

    combine: Literal["mean", "all", "any"] = "mean"


class SystemMessageData(vf.TaskData):
    """What is checked in an answer; the questions need a judge of your own, and do not count without one."""

    constraints: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    pass_rate: float | None = None


class SystemMessageTask(vf.Task[SystemMessageData, vf.State, SystemMessageTaskConfig]):
    """Answer the last user turn under the system message."""

    @vf.reward
    async def constraint_reward(self, trace: vf.Trace) -> float:
        """The reward that `sysgen_distilabel.ConstraintReward` gives the last answer."""
        reward = ConstraintReward(combine=self.config.combine)
        scored = await reward.score(trace.last_reply or "", self.data.constraints)
        return scored.reward or 0.0


class SystemMessageTasksetConfig(vf.TasksetConfig):
    """How the tasks are loaded: those without a check for a program are left out unless wanted."""

    task: SystemMessageTaskConfig = SystemMessageTaskConfig()
    with_questions_alone: bool = False


class SystemMessageTaskset(vf.Taskset[SystemMessageTask, SystemMessageTasksetConfig]):
    """The tasks of the file beside this module."""

    def load(self) -> Iterator[SystemMessageTask]:
        """The tasks, in the order of the file."""
        with Path(__file__).with_name("tasks.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if not (row["constraints"] or self.config.with_questions_alone):
                    continue
                yield SystemMessageTask(
                    SystemMessageData(
                        id=row["id"],
                        system_prompt=row["system_prompt"],
                        prompt=row["turns"],
                        constraints=row["constraints"],
                        questions=row["questions"],
                        pass_rate=row.get("pass_rate"),
                    ),
                    self.config.task,
                )
'''
