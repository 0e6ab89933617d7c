"""What the options under `variety` did: what was asked for, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    CANDIDATES,
    CONFLICTING_TURN,
    EXPERTISE,
    OUTCOME,
    PERSONA,
    PHRASES,
    RESPONSE_CANDIDATES,
    SYSTEM_MESSAGE,
    TOOLS,
    WANTED_FUNCTIONALITIES,
    WANTED_LANGUAGE,
    WANTED_LENGTH,
)
from sysgen_distilabel.functionalities import FUNCTIONALITIES, is_kept
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.measures.languages import find_language, guess_language
from sysgen_distilabel.measures.words import split_words
from sysgen_distilabel.outcome import SUBSETS, Outcome
from sysgen_distilabel.report.figures.level_figures import Levels
from sysgen_distilabel.report.figures.tool_figures import collect_tool_figures
from sysgen_distilabel.rows import Row
from sysgen_distilabel.variety.options import SAME_LANGUAGE

_DRAWN: Final = (WANTED_LENGTH, EXPERTISE, WANTED_LANGUAGE, PERSONA)
_MOST_VALUES: Final = 30


def collect_variety_figures(dataset: Path) -> dict[str, Any]:
    """The figures of every option that was on, by name; empty if none was.

    Args:
        dataset: the dataset of the run.
    """
    there = find_columns(dataset, "accepted") | find_columns(dataset, "rejected")
    figures: dict[str, Any] = {}
    if WANTED_FUNCTIONALITIES in there:
        figures |= _count_conditions(dataset)
    if TOOLS in there:
        figures["tools"] = collect_tool_figures(dataset)
    if CANDIDATES in there:
        figures["candidates"] = _count_candidates(dataset, CANDIDATES)
    if RESPONSE_CANDIDATES in there:
        figures["response_candidates"] = _count_candidates(dataset, RESPONSE_CANDIDATES)
    if CONFLICTING_TURN in there:
        rows = _accepted(dataset, [CONFLICTING_TURN])
        figures["conflicts"] = {"accepted_rows": sum(bool(row[CONFLICTING_TURN]) for row in rows)}
    return figures


def _count_conditions(dataset: Path) -> dict[str, Any]:
    functionalities: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    followed: Counter[str] = Counter()
    levels = Levels()
    columns = [WANTED_FUNCTIONALITIES, *_DRAWN, PHRASES, SYSTEM_MESSAGE, ALIGNED_MESSAGES, OUTCOME]
    for row in _rows(dataset, columns):
        if row[PHRASES] and row[WANTED_FUNCTIONALITIES]:
            _count_functionalities(row, functionalities)
        if row[OUTCOME] != Outcome.ACCEPTED:
            continue
        length = len(split_words(row[SYSTEM_MESSAGE]))
        for column in _DRAWN:
            words[column][row[column]].append(length)
        levels.add(row)
        language = row[WANTED_LANGUAGE]
        followed[language] += guess_language(row[SYSTEM_MESSAGE]) == find_language(language) != ""
    return {
        "functionalities": {str(name): dict(functionalities[name]) for name in FUNCTIONALITIES}
        if functionalities
        else {},
        "drawn": {
            column: _summarise(column, words[column], followed) for column in _DRAWN if any(words[column])
        },
        "levels": levels.summarise(),
    }


def _count_functionalities(row: Row, counts: defaultdict[str, Counter[str]]) -> None:
    """Count where each functionality was asked for, written, and kept in an accepted row."""
    written = {phrase["functionality"] for phrase in row[PHRASES]}
    good = {phrase["functionality"] for phrase in row[PHRASES] if is_kept(phrase["verdict"])}
    for name in map(str, FUNCTIONALITIES):
        wanted = name in row[WANTED_FUNCTIONALITIES]
        counts[name]["asked"] += wanted
        counts[name]["asked_written"] += wanted and name in written
        counts[name]["unasked"] += not wanted
        counts[name]["unasked_written"] += not wanted and name in written
        counts[name]["accepted"] += name in good and row[OUTCOME] == Outcome.ACCEPTED


def _summarise(column: str, words: dict[str, list[int]], followed: Counter[str]) -> list[dict[str, Any]]:
    """For each value drawn, how many accepted rows there are and how long their system messages are."""
    summary = []
    for value, lengths in sorted(words.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_VALUES]:
        entry: dict[str, Any] = {
            "value": value,
            "accepted_rows": len(lengths),
            "median_words": median(lengths),
        }
        if column == WANTED_LANGUAGE:
            entry |= {"value": value or SAME_LANGUAGE, "followed": followed[value] if value else None}
        summary.append(entry)
    return summary


def _count_candidates(dataset: Path, column: str) -> dict[str, Any]:
    """How the candidates scored, and what choosing has gained over the first where that has a score."""
    rows = [row[column] for row in _rows(dataset, [column]) if row[column]]
    scores = [[candidate["score"] for candidate in candidates] for candidates in rows]
    known = [[score for score in found if score is not None] for found in scores]
    best = [max(found, default=None) for found in known]
    compared = [number for number, found in enumerate(scores) if found[0] is not None]
    return {
        "rows": len(rows),
        "candidates": sum(map(len, rows)),
        "first_is_best": sum(found[0] == highest for found, highest in zip(scores, best, strict=True)),
        "mean_score_of_first": _mean([scores[number][0] for number in compared]),
        "mean_score_of_chosen": _mean([best[number] for number in compared]),
    }


def _mean(numbers: list[Any]) -> float | None:
    return round(sum(numbers) / len(numbers), 4) if numbers else None


def _accepted(dataset: Path, columns: list[str]) -> Iterator[Row]:
    return (row for row in _rows(dataset, [*columns, OUTCOME]) if row[OUTCOME] == Outcome.ACCEPTED)


def _rows(dataset: Path, columns: list[str]) -> Iterator[Row]:
    """The rows of both subsets; one without a column has none of its rows counted."""
    for subset in SUBSETS:
        if find_columns(dataset, subset) >= set(columns):
            yield from scan_rows(dataset, subset, columns)
