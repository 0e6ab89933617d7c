"""AdvancedIF's system steerability: rubrics that people wrote for conversations under a system message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import JUDGEMENTS, SOURCE_ID
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, to_figure
from sysgen_distilabel.evaluation.benchmarks.items import (
    Item,
    MalformedRow,
    ReadItems,
    read_items,
    read_messages,
    take,
)
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.evaluation.benchmarks.sysbench_metrics import all_of
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.measures.estimates import Tally
from sysgen_distilabel.rows import Row

if TYPE_CHECKING:
    from sysgen_distilabel.tasks import CheckCriteria

_TASK: Final = "if_system_steerability_oss"
"""What the owners call this part; the two others of the data have no system message and are not read."""


def read_advanced_if(location: str, limit: int | None = None) -> ReadItems:
    """The rows of system steerability of a file or dataset in the schema of `if_oss_full_data.csv`."""
    rows = (
        (place, row)
        for place, row in open_input(location).read()
        if not isinstance(row, Mapping) or row.get("benchmark_name", _TASK) == _TASK
    )
    return read_items(rows, _read_row, limit)


def _read_row(row: Mapping[str, Any]) -> Item:
    messages = read_messages({"messages": _read_json(row, "conversation_history")})
    if messages[0]["role"] != "system" or messages[-1]["role"] != "user":
        raise MalformedRow("'conversation_history' does not begin with a system message and end with a user")
    rubrics = _read_json(_take_object(_read_json(row, "prompt_metadata")), "rubrics")
    if not isinstance(rubrics, list) or not all(isinstance(text, str) and text.strip() for text in rubrics):
        raise MalformedRow("'rubrics' is no list of texts")
    criteria = [{"id": str(n), "text": text, "type": ""} for n, text in enumerate(rubrics, start=1)]
    return Item(hash_content({"messages": messages}), messages, {"turns": [{"criteria": criteria}]})


def _read_json(row: Mapping[str, Any], name: str) -> Any:
    """A field that is JSON, written as text in the published file."""
    value = take(row, name, (str, list, dict))
    value = json.loads(value) if isinstance(value, str) else value
    if not value:
        raise MalformedRow(f"'{name}' is empty")
    return value


def _take_object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MalformedRow("'prompt_metadata' is no object")
    return value


def score_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """The share of prompts whose answer passes all rubrics, as the paper has it, and that of all rubrics.

    An unreadable verdict counts in neither; a prompt with one counts only if another rubric failed.
    """
    tally, rubrics, unreadable = Tally(), 0, 0
    for row in rows:
        name = str(row[SOURCE_ID]).rpartition("#")[0]
        verdicts = [{"yes": True, "no": False}.get(judgement["verdict"]) for judgement in row[JUDGEMENTS]]
        rubrics, unreadable = rubrics + len(verdicts), unreadable + verdicts.count(None)
        passed = all_of(verdicts)
        if passed is not None:
            tally.add("prompts", name, float(passed))
        for verdict in verdicts:
            if verdict is not None:
                tally.add("rubrics", name, float(verdict))
    return {
        "prompts_passed": tally.estimate("prompts"),
        "rubrics_passed": tally.estimate("rubrics"),
        "rubrics": rubrics,
        "unreadable": unreadable,
    }


def tabulate(figures: Mapping[str, Any]) -> list[FigureTable]:
    """The two shares."""
    names = {"prompts_passed": "prompts, all rubrics", "rubrics_passed": "rubrics"}
    passed = [to_figure(title, figures[name]) for name, title in names.items()]
    return [FigureTable("Passed", "%", passed)]


def _make_judge(history: str, **fields: Any) -> CheckCriteria:
    from sysgen_distilabel.tasks import CheckCriteria

    return CheckCriteria(history="reference", **fields)


BENCHMARK = Benchmark(
    name="advanced-if",
    title="AdvancedIF, system steerability",
    origin=Origin(
        page="https://huggingface.co/datasets/facebook/AdvancedIF",
        licence="CC-BY-NC-4.0",
        address="hf://datasets/facebook/AdvancedIF?split=train",
    ),
    read=read_advanced_if,
    score=score_rows,
    tables=tabulate,
    headline=("Passed", "prompts, all rubrics"),
    summary="Rubrics that people wrote for conversations under a system message, answered by a judge.",
    options=("judge",),
    decoding={"temperature": 0.0, "max_new_tokens": 4096},
    judge=_make_judge,
    judge_prompts=("check_criteria.jinja2",),
    cautions=(
        "The wording of the judge's prompt is our own and it shows no examples; the published scores are of"
        " o3-mini with the owners' prompt. How answers are sampled is not stated; here it is greedily.",
    ),
)
