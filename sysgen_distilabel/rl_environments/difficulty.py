"""How hard a task is for a model: the share of its sampled answers that pass, and a rule of what to keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Self

from sysgen_distilabel.errors import ConfigError

PASSES: Final = 1.0
"""The reward from which an answer counts as passed: every check that could be made came out right."""


class Difficulty(NamedTuple):
    """The pass rates of the tasks to keep, both ends included.

    Attributes:
        low: tasks that pass more seldom are too hard.
        high: tasks that pass more often are too easy.
    """

    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0.1:0.9`.

        Raises:
            ConfigError: if it is of another form.
        """
        try:
            low, high = (float(part) for part in text.split(":"))
        except ValueError:
            low, high = 1.0, 0.0
        if not 0 <= low <= high <= 1:
            raise ConfigError(
                f"--difficulty {text} is no range of pass rates.", "Write two shares, such as 0.1:0.9."
            )
        return cls(low, high)

    def keeps(self, rewards: Sequence[float]) -> bool:
        """Whether a task with these rewards is kept."""
        return self.low <= pass_rate(rewards) <= self.high


def pass_rate(rewards: Sequence[float]) -> float:
    """The share of rewards that are passes."""
    return sum(reward >= PASSES for reward in rewards) / len(rewards)


def describe_rewards(rewards: Sequence[float]) -> dict[str, Any]:
    """`pass_rate`, `pass_rate_total`, `pass_rate_passed`, as in NVIDIA's blends; empty without rollouts."""
    if not rewards:
        return {}
    passed = sum(reward >= PASSES for reward in rewards)
    return {
        "pass_rate": passed / len(rewards),
        "pass_rate_total": len(rewards),
        "pass_rate_passed": passed,
        "mean_reward": sum(rewards) / len(rewards),
    }
