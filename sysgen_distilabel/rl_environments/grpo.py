"""The columns of TRL's `GRPOTrainer`: `prompt`, and what `constraint_reward` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask


def write_row(task: EnvironmentTask, extra: Mapping[str, Any]) -> dict[str, Any]:
    """One line: the prompt as messages, its constraints and its questions.

    Args:
        task: the task.
        extra: further columns, such as `pass_rate`.
    """
    return {
        "prompt": task.prompt,
        "constraints": task.constraints,
        "questions": task.questions,
        "source_id": task.id,
        **extra,
    }
