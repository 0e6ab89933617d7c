"""A proof from start to finish: data, trainings seed by seed, answers, and what they say."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.workflows.prove.ablation import (
    ArmData,
    drop_missing_preferences,
    export_arms,
    plan_steps,
    read_facts,
)
from sysgen_distilabel.workflows.prove.child import answer_apart, ask_unseen_apart, train_apart
from sysgen_distilabel.workflows.prove.comparison import UNSEEN_ROLE, Graded
from sysgen_distilabel.workflows.prove.held_out_prompts import ProofTest, read_tests
from sysgen_distilabel.workflows.prove.proof_directory import ProofDirectory
from sysgen_distilabel.workflows.prove.recipe import ProveArm, Recipe
from sysgen_distilabel.workflows.prove.training import TRAINING_FILE, Job, Trained, read_trained
from sysgen_distilabel.workflows.prove.unseen_tasks import UnseenTask, read_unseen

_ANSWERS: Final = "answers.jsonl"
_UNSEEN: Final = "unseen.jsonl"
_BASE_SEED: Final = 0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a proof does, with everything at hand.

    Attributes:
        recipe: the settings.
        data: what each arm is trained on.
        tests: what each model is asked.
        unseen: tasks of lm-evaluation-harness that each is asked as well.
        steps: steps of a supervised arm, the same for all.
        pair_steps: steps on preference pairs.
    """

    recipe: Recipe
    data: dict[ProveArm, ArmData]
    tests: list[ProofTest]
    unseen: list[UnseenTask]
    steps: int
    pair_steps: int

    def models(self) -> list[tuple[ProveArm, int]]:
        """All models, seed by seed, so that what there is can be compared at any time."""
        first = [(ProveArm.BASE, _BASE_SEED)] if ProveArm.BASE in self.recipe.arms else []
        return first + [(arm, seed) for seed in range(self.recipe.seeds) for arm in self.recipe.trained]

    def simulation_notice(self) -> str:
        """What has to be said if no language model wrote what is trained on; else empty."""
        facts = read_facts(self.data[self.recipe.trained[0]].folder)
        return str(facts["simulation_notice"])


def make_plan(recipe: Recipe, directory: ProofDirectory) -> Plan:
    """Check the runs, begin the directory and write the data of the arms; what is there is taken as it is.

    Raises:
        RunError: if a run is not finished, or the directory holds another proof.
        InputError: if a test has no prompt.
        ConfigError: if a test or an unseen task cannot be had.
        GuardFailed: if training would lose something of a row.
    """
    runs = [RunDirectory(Path(run)).require_finished() for run in recipe.runs]
    recipe = directory.settle(drop_missing_preferences(recipe, runs), runs)
    tests = read_tests(recipe.tests, runs, recipe.hold_out, directory.held_out, recipe.limit)
    unseen = read_unseen(recipe.unseen, recipe.limit)
    data = export_arms(recipe, runs, directory.data)
    steps, pair_steps = plan_steps(recipe, data)
    recipe = directory.settle(recipe.model_copy(update={"steps": steps}), runs)
    return Plan(recipe, data, tests, unseen, steps, pair_steps)


def carry_out(plan: Plan, directory: ProofDirectory, say: Say) -> list[Graded]:
    """Train and ask every model that is not there yet, and grade the answers.

    Args:
        plan: what to do.
        directory: where to; a proof that was killed goes on at the model it was at.
        say: told what is done.

    Raises:
        RunError: if a training or an engine fails; what is done is kept.
    """
    models = plan.models()
    graded: list[Graded] = []
    for number, (arm, seed) in enumerate(models, start=1):
        begun = time.monotonic()
        if not (_has_answers(directory.arm(arm, seed), plan) and _has_unseen(directory.arm(arm, seed), plan)):
            say(f"{number} of {len(models)}: {arm}, seed {seed}")
            if arm is not ProveArm.BASE:
                _train(plan, directory, arm, seed)
            _ask(plan, directory, arm, seed)
            _ask_unseen(plan, directory, arm, seed)
            say(f"  done in {time.monotonic() - begun:.0f} s")
        graded += _grade(plan, directory, arm, seed)
        graded += _grade_unseen(plan, directory, arm, seed)
        if arm is plan.recipe.arms[-1] and seed > 0 and plan.recipe.keep == "best":
            _drop_weights(plan, directory, seed)
    return graded


def _drop_weights(plan: Plan, directory: ProofDirectory, seed: int) -> None:
    """Of later seeds the answers are enough; the first one's weights wait for the best to be chosen."""
    for arm in plan.recipe.trained:
        shutil.rmtree(directory.model(arm, seed), ignore_errors=True)


