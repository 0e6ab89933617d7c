"""A reward for reinforcement learning: how many of its constraints a completion follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sysgen_distilabel.constraints.check_responses import find_broken

Completion = str | Sequence[Mapping[str, Any]]


def constraint_reward(
    completions: Sequence[Completion], constraints: Sequence[Sequence[Mapping[str, Any]]], **kwargs: Any
) -> list[float | None]:
    """The share of the constraints that each completion follows, as a reward function of TRL.

    Give it to `GRPOTrainer(reward_funcs=constraint_reward)` with a dataset that has the columns
    `prompt` and `constraints`; TRL passes the columns by their names. A completion without
    constraints gets `None`, which TRL takes for not applicable.

    Args:
        completions: texts, or messages of which the last one counts.
        constraints: for each completion its entries of the column `constraints`.
        kwargs: the other columns, which do not matter.

    Returns:
        For each completion a number from 0 to 1, or `None`.

    Raises:
        BadConstraint: if no verifier can check one of the constraints.
        ConfigError: if lm-eval is not installed.
    """
    return [
        1 - len(find_broken(_read_text(completion), entries)) / len(entries) if entries else None
        for completion, entries in zip(completions, constraints, strict=True)
    ]


def _read_text(completion: Completion) -> str:
    if isinstance(completion, str):
        return completion
    return str(completion[-1].get("content") or "") if completion else ""
