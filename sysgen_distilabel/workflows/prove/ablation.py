"""The data of the arms: exports of the same rows, which differ in nothing but what they are to compare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.export_run import export_runs, has_preferences
from sysgen_distilabel.export.plan import Options
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.write_export import FACTS_FILE, TOKENIZER_FOLDER
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.workflows.prove.held_out_prompts import HELD_OUT
from sysgen_distilabel.workflows.prove.recipe import ProveArm, Recipe


@dataclass(frozen=True, slots=True)
class ArmData:
    """What one arm is trained on.

    Attributes:
        arm: the arm.
        folder: its export.
        rows: conversations, or preference pairs, of the runs that are in it.
        lines: lines of the file; one per answer.
        learnt: tokens of the answers of one pass; 0 for preference pairs.
        tokens: the same with what is only read.
    """

    arm: ProveArm
    folder: Path
    rows: int
    lines: int
    learnt: int
    tokens: int

    @property
    def file(self) -> Path:
        """The lines; both layouts that are exported have them in the same place."""
        return self.folder / Format.TRL_PROMPT_COMPLETION.facts.file

    def tokenizer(self, model: str) -> str:
        """The tokenizer to train and ask with: the model's own, or one whose chat template was repaired."""
        repaired = self.folder / TOKENIZER_FOLDER
        return str(repaired) if repaired.exists() else model


def drop_missing_preferences(recipe: Recipe, runs: Sequence[RunDirectory]) -> Recipe:
    """The recipe without the arm `preferences` if a run has no pairs."""
    if all(has_preferences(run) for run in runs):
        return recipe
    return recipe.model_copy(update={"arms": [arm for arm in recipe.arms if arm is not ProveArm.PREFERENCES]})


def export_arms(recipe: Recipe, runs: Sequence[RunDirectory], folder: Path) -> dict[ProveArm, ArmData]:
    """Export the arms, unless they are there; a row is in all arms or in none.

    Args:
        recipe: which arms, and what is kept out.
        runs: finished runs.
        folder: where the exports go, one subdirectory per arm.

    Raises:
        GuardFailed: if training would lose something of a row.
        RunError: if a run is not finished, or nothing is left to train on.
    """
    share = recipe.hold_out if HELD_OUT in recipe.tests else 0.0
    shared: dict[str, Any] = {
        "tokenizer": recipe.model,
        "max_length": recipe.max_length,
        "too_long": "drop",
        "hold_out": share,
    }
    ablation, pairs = folder / "arms", folder / ProveArm.PREFERENCES
    if not ablation.exists():
        export_runs(runs, Options(Format.TRL_PROMPT_COMPLETION, arms=tuple(Arm), **shared), ablation)
    if ProveArm.PREFERENCES in recipe.arms and not pairs.exists():
        export_runs(runs, Options(Format.PREFERENCES, **shared), pairs)
    return {
        arm: _describe(arm, pairs if arm is ProveArm.PREFERENCES else ablation / arm)
        for arm in recipe.trained
    }


def _describe(arm: ProveArm, folder: Path) -> ArmData:
    facts = read_facts(folder)
    learnt, context = (facts["tokens"].get(name, 0) for name in ("trained", "context"))
    return ArmData(arm, folder, facts["rows"]["exported"], facts["lines"], learnt, learnt + context)


def read_facts(folder: Path) -> dict[str, Any]:
    """What an export says of the run it was made of."""
    facts: dict[str, Any] = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    return facts


def plan_steps(recipe: Recipe, data: dict[ProveArm, ArmData]) -> tuple[int, int]:
    """Steps of the supervised arms, the same for all, and of the preference pairs behind them."""
    most = max(one.tokens for arm, one in data.items() if arm is not ProveArm.PREFERENCES)
    steps = max(1, recipe.steps or round(recipe.epochs * most / recipe.tokens_per_step))
    if ProveArm.PREFERENCES not in data:
        return steps, 0
    pairs = data[ProveArm.PREFERENCES].lines
    return steps, max(1, round(recipe.preference_epochs * pairs / recipe.pairs_per_step))
