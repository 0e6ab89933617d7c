"""Makes one corrected row out of what several people answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from sysgen_distilabel.functionalities import Verdict
from sysgen_distilabel.review.answers import Answer, AnsweredRecord
from sysgen_distilabel.review.marks import Mark, nearest

# Among equally many votes the more careful verdict holds.
_CAREFUL: Final = (Verdict.NONE, Verdict.BAD, Verdict.GOOD)


def agree_on_phrases(record: AnsweredRecord) -> list[Mark]:
    """The phrases as corrected, with their verdicts.

    The marks are those of the person who agrees most with the others, so that they fit together;
    between equals the one nearer to the model's marks. Verdicts are by majority; the verifier's own
    verdict decides between equally many votes, else the more careful one.
    """
    chosen = max(
        record.answers,
        key=lambda answer: (_support(answer, record.answers), _f1(answer.phrases, record.suggested)),
    )
    return [replace(mark, verdict=_vote(mark, record)) for mark in chosen.phrases]


def agree_on_preference(answers: Iterable[Answer]) -> str:
    """The response most people prefer; `tie` between equally many, empty if nobody said."""
    votes = Counter(answer.preferred_response for answer in answers if answer.preferred_response)
    if not votes:
        return ""
    (first, number), *others = votes.most_common()
    return "tie" if others and others[0][1] == number else first


def verdict_of(mark: Mark, answer: Answer) -> str:
    """The verdict a person gave at a place; empty if none."""
    found = nearest(mark, answer.verdicts or ())
    return found.verdict if found else ""


def _vote(mark: Mark, record: AnsweredRecord) -> str:
    model = nearest(mark, record.suggested)
    model_verdict = model.verdict if model else ""
    asked = [answer for answer in record.answers if answer.verdicts is not None]
    if not asked:
        return model_verdict
    votes = Counter(filter(None, (verdict_of(mark, answer) for answer in asked)))
    most = max(votes.values(), default=0)
    leading = [verdict for verdict, number in votes.items() if number == most]
    if model_verdict in leading:
        return model_verdict
    return next((verdict.value for verdict in _CAREFUL if verdict in leading), "")


def _support(answer: Answer, answers: Sequence[Answer]) -> float:
    return sum(_f1(answer.phrases, other.phrases) for other in answers if other is not answer)


def _f1(some: Sequence[Mark], others: Sequence[Mark]) -> float:
    """How far two sets of marks are the same, from 0 to 1."""
    one, other = ({(m.start, m.end, m.functionality) for m in marks} for marks in (some, others))
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))
