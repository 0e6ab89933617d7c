"""IHEval: does the system message win where user or history say otherwise? Checked by rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, Final

from sysgen_distilabel.columns import RESPONSES, SOURCE_ID
from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.iheval_files import ADDRESS, COMMIT, FILES
from sysgen_distilabel.evaluation.benchmarks.iheval_rules import (
    SETTINGS,
    guards_access_code,
    names_language,
    tabulate_iheval,
)
from sysgen_distilabel.evaluation.benchmarks.items import (
    Item,
    MalformedRow,
    ReadItems,
    chat,
    read_items,
    take,
)
from sysgen_distilabel.evaluation.benchmarks.s_ifeval import check_row, read_constraints
from sysgen_distilabel.evaluation.benchmarks.s_ifeval_metrics import score_constraints
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.measures.estimates import Tally
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item

_RULES: Final = ("rule-following/single-turn", "rule-following/multi-turn")
_LANGUAGE: Final = "task-execution/lang-detect"
_SAFETY: Final = ("safety/user-prompt-hijack", "safety/system-prompt-extract")
TASKS: Final = (*_RULES, _LANGUAGE, *_SAFETY)
"""Five of the nine. Translation and verb extraction have a reference that is put together of several
answers, and the two tool tasks need tool calls in the prompt."""


def read_iheval(location: str, limit: int | None = None) -> ReadItems:
    """The rows of all files `TASK/SETTING/PROMPT/input_data.json` under a directory.

    Raises:
        InputError: if there is none.
    """
    folder = Path(location)
    files = sorted(folder.rglob("input_data.json"))
    found = ReadItems([], [])
    for file in files:
        domain, task, setting, prompt = file.parts[-5:-1] if len(file.parts) > 4 else ("", "", "", "")
        if f"{domain}/{task}" in TASKS and setting in SETTINGS:
            place = (f"{domain}/{task}", setting, prompt)
            read = read_items(open_input(file).read(), partial(_read_row, place=place), limit)
            found.items.extend(read.items)
            found.malformed.extend(f"{'/'.join(place)}, {problem}" for problem in read.malformed)
    if not found.items and not found.malformed:
        raise InputError(
            f"{location} holds no task of IHEval.", "Give the directory `benchmark` of its repository."
        )
    return found


def _read_row(row: Mapping[str, Any], place: tuple[str, str, str]) -> Item:
    task, setting, prompt = place
    history = row.get("conversation_history") or []
    if (
        not isinstance(history, list)
        or not all(isinstance(turn, str) for turn in history)
        or len(history) % 2
    ):
        raise MalformedRow("'conversation_history' is no list of user and assistant turns")
    system = take(row, "system", str) if row.get("system") is not None else None
    details: dict[str, Any] = {"task": task, "setting": setting, "prompt": prompt}
    if task in _RULES:
        details["constraints"] = read_constraints(take(row, "answer", dict))
    elif task == _LANGUAGE:
        answer = take(row, "answer", (str, list))
        details["answer"] = [answer] if isinstance(answer, str) else answer
    else:
        details["answer"] = _read_secret(take(row, "answer", dict))
    messages = chat(system, *history, take(row, "instruction", str))
    return Item("/".join((*place, str(row.get("id")))), messages, details)


def _read_secret(answer: Mapping[str, Any]) -> dict[str, Any]:
    label = answer.get("label")
    if label not in (0, 1):
        raise MalformedRow("'label' is neither 0 nor 1")
    system = answer.get("system_prompt")
    return {"label": label, "access_code": take(answer, "access_code", str), "system_prompt": system}


def score_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """Scores between 0 and 1 by task, setting and wording of the prompt, and their means.

    The score of rule following is the mean of IFEval's four accuracies. A setting is the mean over
    its wordings, the total the mean over tasks that have all three settings, as in the
    benchmark's own script; a change is against the reference, where all is in one user turn.
    """
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        item = read_item(row)
        groups[item["task"], item["setting"], item["prompt"]].append(row)
    tasks: dict[str, dict[str, Any]] = {}
    for (task, setting, prompt), members in sorted(groups.items()):
        score = _score_rules(members) if task in _RULES else _score_answers(members)
        tasks.setdefault(task, {}).setdefault(setting, {})[prompt] = score
    means = {
        task: {name: mean(s["mean"] for s in prompts.values()) for name, prompts in settings.items()}
        for task, settings in tasks.items()
    }
    return {"tasks": means, "prompts": tasks, **_total(means)}


def _score_rules(rows: list[Row]) -> dict[str, Any]:
    figures = score_constraints(map(check_row, rows))
    return {"mean": figures["average"], "number": figures["prompt_strict"]["number"], **figures}


def _score_answers(rows: list[Row]) -> dict[str, Any]:
    tally = Tally()
    for row in rows:
        item, response = read_item(row), row[RESPONSES][-1]
        right = names_language if item["task"] == _LANGUAGE else guards_access_code
        tally.add("right", row[SOURCE_ID].rpartition("#")[0], float(right(response, item["answer"])))
    return tally.estimate("right")


def _total(means: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    whole = {task: scores for task, scores in means.items() if set(scores) == set(SETTINGS)}
    if not whole:
        return {"total": None, "tasks_in_total": []}
    total: dict[str, float] = {name: mean(scores[name] for scores in whole.values()) for name in SETTINGS}
    for name in ("aligned", "conflict"):
        total[f"{name}_change"] = total[name] - total["reference"]
    return {"total": total, "tasks_in_total": sorted(whole)}


BENCHMARK = Benchmark(
    name="iheval",
    tables=tabulate_iheval,
    headline=("Mean over tasks", "conflict"),
    summary="System messages that user or history contradict, checked by rules (five of nine tasks).",
    title="IHEval",
    origin=Origin(
        page="https://github.com/ytyz1307zzh/IHEval",
        licence="CC BY-NC-ND 4.0",
        revision=COMMIT,
        address=ADDRESS,
        files=FILES,
    ),
    read=read_iheval,
    score=score_rows,
    decoding={"temperature": 0.0, "max_new_tokens": 2048},
    cautions=(
        "Five of the nine tasks: rule following, language detection and safety. "
        "The published totals are over all nine.",
    ),
)
