"""All evaluations of a model family together: what each model scored, benchmark by benchmark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.benchmarks.figure_tables import Figure, FigureTable
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS, make_tables
from sysgen_distilabel.evaluation.results.compare import Score, find_results, read_lm_eval
from sysgen_distilabel.evaluation.results.evaluation_view import describe_rows

LM_EVAL: Final = "lm-eval"

_ORDER: Final = (*BENCHMARKS, LM_EVAL)


@dataclass(frozen=True, slots=True)
class Result:
    """One evaluation of one model.

    Attributes:
        model: how the model is called.
        benchmark: name of the benchmark, or `lm-eval`.
        tables: its figures.
        protocol: what the figures depend on: judge, history and rows.
        runs: how often every row was answered.
        rows: what became of the rows, in words.
        notice: what has to be said if the simulated engine or a test engine answered or judged.
        cautions: what has to be said beside the figures.
    """

    model: str
    benchmark: str
    tables: list[FigureTable]
    protocol: str = ""
    runs: int = 1
    rows: str = ""
    notice: str = ""
    cautions: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """Protocol and runs, for people."""
        return ", ".join(filter(None, (self.protocol, f"{self.runs} runs" if self.runs > 1 else "")))

    @property
    def headline(self) -> tuple[Figure, str] | None:
        """The one figure for the overview, and its unit."""
        is_ours = self.benchmark in BENCHMARKS
        title, name = BENCHMARKS[self.benchmark].headline if is_ours else ("Scores", "Avg")
        tables = [table for table in self.tables if table.title == title]
        return next(((f, table.unit) for table in tables for f in table.figures if f.name == name), None)


def read_results(sources: Sequence[str]) -> list[Result]:
    """Read evaluations and lm-eval results, in the order of the benchmarks and as given within one.

    Args:
        sources: directories of evaluations, `results.json` files of lm-eval or folders with one;
            each as `PATH`, or as `NAME=PATH` to say how the model is called.

    Raises:
        InputError: if one cannot be read.
    """
    results = sorted((_read(source) for source in sources), key=lambda r: _ORDER.index(r.benchmark))
    used = Counter((result.model, result.benchmark) for result in results)
    return [
        replace(result, model=f"{result.model} ({result.how})")
        if used[result.model, result.benchmark] > 1 and result.how
        else result
        for result in results
    ]


def _read(source: str) -> Result:
    name, equals, path = source.partition("=")
    if not equals or Path(source).exists():
        name, path = "", source
    file = find_results(Path(path))
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content.get("kind") == "evaluation":
            return from_evaluation(content, name)
        return _from_lm_eval(content, name or str(content.get("model_name") or file.parent.name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{file} holds no results: {type(error).__name__}: {error}.",
            "Give directories of evaluations or results.json files of lm-eval.",
        ) from None


def from_evaluation(report: Mapping[str, Any], name: str = "") -> Result:
    """The result that the report of a finished evaluation holds; `name` is that of the model if given."""
    settings = report.get("settings", {})
    parts = [f"judge {report['judge']}" if report["judge"] else ""]
    parts += ["the owners' wording" if settings.get("judge_prompt") else ""]
    parts += ["ground-truth history" if settings.get("history") == "reference" else ""]
    parts += ["system message in the user turn" if settings.get("system_role") == "fold" else ""]
    parts += [f"{settings['sessions']} sessions drawn" if settings.get("sessions") else ""]
    parts += [f"translated by {report['translation']['translator']}" if report.get("translation") else ""]
    parts += [f"first {settings['limit']} rows" if settings.get("limit") else ""]
    return Result(
        model=name or report["model"],
        benchmark=report["benchmark"],
        tables=make_tables(report),
        protocol=", ".join(filter(None, parts)),
        runs=settings.get("runs", 1),
        rows=describe_rows(report),
        notice=report["simulation_notice"],
        cautions=tuple(report["cautions"]),
    )


def _from_lm_eval(content: Mapping[str, Any], name: str) -> Result:
    figures = [_to_figure(title, score) for title, score in read_lm_eval(content).items()]
    return Result(name, LM_EVAL, [FigureTable("Scores", "%", figures)])


def _to_figure(title: str, score: Score) -> Figure:
    if score.error is None:
        return Figure(title, score.value)
    return Figure(title, score.value, score.value - 1.96 * score.error, score.value + 1.96 * score.error)
