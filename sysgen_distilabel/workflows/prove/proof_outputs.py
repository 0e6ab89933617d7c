"""What a proof leaves: figures as JSON, a table as Markdown, a page with plots, the best model's card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from markupsafe import Markup

from sysgen_distilabel.evaluation.benchmarks.figure_tables import Figure, FigureTable
from sysgen_distilabel.evaluation.results.collect import Result
from sysgen_distilabel.evaluation.results.results_plots import draw_table
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.export_card import ARM_MEANINGS
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.hub.model_card import render_model_card
from sysgen_distilabel.report.page.plots import can_draw
from sysgen_distilabel.report.page.report_page import render_page
from sysgen_distilabel.workflows.prove.ablation import read_facts
from sysgen_distilabel.workflows.prove.comparison import UNSEEN_ROLE, Line, choose_best, tabulate
from sysgen_distilabel.workflows.prove.experiment import Plan
from sysgen_distilabel.workflows.prove.held_out_prompts import describe_tests
from sysgen_distilabel.workflows.prove.proof_directory import ProofDirectory
from sysgen_distilabel.workflows.prove.recipe import AGAINST, ProveArm
from sysgen_distilabel.workflows.prove.training import Trained
from sysgen_distilabel.workflows.prove.unseen_table import (
    HOW_UNSEEN,
    conclude_unseen,
    describe_unseen,
    tabulate_unseen,
)

_ROLES: Final = {"native": "in the system role", "folded": "folded into the user's turn"}
_HOW: Final = (
    "An arm is one kind of training data, or none (`base`), as the groups of a trial are. Followed: per cent"
    " of answers that fulfil every checkable rule of their system message, mean over seeds,"
    " with the 95 % interval over prompts. Against original: the same prompts, in points, against the arm"
    f" `{AGAINST}`; p is of a paired permutation test, adjusted (Holm) for the arms of a block. The"
    " interval is over prompts; how far seeds are apart stands in their column."
)
_SHOWN: Final = ("method", "learning_rate", "tokens_per_step", "max_length", "seeds")

Trainings = Mapping[str, Sequence[Trained]]


def write_outputs(
    plan: Plan, directory: ProofDirectory, lines: Sequence[Line], trainings: Trainings
) -> dict[str, Any]:
    """Write all of them, and remove the weights that are not kept.

    Args:
        plan: what was done.
        directory: where to.
        lines: the table.
        trainings: what the trainings took, by arm.

    Returns:
        The content of `prove.json`.
    """
    best = choose_best(lines, plan.recipe.trained)
    facts = read_facts(plan.data[plan.recipe.trained[0]].folder)
    figures = {
        "kind": "proof",
        "model": plan.recipe.model,
        "steps": plan.steps,
        "preference_steps": plan.pair_steps,
        "tests": describe_tests(plan.tests),
        "data": {arm: {"rows": one.rows, "lines": one.lines} for arm, one in plan.data.items()},
        "trainings": {arm: [asdict(each) for each in runs] for arm, runs in trainings.items()},
        "best": best,
        "lines": [asdict(line) | {"verdict": line.verdict} for line in lines],
        **({"unseen": describe_unseen(_unseen(lines))} if plan.unseen else {}),
        "simulation_notice": plan.simulation_notice(),
    }
    write_whole(directory.report_file, json.dumps(figures, indent=2) + "\n")
    write_whole(directory.table, "\n".join(_write_markdown(plan, lines, figures)) + "\n")
    write_whole(directory.page, _render_page(plan, lines, figures))
    _keep_best(plan, directory, ProveArm(best), lines, facts["report"])
    return figures


def _unseen(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.role == UNSEEN_ROLE]


def _followed(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.role != UNSEEN_ROLE]


def conclude(lines: Sequence[Line]) -> Iterator[str]:
    """What to make of it, a sentence for each test and role, and one for the unseen tasks."""
    for line in _followed(lines):
        if line.arm != ProveArm.SYSGEN or line.group or line.against is None:
            continue
        estimate = line.against.estimate
        points = f"{100 * (estimate.mean or 0):+.1f} points over {estimate.number:,} prompts"
        said = (
            f"{line.test}, message {_ROLES[line.role]}: {ProveArm.SYSGEN} against the original data {points}"
        )
        yield f"{said}: {line.verdict}."
    yield from conclude_unseen(_unseen(lines))


def _write_markdown(plan: Plan, lines: Sequence[Line], figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Does training on this data make {plan.recipe.model_name} follow system messages?"
    yield ""
    if figures["simulation_notice"]:
        yield f"**Simulated data.** {figures['simulation_notice']}"
        yield ""
    yield from (f"- {sentence}" for sentence in conclude(lines))
    yield ""
    yield from _write_grid(tabulate(_followed(lines)))
    yield ""
    yield _HOW
    yield ""
    if plan.unseen:
        yield from _write_grid(tabulate_unseen(_unseen(lines)))
        yield ""
        yield HOW_UNSEEN
        yield ""
    yield from _write_grid(_tabulate_trainings(figures))


def _write_grid(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in body)


def _tabulate_trainings(figures: Mapping[str, Any]) -> list[list[str]]:
    head = [
        "arm",
        "rows",
        "seeds",
        "steps",
        "tokens read",
        "tokens learnt",
        "loss, first",
        "loss, last",
        "seconds",
    ]
    return [head, *(_describe_trainings(arm, runs, figures) for arm, runs in figures["trainings"].items())]


def _describe_trainings(arm: str, runs: Sequence[Mapping[str, Any]], figures: Mapping[str, Any]) -> list[str]:
    first = runs[0] if runs else dict.fromkeys(Trained.__dataclass_fields__, 0)
    numbers = [f"{first[name]:,}" for name in ("steps", "tokens", "learnt")]
    losses = [f"{first[name]:.3f}" for name in ("first_loss", "last_loss")]
    seconds = f"{sum(each['seconds'] for each in runs):.0f}"
    return [arm, f"{figures['data'][arm]['rows']:,}", str(len(runs)), *numbers, *losses, seconds]


def _render_page(plan: Plan, lines: Sequence[Line], figures: Mapping[str, Any]) -> str:
    tables = [
        {"title": test.name, "grid": tabulate([line for line in _followed(lines) if line.test == test.name])}
        for test in plan.tests
    ]
    plots = [(test.name, Markup(_draw(test.name, lines))) for test in plan.tests if can_draw()]
    return render_page(
        "prove.html.jinja",
        model=plan.recipe.model_name,
        conclusions=list(conclude(lines)),
        tables=tables,
        plots=plots,
        how=_HOW,
        unseen=tabulate_unseen(_unseen(lines)) if plan.unseen else [],
        how_unseen=HOW_UNSEEN,
        trainings=_tabulate_trainings(figures),
        recipe=plan.recipe.model_dump(mode="json"),
        simulation_notice=figures["simulation_notice"],
    )


def _draw(test: str, lines: Sequence[Line]) -> str:
    """Shares of all prompts with their intervals, a mark for each arm."""
    shown = [line for line in _followed(lines) if line.test == test and not line.group]
    arms = list(dict.fromkeys(line.arm for line in shown))
    results = [
        Result(arm, test, [FigureTable(test, "%", [_to_figure(line) for line in shown if line.arm == arm])])
        for arm in arms
    ]
    return draw_table(test, test, results, arms)


def _to_figure(line: Line) -> Figure:
    estimate = line.followed
    mean, low, high = (100 * (value or 0.0) for value in (estimate.mean, estimate.low, estimate.high))
    return Figure(_ROLES[line.role], mean, low, high)


def _keep_best(
    plan: Plan, directory: ProofDirectory, best: ProveArm, lines: Sequence[Line], report: Mapping[str, Any]
) -> None:
    """Give the best model its card, and let the weights of the others go if they are not wanted."""
    recipe, kept = plan.recipe, directory.model(best, 0)
    if kept.exists():
        card = render_model_card(
            f"{best}-0",
            report,
            base_model=recipe.model,
            method="DPO" if best is ProveArm.PREFERENCES else "SFT",
            training={"steps": plan.steps, **{name: getattr(recipe, name) for name in _SHOWN}},
            results=_show_results(lines, best),
            system_role=f"{_describe_arm(best)} System messages are messages of the role `system`.",
        )
        write_whole(kept / "README.md", card)
    if recipe.keep == "best":
        for arm in recipe.trained:
            if arm is not best:
                shutil.rmtree(directory.model(arm, 0), ignore_errors=True)


def _describe_arm(arm: ProveArm) -> str:
    exported = Arm.SYSGEN if arm is ProveArm.PREFERENCES else Arm(arm)
    return f"This is the arm `{arm}` of a proof. {ARM_MEANINGS[exported]}"


def _show_results(lines: Sequence[Line], best: ProveArm) -> dict[str, dict[str, str]]:
    """Share of followed messages of the model, the base and the original data, for the card."""
    results: dict[str, dict[str, str]] = {}
    for line in lines:
        if not line.group and line.arm in (ProveArm.BASE, AGAINST, best):
            measure = f"followed, {line.test}, {_ROLES[line.role]} (%)" if line.role else f"{line.test} (%)"
            name = "this model" if line.arm == best else str(line.arm)
            results.setdefault(measure, {})[name] = f"{100 * (line.followed.mean or 0):.1f}"
    return results
