"""The libraries for reinforcement learning that environments are written for."""

from __future__ import annotations

from enum import StrEnum


class EnvironmentFormat(StrEnum):
    """A layout of an environment, named as its users name it.

    `nemo-gym`: lines in the schema of NeMo Gym's VerifIF. `verifiers`: a package with a `Taskset`.
    `trl-grpo`: the columns of TRL's `GRPOTrainer`.
    """

    NEMO_GYM = "nemo-gym"
    VERIFIERS = "verifiers"
    TRL_GRPO = "trl-grpo"
