"""`prove()`: trains the arms of the ablation, and says which of the models follows system messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sysgen_distilabel.plural import count_of
from sysgen_distilabel.workflows.prove.comparison import compare_arms
from sysgen_distilabel.workflows.prove.experiment import carry_out, make_plan, read_trainings
from sysgen_distilabel.workflows.prove.proof_directory import ProofDirectory
from sysgen_distilabel.workflows.prove.proof_outputs import write_outputs
from sysgen_distilabel.workflows.prove.prove_cost import describe_cost, forecast_cost, measure_speed
from sysgen_distilabel.workflows.prove.recipe import AGAINST, Recipe


def prove(recipe: Recipe, output: Path, say: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Carry out a proof, or go on with the one in this directory at the model it was at.

    A model that has been trained and asked is not trained or asked again.

    Args:
        recipe: what to do; what it leaves open is settled here.
        output: the directory.
        say: told what is done.

    Returns:
        The figures, as they are in `prove.json`.

    Raises:
        RunError: if a run is not finished, the directory holds another proof, or a training fails.
        ConfigError: if a package is missing, or a setting is wrong.
        InputError: if a test has no prompt.
        GuardFailed: if training would lose something of a row.
    """
    directory = ProofDirectory(output)
    with directory.locked(), directory.explain_os_errors():
        plan = make_plan(recipe.resolve(), directory)
        graded = carry_out(plan, directory, say)
        return write_outputs(plan, directory, compare_arms(graded, AGAINST), read_trainings(plan, directory))


def forecast_proof(recipe: Recipe) -> Iterator[str]:
    """What a proof would do and take, line by line; nothing is trained and nothing stays.

    Raises:
        SysGenError: what `prove` raises before it trains.
    """
    with TemporaryDirectory() as folder:
        directory = ProofDirectory(Path(folder))
        with directory.locked():
            plan = make_plan(recipe, directory)
            notice = plan.simulation_notice()
    if notice:
        yield f"Simulated. {notice}"
    for arm, data in plan.data.items():
        size = f"{count_of(data.rows, 'row')}, {count_of(data.lines, 'line')}"
        yield f"{arm}: {size}, {data.learnt:,} tokens to learn"
    seeds = count_of(recipe.seeds, "seed")
    yield f"{plan.steps:,} steps of {recipe.tokens_per_step:,} tokens for each arm, {seeds}"
    if plan.pair_steps:
        yield f"{plan.pair_steps:,} steps of {recipe.pairs_per_step} preference pairs behind `sysgen`"
    models = count_of(len(plan.models()), "model")
    for test in plan.tests:
        yield f"test {test.name}: {count_of(len(test.items), 'prompt')}, {' and '.join(recipe.roles)}"
    for task in plan.unseen:
        yield f"unseen task {task.title}: {count_of(task.questions, 'question')} to each of {models}"
    speed, device = measure_speed()
    prompts = sum(len(test.items) for test in plan.tests)
    cost = forecast_cost(plan.recipe, plan.steps, plan.pair_steps, prompts, speed)
    yield from describe_cost(cost, device)
