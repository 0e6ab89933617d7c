"""Scores of Multifacet: means over rubrics, runs and instances, in that order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any, Final

from sysgen_distilabel.evaluation.benchmarks.figure_tables import Figure, FigureTable, to_figure, to_figures
from sysgen_distilabel.measures.intervals import estimate_mean

SUBSETS: Final = ("AlpacaEval", "FLASK", "Koala", "MT-Bench", "Self-Instruct")
"""The columns of the published tables (SysGen, Table 3)."""


@dataclass(frozen=True, slots=True)
class RubricScore:
    """What the judge gave for one rubric.

    Attributes:
        dimension: such as `style` or `harmlessness`.
        score: 1 to 5, `None` if the reply of the judge cannot be read.
    """

    dimension: str
    score: int | None


@dataclass(frozen=True, slots=True)
class ScoredInstance:
    """One answered and judged instance in one run.

    Attributes:
        instance: its id, the same in every run.
        source: where its instruction comes from, as the benchmark says.
        run: which run, from 0.
        scores: one per rubric.
    """

    instance: str
    source: str
    run: int
    scores: tuple[RubricScore, ...]


def score_multifacet(
    instances: Iterable[ScoredInstance], subsets: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """All figures of Multifacet, from 1 to 5.

    The score of an instance is the mean of its readable rubrics, then of its runs; the overall
    score is the mean over instances, as in the benchmark's own script. "Avg" in SysGen's table is
    for its own models the mean of the five columns, which is given beside it where there are any.

    Args:
        instances: what was judged.
        subsets: column of the published tables by source; sources it lacks are in no column.
    """
    listed = list(instances)
    means = _instance_means(listed)
    figures: dict[str, Any] = {
        "overall": estimate_mean([mean(runs.values()) for runs in means.values()]).as_dict(),
        "by_run": _by_run(means),
        "by_dimension": _by_dimension(listed),
        "by_source": _grouped(means, {item.instance: item.source for item in listed}),
        "rubrics": sum(len(item.scores) for item in listed),
        "unreadable": sum(score.score is None for item in listed for score in item.scores),
    }
    if subsets is not None:
        figures |= _columns(means, {item.instance: subsets.get(item.source, "") for item in listed})
    return figures


def _instance_means(instances: list[ScoredInstance]) -> dict[str, dict[int, float]]:
    """The mean over the readable rubrics, by instance and run; what has none of them is left out."""
    means: dict[str, dict[int, float]] = defaultdict(dict)
    for item in instances:
        if scores := [score.score for score in item.scores if score.score is not None]:
            means[item.instance][item.run] = mean(scores)
    return dict(means)


def _by_run(means: Mapping[str, Mapping[int, float]]) -> list[float]:
    runs = sorted({run for per_run in means.values() for run in per_run})
    return [mean(per_run[run] for per_run in means.values() if run in per_run) for run in runs]


def _by_dimension(instances: list[ScoredInstance]) -> dict[str, Any]:
    scores: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item in instances:
        for rubric in item.scores:
            if rubric.score is not None:
                scores[rubric.dimension][item.instance].append(rubric.score)
    return {
        name: estimate_mean([mean(values) for values in scores[name].values()]).as_dict()
        for name in sorted(scores)
    }


def _grouped(means: Mapping[str, Mapping[int, float]], group_of: Mapping[str, str]) -> dict[str, Any]:
    groups: dict[str, list[float]] = defaultdict(list)
    for instance, runs in means.items():
        groups[group_of[instance]].append(mean(runs.values()))
    return {name: estimate_mean(groups[name]).as_dict() for name in sorted(groups)}


def _columns(means: Mapping[str, Mapping[int, float]], subset_of: Mapping[str, str]) -> dict[str, Any]:
    found = _grouped(means, subset_of)
    columns = {name: found[name] for name in SUBSETS if name in found}
    whole = len(columns) == len(SUBSETS)
    return {
        "by_subset": columns,
        "mean_of_subsets": mean(column["mean"] for column in columns.values()) if whole else None,
        "in_no_subset": found.get("", {}).get("number", 0),
    }


def tabulate_multifacet(figures: Mapping[str, Any]) -> list[FigureTable]:
    """The figures of Multifacet as tables, the headline ones first."""
    overall = [to_figure("all instances", figures["overall"], 1)]
    if figures.get("mean_of_subsets") is not None:
        overall.append(Figure("mean of the five columns", figures["mean_of_subsets"]))
    return [
        FigureTable("Score", "1-5", overall),
        FigureTable("By column of the published table", "1-5", to_figures(figures.get("by_subset", {}), 1)),
        FigureTable("By dimension", "1-5", to_figures(figures["by_dimension"], 1)),
        FigureTable("By source", "1-5", to_figures(figures["by_source"], 1)),
    ]
