"""Multifacet: does an answer serve a system message with preferences of four kinds? Rubrics, 1 to 5."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import JUDGEMENTS, SOURCE_ID
from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.items import (
    Item,
    MalformedRow,
    ReadItems,
    chat,
    read_items,
    take,
)
from sysgen_distilabel.evaluation.benchmarks.multifacet_metrics import (
    SUBSETS,
    RubricScore,
    ScoredInstance,
    score_multifacet,
    tabulate_multifacet,
)
from sysgen_distilabel.evaluation.benchmarks.published import MULTIFACET
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item

if TYPE_CHECKING:
    from sysgen_distilabel.tasks import ScoreRubrics


def read_multifacet(location: str, limit: int | None = None) -> ReadItems:
    """The instances of a file or dataset in the schema of `kaist-ai/Multifaceted-Bench`."""
    return read_items(open_input(location).read(), _read_row, limit)


def _read_row(row: Mapping[str, Any]) -> Item:
    system, prompt = take(row, "system", str), take(row, "prompt", str)
    rubrics = take(row, "rubrics" if "rubrics" in row else "rubric", list)
    preferences = row.get("preference_set") or [{}] * len(rubrics)
    if len(preferences) != len(rubrics):
        raise MalformedRow(f"{len(rubrics)} rubrics for {len(preferences)} preferences")
    details = {
        "source": str(row.get("source") or "unknown"),
        "reference_answer": take(row, "reference_answer", str),
        "rubrics": [_read_rubric(*pair) for pair in zip(rubrics, preferences, strict=True)],
    }
    name = str(row.get("id") or hash_content({"system": system, "prompt": prompt}))
    return Item(name, chat(system, prompt), details)


def _read_rubric(rubric: Any, preference: Any) -> dict[str, Any]:
    if not isinstance(rubric, Mapping) or not isinstance(preference, Mapping):
        raise MalformedRow("a rubric is no object")
    dimension = preference.get("dimension") or "unknown"
    descriptions = take(rubric, "score_descriptions", dict)
    return {
        "dimension": str(dimension),
        "criteria": take(rubric, "criteria", str),
        "score_descriptions": {str(score): str(text) for score, text in sorted(descriptions.items())},
    }


def score_rows(rows: Sequence[Row], subsets: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The figures of the judged rows."""
    return score_multifacet(map(_to_instance, rows), subsets)


def _to_instance(row: Row) -> ScoredInstance:
    item = read_item(row)
    scores = tuple(
        RubricScore(judgement["criterion"], int(judgement["verdict"]) if judgement["verdict"] else None)
        for judgement in row[JUDGEMENTS]
    )
    return ScoredInstance(row[SOURCE_ID].rpartition("#")[0], item["source"], item["run"], scores)


def read_subsets(path: Path) -> dict[str, str]:
    """Which column of the published tables each source belongs to, from a YAML or JSON mapping.

    The owners have not published it, so there is none in this package.

    Raises:
        ConfigError: if the file is no such mapping.
    """
    import yaml

    try:
        mapping = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", "Check the file.") from None
    if not isinstance(mapping, dict) or not all(column in SUBSETS for column in mapping.values()):
        raise ConfigError(
            f"{path} is no mapping from sources to columns.",
            f"Write one `source: column` per line; the columns are {', '.join(SUBSETS)}.",
        )
    return {str(source): str(column) for source, column in mapping.items()}


def read_released(path: Path) -> Iterator[ScoredInstance]:
    """The instances in an evaluation file as the benchmark's own script writes it.

    It is an object of records with `source`, `score` (one per rubric, null if it could not be
    read) and `preference_set`.

    Raises:
        InputError: if the file is of another form.
    """
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        for number, record in enumerate(records.values()):
            preferences = record.get("preference_set") or [{}] * len(record["score"])
            scores = tuple(
                RubricScore(
                    str(preference.get("dimension", "unknown")), score if score in range(1, 6) else None
                )
                for score, preference in zip(record["score"], preferences, strict=True)
            )
            yield ScoredInstance(str(number), str(record.get("source", "unknown")), 0, scores)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is no evaluation file of Multifacet: {type(error).__name__}: {error}.",
            "Give the file *_evaluation.json that the benchmark's script has written.",
        ) from None


def score_released(path: Path, subsets: Path | None) -> tuple[dict[str, Any], int]:
    """Figures and number of the instances of a released file, see `read_released`."""
    instances = list(read_released(path))
    return score_multifacet(instances, read_subsets(subsets) if subsets else None), len(instances)


def _make_judge(history: str, **fields: Any) -> ScoreRubrics:
    from sysgen_distilabel.tasks import ScoreRubrics

    return ScoreRubrics(**fields)


OUR_WORDING: Final = (
    "The wording of the judge's prompt is our own; with --judge-prompt owners it is that of the owners."
)
_COMMIT: Final = "b25a0a32eb080230aaff2df8651b680a009bb3a6"
"""The last change of the data; what came after it is of the dataset's card."""

BENCHMARK = Benchmark(
    name="multifacet",
    title="Multifacet",
    origin=Origin(
        page="https://huggingface.co/datasets/kaist-ai/Multifaceted-Bench",
        licence="CC-BY-4.0",
        revision=_COMMIT,
        address=f"hf://datasets/kaist-ai/Multifaceted-Bench@{_COMMIT}?split=train",
    ),
    read=read_multifacet,
    score=score_rows,
    tables=tabulate_multifacet,
    headline=("Score", "all instances"),
    summary="Preferences of four kinds in the system message, graded 1 to 5 with rubrics (921 rows).",
    options=("judge", "judge_prompt", "subsets", "released"),
    published=MULTIFACET,
    score_released=score_released,
    decoding={"temperature": 1.0, "top_p": 0.9, "repetition_penalty": 1.03, "max_new_tokens": 1024},
    judge=_make_judge,
    judge_prompts=("score_rubric.jinja2",),
    cautions=(
        OUR_WORDING,
        "The published scores are of gpt-4-0125-preview. "
        "Compare models judged the same way, not scores of different judges.",
    ),
)
