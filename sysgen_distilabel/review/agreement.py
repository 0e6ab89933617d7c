"""How far people agree with each other and with the verifier, as figures for the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.review.answers import Answer, AnsweredRecord
from sysgen_distilabel.review.consensus import verdict_of

_WORD: Final = re.compile(r"\S+")

Units = list[dict[str, str]]
"""For each thing that was judged, what each person called it."""


def measure_agreement(records: Sequence[AnsweredRecord]) -> dict[str, Any]:
    """Krippendorff's alpha between annotators for each question.

    The units are words for functionalities (a word in no phrase counts as unmarked), the model's
    phrases for verdicts, and records for preferred responses.
    """
    return {
        "functionalities": _alpha(list(_functionality_units(records))),
        "verdicts": _alpha(list(_verdict_units(records))),
        "preferred_response": _alpha(
            [
                {
                    answer.annotator: answer.preferred_response
                    for answer in record.answers
                    if answer.preferred_response
                }
                for record in records
            ]
        ),
    }


def compare_with_verifier(records: Iterable[AnsweredRecord]) -> dict[str, Any]:
    """How often people give the verifier's verdict, per functionality (the form of SysGen Table 10).

    Every verdict of every person counts once; `average` is the mean over functionalities.
    """
    judged, equal = Counter[str](), Counter[str]()
    for record in records:
        for mark in record.suggested:
            for answer in record.answers:
                verdict = verdict_of(mark, answer)
                if mark.verdict and verdict:
                    judged[mark.functionality] += 1
                    equal[mark.functionality] += verdict == mark.verdict
    counts = {f.value: {"verdicts": judged[f], "equal": equal[f]} for f in FUNCTIONALITIES if judged[f]}
    shares = [100 * count["equal"] / count["verdicts"] for count in counts.values()]
    return {"functionalities": counts, "average": sum(shares) / len(shares) if shares else None}


def _functionality_units(records: Iterable[AnsweredRecord]) -> Iterator[dict[str, str]]:
    for record in records:
        for word in _WORD.finditer(record.text):
            yield {answer.annotator: _label(word, answer) for answer in record.answers}


def _label(word: re.Match[str], answer: Answer) -> str:
    middle = (word.start() + word.end() - 1) // 2
    covering = {mark.functionality for mark in answer.phrases if mark.start <= middle < mark.end}
    return "+".join(sorted(covering)) or "unmarked"


def _verdict_units(records: Iterable[AnsweredRecord]) -> Iterator[dict[str, str]]:
    for record in records:
        for mark in record.suggested:
            verdicts = ((answer.annotator, verdict_of(mark, answer)) for answer in record.answers)
            yield {annotator: verdict for annotator, verdict in verdicts if verdict}


def _alpha(units: Units) -> dict[str, Any]:
    """Alpha, and the number of units that at least two people judged; `None` where it is undefined."""
    pairable = [unit for unit in units if len(unit) > 1]
    figures: dict[str, Any] = {"units": len(pairable), "alpha": None}
    if len({value for unit in pairable for value in unit.values()}) > 1:
        figures["alpha"] = _krippendorff(pairable)
    return figures


def _krippendorff(units: Sequence[Mapping[str, str]]) -> float:
    import krippendorff
    import numpy as np

    codes = {value: code for code, value in enumerate(sorted({v for unit in units for v in unit.values()}))}
    people = sorted({annotator for unit in units for annotator in unit})
    table = np.full((len(people), len(units)), np.nan)
    for column, unit in enumerate(units):
        for annotator, value in unit.items():
            table[people.index(annotator), column] = codes[value]
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))
