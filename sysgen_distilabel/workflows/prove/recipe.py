"""The settings of a proof: the data, the model, the arms, how they are trained, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import is_installed
from sysgen_distilabel.settings.engine_config import describe
from sysgen_distilabel.workflows.prove.unseen_tasks import expand_names

_LEARNING_RATES: Final = {"full": 2e-5, "lora": 2e-4}
_OF_PREFERENCES: Final = 0.1
"""Preference pairs are trained on with so much of the learning rate, if none is given."""


class ProveArm(StrEnum):
    """A model that is asked, in the order in which they are trained.

    `base`: the checkpoint as it is. The next four are the arms of `sysgen export`, see
    `sysgen_distilabel.export.arms.Arm`. `preferences`: `sysgen`, trained further on preference pairs.
    """

    BASE = "base"
    NONE = "none"
    DEFAULT = "default"
    NO_ALIGNED = "no-aligned"
    SYSGEN = "sysgen"
    PREFERENCES = "preferences"


AGAINST: Final = ProveArm.NONE
"""The arm that the others are compared with: the original data."""


class Recipe(BaseModel):
    """What a proof does; `prove.yaml` is this with everything resolved.

    Attributes:
        runs: directories of finished runs.
        model: the checkpoint to train: a directory or an id on the Hub.
        tests: `heldout` (rows of the runs that are kept out of training), `s-ifeval`, `iheval`, either as
            `NAME=FILE` with a local copy, or a file in the form of `sysgen evaluate heldout`.
        unseen: tasks of lm-evaluation-harness that say what training costs elsewhere: names, YAML files, or
            `paper` for the eight of its Table 11.
        arms: which models; `none` is always among them, as the others are compared with it.
        seeds: how often every arm is trained.
        method: train all weights, or a LoRA adapter that is merged into them.
        epochs: passes over the arm with the most tokens; from it follow the steps of all.
        steps: steps of the optimiser instead.
        tokens_per_step: tokens of a step, with padding; the same for every arm.
        accumulation: parts a step is computed in, to save memory.
        learning_rate: the highest; it rises over the first steps and then falls to nothing.
        preference_learning_rate: that of the preference pairs.
        pairs_per_step: preference pairs of a step.
        preference_epochs: passes over them.
        lora_rank: rank of the adapter.
        max_length: tokens of a conversation; longer ones are left out of all arms.
        hold_out: share of the rows kept out of training for the test `heldout`.
        limit: prompts of each test to use, and questions of each unseen task.
        max_new_tokens: tokens of an answer.
        roles: where the system message stands when the models are asked.
        engine: what answers: `vllm`, `transformers`, or `auto` for vLLM where it is installed.
        engine_args: options of vLLM.
        answers_at_once: conversations in one batch of transformers.
        keep: which trained weights stay: those of the best arm, or all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: list[str] = Field(min_length=1)
    model: str
    tests: list[str] = Field(default=["heldout"], min_length=1)
    unseen: list[str] = []
    arms: list[ProveArm] = list(ProveArm)
    seeds: PositiveInt = 3
    method: Literal["full", "lora"] = "full"
    epochs: PositiveFloat = 3
    steps: PositiveInt | None = None
    tokens_per_step: PositiveInt = 16_384
    accumulation: PositiveInt = 1
    learning_rate: PositiveFloat | None = None
    preference_learning_rate: PositiveFloat | None = None
    pairs_per_step: PositiveInt = 8
    preference_epochs: PositiveFloat = 1
    lora_rank: PositiveInt = 16
    max_length: PositiveInt = 4096
    hold_out: float = Field(default=0.1, gt=0, lt=1)
    limit: PositiveInt | None = None
    max_new_tokens: PositiveInt = 1024
    roles: list[Literal["native", "folded"]] = ["native", "folded"]
    engine: Literal["auto", "vllm", "transformers"] = "auto"
    engine_args: dict[str, Any] = Field(default_factory=dict)
    answers_at_once: PositiveInt = 32
    keep: Literal["best", "all"] = "best"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if ProveArm.PREFERENCES in self.arms and ProveArm.SYSGEN not in self.arms:
            raise ValueError("the arm `preferences` goes on from `sysgen`, which is missing")
        if self.max_length > self.tokens_per_step // self.accumulation:
            raise ValueError(
                "a conversation of `max_length` has to fit into `tokens_per_step` divided by `accumulation`"
            )
        return self

    def resolve(self) -> Recipe:
        """The same with every choice made that was left open, and the arms in their order."""
        rate = self.learning_rate or _LEARNING_RATES[self.method]
        return self.model_copy(
            update={
                "runs": [str(Path(run).resolve()) for run in self.runs],
                "model": str(Path(self.model).resolve()) if Path(self.model).exists() else self.model,
                "unseen": expand_names(self.unseen),
                "arms": [arm for arm in ProveArm if arm in {AGAINST, *self.arms}],
                "learning_rate": rate,
                "preference_learning_rate": self.preference_learning_rate or rate * _OF_PREFERENCES,
                "engine": self._choose_engine(),
            }
        )

    def _choose_engine(self) -> str:
        if self.engine != "auto":
            return self.engine
        return "vllm" if is_installed("vllm") else "transformers"

    @property
    def model_name(self) -> str:
        """The checkpoint without the folders it lies in."""
        return Path(self.model).name if Path(self.model).is_dir() else self.model

    @property
    def trained(self) -> list[ProveArm]:
        """The arms that are trained."""
        return [arm for arm in self.arms if arm is not ProveArm.BASE]


def load_recipe(settings: Mapping[str, Any], file: Path | None = None) -> Recipe:
    """The recipe with these settings over those of a file, resolved; those that are `None` are not given.

    Raises:
        ConfigError: if one is missing, unknown or wrong, or the file cannot be read.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) if file else {}
        return Recipe(**{**read, **given}).resolve()
    except ValidationError as error:
        raise ConfigError(f"Wrong settings: {describe(error)}.", "See `sysgen prove --help`.") from None
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.", "Name a prove.yaml with --config.") from None