def _train(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> None:
    model = directory.model(arm, seed)
    if read_trained(model) is not None:
        return
    on_pairs = arm is ProveArm.PREFERENCES
    if on_pairs:
        _train(plan, directory, ProveArm.SYSGEN, seed)  # its weights may be gone
    recipe = plan.recipe
    rate = recipe.preference_learning_rate if on_pairs else recipe.learning_rate
    assert rate is not None
    job = Job(
        checkpoint=str(directory.model(ProveArm.SYSGEN, seed)) if on_pairs else recipe.model,
        tokenizer=plan.data[arm].tokenizer(recipe.model),
        data=str(plan.data[arm].file),
        output=str(model),
        preferences=on_pairs,
        steps=plan.pair_steps if on_pairs else plan.steps,
        seed=seed,
        learning_rate=rate,
        tokens_per_step=recipe.tokens_per_step,
        accumulation=recipe.accumulation,
        pairs_per_step=recipe.pairs_per_step,
        max_length=recipe.max_length,
        method=recipe.method,
        lora_rank=recipe.lora_rank,
    )
    train_apart(job, directory.arm(arm, seed))
    shutil.rmtree(f"{model}.work", ignore_errors=True)
    shutil.copy(model / TRAINING_FILE, directory.arm(arm, seed))  # stays when the weights go


def _ask(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> None:
    """All tests and roles in one go, so that an engine starts once per model."""
    folder, recipe = directory.arm(arm, seed), plan.recipe
    if _has_answers(folder, plan):
        return
    request: dict[str, Any] = {
        "engine": recipe.engine,
        **_find_model(plan, directory, arm, seed),
        "conversations": [chat for _, role, test in _questions(plan) for chat in test.prompts(role)],
        "max_new_tokens": recipe.max_new_tokens,
    }
    if recipe.engine == "vllm":
        request["engine_args"] = recipe.engine_args
    else:
        request["rows"] = recipe.answers_at_once
    answer_apart(request, folder / _ANSWERS, folder)


def _ask_unseen(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> None:
    folder, recipe = directory.arm(arm, seed), plan.recipe
    if _has_unseen(folder, plan):
        return
    request = {
        **_find_model(plan, directory, arm, seed),
        "names": recipe.unseen,
        "limit": recipe.limit,
        "engine": recipe.engine,
        "rows": recipe.answers_at_once,
        "engine_args": recipe.engine_args,
    }
    ask_unseen_apart(request, folder / _UNSEEN, folder)


def _find_model(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> dict[str, str]:
    """The weights and the tokenizer of a model."""
    recipe = plan.recipe
    if arm is ProveArm.BASE:
        repaired = plan.data[recipe.trained[0]].tokenizer(recipe.model)
        return {"checkpoint": recipe.model, "tokenizer": repaired}
    checkpoint = str(directory.model(arm, seed))
    return {"checkpoint": checkpoint, "tokenizer": checkpoint}


def _questions(plan: Plan) -> list[tuple[str, str, ProofTest]]:
    """Test and role, in the order of the answers."""
    return [(test.name, role, test) for test in plan.tests for role in plan.recipe.roles]


def _has_answers(folder: Path, plan: Plan) -> bool:
    file = folder / _ANSWERS
    return file.exists() and len(_read_answers(folder)) == sum(len(t.items) for _, _, t in _questions(plan))


def _has_unseen(folder: Path, plan: Plan) -> bool:
    return not plan.unseen or (folder / _UNSEEN).exists()


def _read_answers(folder: Path) -> list[str]:
    with (folder / _ANSWERS).open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _grade(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> list[Graded]:
    answers = iter(_read_answers(directory.arm(arm, seed)))
    graded = []
    for name, role, test in _questions(plan):
        scores = test.grade([next(answers) for _ in test.items])
        graded += [
            Graded(arm, seed, name, role, item.id, score, test.group(item))
            for item, score in zip(test.items, scores, strict=True)
            if score is not None
        ]
    return graded


def _grade_unseen(plan: Plan, directory: ProofDirectory, arm: ProveArm, seed: int) -> list[Graded]:
    if not plan.unseen:
        return []
    titles = {task.name: task.title for task in plan.unseen}
    with (directory.arm(arm, seed) / _UNSEEN).open(encoding="utf-8") as lines:
        scores = [json.loads(line) for line in lines]
    return [
        Graded(arm, seed, titles[one["task"]], UNSEEN_ROLE, one["question"], one["score"]) for one in scores
    ]


def read_trainings(plan: Plan, directory: ProofDirectory) -> dict[str, list[Trained]]:
    """What the trainings of each arm took, seed by seed."""
    return {
        arm: [
            trained
            for seed in range(plan.recipe.seeds)
            if (trained := read_trained(directory.arm(arm, seed))) is not None
        ]
        for arm in plan.recipe.trained
    }
