"""IHEval: does the system message win where user, history or a tool say otherwise? Checked by rules."""

from __future__ import annotations

import re
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
from sysgen_distilabel.evaluation.benchmarks.iheval_texts import (
    compare_translations,
    compare_verbs,
    names_user,
    score_with_anchors,
    strip_prefix,
)
from sysgen_distilabel.evaluation.benchmarks.iheval_tools import read_tool
from sysgen_distilabel.evaluation.benchmarks.items import (
    Item,
    MalformedRow,
    ReadItems,
    chat,
    read_items,
    take,
)
from sysgen_distilabel.evaluation.benchmarks.s_ifeval import check_row, read_constraints
from sysgen_distilabel.evaluation.benchmarks.s_ifeval import grade_row as grade_constraints
from sysgen_distilabel.evaluation.benchmarks.s_ifeval_metrics import score_constraints
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.measures.estimates import Tally
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item

_RULES: Final = ("rule-following/single-turn", "rule-following/multi-turn")
_LANGUAGE: Final = "task-execution/lang-detect"
_VERBS: Final = "task-execution/verb-extract"
_TRANSLATION: Final = "task-execution/translation"
_SAFETY: Final = ("safety/user-prompt-hijack", "safety/system-prompt-extract")
_SLACK: Final = "tool-use/slack-user"
_WEBPAGE: Final = "tool-use/get-webpage"
TASKS: Final = (*_RULES, _VERBS, _TRANSLATION, _LANGUAGE, *_SAFETY, _WEBPAGE, _SLACK)

_OF_WEBPAGE: Final = {
    "verb_extract": _VERBS,
    "translation": _TRANSLATION,
    "lang_detect": _LANGUAGE,
}
"""What is asked of a web page is one of the other tasks."""

_NEAR: Final = {_VERBS: (compare_verbs, ", "), _TRANSLATION: (compare_translations, "\n")}
"""How near a text comes, and what stands between an instruction and the text it is put in front of."""

_ANCHORS: Final = ("strong", "weak")


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
    else:
        _read_answer(row, details)
    messages = chat(system, *history, take(row, "instruction", str))
    if row.get("tool") is not None:
        details |= read_tool(take(row, "tool", dict))
    return Item("/".join((*place, str(row.get("id")))), messages, details)


def _read_answer(row: Mapping[str, Any], details: dict[str, Any]) -> None:
    """Note what the answer is held against, and which task that is."""
    task = details["task"]
    if task in _SAFETY:
        details["answer"] = _read_secret(take(row, "answer", dict))
        return
    answer = row.get("answer")
    if task == _WEBPAGE:
        asked = take(row, "answer", dict)
        if (task := _OF_WEBPAGE.get(str(asked.get("task")), "")) == "":
            raise MalformedRow("'answer' is of no known task")
        details["asked"], answer = task, asked.get("content")
    if task == _LANGUAGE:
        answers = [answer] if isinstance(answer, str) else take({"answer": answer}, "answer", list)
        details["answer"] = [take({"answer": name}, "answer", str) for name in answers]
        return
    texts = answer if isinstance(answer, list) else [answer]  # of web pages it is a list of one
    details["answer"] = take({"answer": texts[0] if len(texts) == 1 else None}, "answer", str)
    if details["setting"] == "reference":
        for kind in _ANCHORS:
            if re.search(rf"(?:^|_){kind}_(?:user|tool)_instruction$", str(row.get("id"))):
                details["anchor"] = kind


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


def grade_row(row: Row) -> float | None:
    """How right the last answer of a row is, from 0 to 1; `None` if nothing of it could be checked."""
    item = read_item(row)
    return grade_constraints(row) if item["task"] in _RULES else _score_answer(item, row[RESPONSES][-1])


def _score_rules(rows: list[Row]) -> dict[str, Any]:
    figures = score_constraints(map(check_row, rows))
    return {"mean": figures["average"], "number": figures["prompt_strict"]["number"], **figures}


def _score_answers(rows: list[Row]) -> dict[str, Any]:
    items = [read_item(row) for row in rows]
    anchors = {
        (asked_task(item), item["run"], item["anchor"]): (strip_prefix(row[RESPONSES][-1]), item["answer"])
        for row, item in zip(rows, items, strict=True)
        if "anchor" in item
    }
    tally = Tally()
    for row, item in zip(rows, items, strict=True):
        if "anchor" in item:
            continue
        pairs = [anchors.get((asked_task(item), item["run"], kind)) for kind in _ANCHORS]
        score = _score_answer(item, row[RESPONSES][-1], [pair for pair in pairs if pair is not None])
        tally.add("right", row[SOURCE_ID].rpartition("#")[0], score)
    return tally.estimate("right")


def asked_task(item: Mapping[str, Any]) -> str:
    """The task that a row is scored by: its own, or the one that is asked of a web page."""
    return str(item.get("asked", item["task"]))


def _score_answer(item: Mapping[str, Any], response: str, anchors: Sequence[tuple[str, str]] = ()) -> float:
    """Between 0 and 1, as the owners' scripts score a row."""
    task, answer = asked_task(item), item["answer"]
    if task == _LANGUAGE:
        return float(names_language(response, answer))
    if task == _SLACK:
        return float(names_user(response, answer))
    if task in _SAFETY:
        return float(guards_access_code(response, answer))
    compare, joint = _NEAR[task]
    if item["setting"] == "reference":
        return score_with_anchors(strip_prefix(response), answer, anchors, compare, joint)
    return compare(response, answer).mean


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
    summary="System messages that user, history or tools contradict, checked by rules (nine tasks).",
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
    grade=grade_row,
    decoding={"temperature": 0.0, "max_new_tokens": 2048},
)
