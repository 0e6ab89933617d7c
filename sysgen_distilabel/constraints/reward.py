"""Rewards for reinforcement learning: which of its checks a completion passes, and one number for them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar

from sysgen_distilabel.constraints.verifiers import Constraint, follows

Completion = str | Sequence[Mapping[str, Any]]
"""A text, or messages of which the last one counts."""
Entry = Mapping[str, Any]
"""One check: an entry of the column `constraints`, or a question for a judge, see `ConstraintReward`."""
Combine = Literal["mean", "all", "any"]
T = TypeVar("T")


class Asked(NamedTuple):
    """A question for a judge about a completion."""

    question: str
    response: str


class Judge(Protocol):
    """Answers yes/no questions about responses, many at a time."""

    async def __call__(self, asked: Sequence[Asked]) -> Sequence[bool | None]:
        """Whether the answer to each question is yes; `None` where there is no answer."""
        ...


class Component(NamedTuple):
    """What became of one check.

    Attributes:
        name: the id of its verifier, or the question.
        phrase: the phrase that it was made from.
        passed: whether the completion passes; `None` if no judge could say.
        weight: how much it counts.
    """

    name: str
    phrase: str
    passed: bool | None
    weight: float


class Scored(NamedTuple):
    """The reward of one completion, `None` if nothing was checked, and what it is made of."""

    reward: float | None
    components: tuple[Component, ...]


@dataclass(frozen=True)
class ConstraintReward:
    """A reward function over constraints and questions, for TRL (call it) and others (`score`).

    An entry of `constraints` has a `verifier`, its `arguments` and the `phrase`; one of `questions` has a
    `question` in place of the first two. Both may have a `weight`, and a `source`: a check with
    `is_misalignment_check` says what the user asked for against the system message, so that passing
    is not to do it. Questions that no judge could answer do not count.

    Attributes:
        combine: `mean` is the weighted share of checks passed; `all` and `any` are 1 or 0, without weights.
            Checks of weight 0 are left out.
        weights: by verifier, where the entry has none of its own.
        judge: answers the questions; without one they do not count.
    """

    combine: Combine = "mean"
    weights: Mapping[str, float] = field(default_factory=dict)
    judge: Judge | None = None

    @property
    def __name__(self) -> str:
        """The name under which TRL logs it."""
        return "constraint_reward"

    def __call__(
        self,
        completions: Sequence[Completion],
        constraints: Sequence[Sequence[Entry]],
        questions: Sequence[Sequence[Entry]] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """The rewards of completions, as TRL wants them; it passes the columns by their names.

        Args:
            completions: texts, or messages of which the last one counts.
            constraints: for each completion its entries of the column `constraints`.
            questions: for each completion its entries of the column `questions`.
            columns: the others, which do not matter.

        Returns:
            For each completion a number from 0 to 1, or `None` if there was nothing to check.

        Raises:
            BadConstraint: if no verifier can check one of the constraints.
            ConfigError: if something that a verifier needs is not installed.
        """
        asked = questions if questions is not None else [()] * len(completions)
        scored = _run(self.score_all(completions, constraints, asked))
        return [one.reward for one in scored]

    async def score(
        self, completion: Completion, constraints: Sequence[Entry], questions: Sequence[Entry] = ()
    ) -> Scored:
        """The reward of one completion and its parts."""
        (scored,) = await self.score_all([completion], [constraints], [questions])
        return scored

    async def score_all(
        self,
        completions: Sequence[Completion],
        constraints: Sequence[Sequence[Entry]],
        questions: Sequence[Sequence[Entry]],
    ) -> list[Scored]:
        """The rewards of several completions; the judge is asked about all of them at once."""
        texts = [_read_text(completion) for completion in completions]
        answers = iter(await self._judge_all(texts, questions))
        results = []
        for text, programs, others in zip(texts, constraints, questions, strict=True):
            components = [self._check(text, entry) for entry in programs]
            if self.judge is not None:
                components += [self._take(entry, next(answers)) for entry in others]
            results.append(self._combine(tuple(part for part in components if part.weight > 0)))
        return results

    async def _judge_all(
        self, texts: Sequence[str], questions: Sequence[Sequence[Entry]]
    ) -> Sequence[bool | None]:
        asked = [
            Asked(str(entry["question"]), text)
            for text, entries in zip(texts, questions, strict=True)
            for entry in entries
        ]
        return await self.judge(asked) if self.judge is not None and asked else []

    def _check(self, text: str, entry: Entry) -> Component:
        constraint = Constraint.from_row(entry)
        passed = follows(text, constraint) if text.strip() else False
        return Component(
            constraint.verifier,
            str(entry.get("phrase", "")),
            _is_right(entry, passed) if text.strip() else False,
            float(entry.get("weight", self.weights.get(constraint.verifier, 1.0))),
        )

    def _take(self, entry: Entry, answer: bool | None) -> Component:
        passed = None if answer is None else _is_right(entry, answer)
        weight = float(entry.get("weight", self.weights.get("question", 1.0)))
        return Component(str(entry["question"]), str(entry.get("phrase", "")), passed, weight)

    def _combine(self, components: tuple[Component, ...]) -> Scored:
        counted = [part for part in components if part.passed is not None]
        if not counted:
            return Scored(None, components)
        if self.combine == "mean":
            passed = sum(part.weight for part in counted if part.passed)
            return Scored(passed / sum(part.weight for part in counted), components)
        together = all if self.combine == "all" else any
        return Scored(float(together(part.passed for part in counted)), components)


def _is_right(entry: Entry, passed: bool) -> bool:
    """Whether a check came out as it should: what the user asks for against the system must not."""
    return passed is not bool(entry.get("is_misalignment_check", False))


_MEAN: Final = ConstraintReward()


def constraint_reward(
    completions: Sequence[Completion], constraints: Sequence[Sequence[Entry]], **columns: Any
) -> list[float | None]:
    """The share of the constraints that each completion follows, as a reward function of TRL.

    Give it to `GRPOTrainer(reward_funcs=constraint_reward)` with a dataset that has the columns
    `prompt` and `constraints`; TRL passes the columns by their names. A completion without
    constraints gets `None`, which TRL takes for not applicable. Weights, `all` and `any`, and a judge
    for questions: `ConstraintReward`.

    Args:
        completions: texts, or messages of which the last one counts.
        constraints: for each completion its entries of the column `constraints`.
        columns: the other columns, which do not matter.

    Returns:
        For each completion a number from 0 to 1, or `None`.

    Raises:
        BadConstraint: if no verifier can check one of the constraints.
        ConfigError: if lm-eval is not installed.
    """
    return _MEAN(completions, constraints)


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, also where a loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as other:
        return other.submit(asyncio.run, coroutine).result()


def _read_text(completion: Completion) -> str:
    if isinstance(completion, str):
        return completion
    return str(completion[-1].get("content") or "") if completion else ""
