"""Two sets of scores side by side: lm-eval results or evaluations, before and after a training."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.benchmarks.registry import make_tables
from sysgen_distilabel.evaluation.evaluation_directory import REPORT

UNSEEN: Final = {
    "mmlu": ("MMLU", ("acc,none",)),
    "mmlu_pro": ("MMLU-Pro", ("exact_match,custom-extract",)),
    "arc_challenge": ("ARC-c", ("acc_norm,none", "acc,none")),
    "gpqa_main_zeroshot": ("GPQA", ("acc_norm,none", "acc,none")),
    "hellaswag": ("HellaSwag", ("acc_norm,none", "acc,none")),
    "ifeval": ("IFEval", ("prompt_level_strict_acc,none",)),
    "mathqa": ("MathQA", ("acc_norm,none", "acc,none")),
    "bbh": ("BBH", ("exact_match,get-answer",)),
}
"""The eight tasks of the paper's Table 11: its name for them, and the metric taken, the first there is.

Which metrics the paper took is not stated; these are those lm-eval's leaderboards use."""

_Z: Final = 1.96
_SHARE: Final = re.compile(r"(?:.*_)?(?:acc|accuracy|exact_match|em)(?:_norm|_bytes|_mutual_info)?|pass@\d+")
"""Names of lm-eval's metrics that are shares; others, such as a perplexity, are no percentage."""


@dataclass(frozen=True, slots=True)
class Score:
    """One score.

    Attributes:
        value: the score, in per cent or from 1 to 5.
        error: its standard error, `None` if unknown.
    """

    value: float
    error: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one score.

    Attributes:
        name: task and metric.
        before: the score before.
        after: the score after.
    """

    name: str
    before: Score
    after: Score

    @property
    def difference(self) -> float:
        """How much higher the score is after."""
        return self.after.value - self.before.value

    @property
    def is_clear(self) -> bool | None:
        """Whether the difference is beyond 1.96 standard errors; `None` if they are unknown."""
        if self.before.error is None or self.after.error is None:
            return None
        return abs(self.difference) > _Z * math.hypot(self.before.error, self.after.error)


def compare(before: Path, after: Path) -> list[Change]:
    """The scores that both have, in the order of the first.

    Args:
        before: a `results.json` of lm-eval, a folder with one, or the directory of an evaluation.
        after: the same of the other model.

    Raises:
        InputError: if one of them holds no scores, or they have none in common.
    """
    old, new = read_scores(before), read_scores(after)
    changes = [Change(name, score, new[name]) for name, score in old.items() if name in new]
    if not changes:
        raise InputError(f"{before} and {after} have no score in common.", "Evaluate both on the same tasks.")
    return changes


def read_scores(path: Path) -> dict[str, Score]:
    """The scores in a file or folder, by task and metric; of several results the newest counts.

    Raises:
        InputError: if there are none.
    """
    file = find_results(path)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content.get("kind") == "evaluation":
            return _read_evaluation(content)
        return read_lm_eval(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{file} holds no scores: {type(error).__name__}: {error}.",
            "Give a results.json of lm-eval, or the directory of an evaluation.",
        ) from None


def find_results(path: Path) -> Path:
    """The file with the scores: the path itself, or in a folder the report or the newest `results*.json`.

    Raises:
        InputError: if there is no such path, or the folder has none.
    """
    if not path.exists():
        raise InputError(f"There is neither a file nor a folder {path}.", "Check the path.")
    if not path.is_dir():
        return path
    if (path / REPORT).exists():
        return path / REPORT
    found = sorted(path.rglob("results*.json"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise InputError(f"There are no results in {path}.", "Name the folder given to --output_path.")
    return found[-1]


def _read_evaluation(report: Mapping[str, Any]) -> dict[str, Score]:
    scores = {}
    for table in make_tables(report):
        for figure in table.figures:
            if figure.value is not None:
                known = figure.low is not None and figure.high is not None
                error = (figure.high - figure.low) / (2 * _Z) if known else None  # type: ignore[operator]
                scores[f"{report['title']}: {table.title}: {figure.name}"] = Score(figure.value, error)
    return scores


def read_lm_eval(content: Mapping[str, Any]) -> dict[str, Score]:
    """The paper's tasks by one metric each, then every share of all others that are no part of a group.

    Metrics that are no share of the questions, such as perplexities, are left out: what is compared is
    in per cent.
    """
    results: Mapping[str, Mapping[str, Any]] = content["results"]
    parts = {name for group in content.get("group_subtasks", {}).values() for name in group}
    scores: dict[str, Score] = {}
    for task, (title, _) in UNSEEN.items():
        for metric in metrics_of(task, results.get(task, {}))[:1]:
            scores[title] = _read_metric(results[task], metric)
    eight = [scores[title] for title, _ in UNSEEN.values() if title in scores]
    if len(eight) == len(UNSEEN):
        scores["Avg"] = _average(eight)
    for task in [name for name in results if name not in UNSEEN and name not in parts]:
        for metric in metrics_of(task, results[task]):
            scores[f"{task}: {metric.removesuffix(',none')}"] = _read_metric(results[task], metric)
    if not scores:
        raise ValueError("no task has a metric that is a share")
    return scores


def metrics_of(task: str, offered: Iterable[str]) -> list[str]:
    """Those of a task's metrics that are taken, the first there is before the others.

    Args:
        task: its name in lm-eval.
        offered: what it measures, each as `metric,filter`.
    """
    if task in UNSEEN:
        wanted = UNSEEN[task][1]
        return [name for name in wanted if name in set(offered)]
    return [name for name in offered if "," in name and _SHARE.fullmatch(name.partition(",")[0])]


def _read_metric(result: Mapping[str, Any], metric: str) -> Score:
    name, _, kept = metric.partition(",")
    error = result.get(f"{name}_stderr,{kept}")
    return Score(100 * float(result[metric]), 100 * error if isinstance(error, int | float) else None)


def _average(scores: list[Score]) -> Score:
    errors = [score.error for score in scores if score.error is not None]
    whole = len(errors) == len(scores)
    error = math.sqrt(sum(value**2 for value in errors)) / len(scores) if whole else None
    return Score(sum(score.value for score in scores) / len(scores), error)
