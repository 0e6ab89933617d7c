"""Asks an engine about checks and tasks: questions, meanings, proposals, answers; a store is behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.constraints.arguments import schema_of
from sysgen_distilabel.constraints.describe import describe
from sysgen_distilabel.constraints.own_verifiers import OWN_VERIFIERS
from sysgen_distilabel.constraints.reward import Asked
from sysgen_distilabel.constraints.verifiers import Constraint
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.replies.json_values import find_objects
from sysgen_distilabel.replies.reasoning import UnclearReasoning, strip_reasoning
from sysgen_distilabel.replies.scores import read_checks

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM

_SURE: Final = {"temperature": 0.0, "max_new_tokens": 512}
_ANSWERING: Final = {"temperature": 0.7, "max_new_tokens": 1024}
"""Phase 4's sampling, so that a sample it has taken is found in the store."""
_ATTEMPTS: Final = 2
_OF_IFEVAL: Final = {
    "detectable_format:json_format": {},
    "keywords:existence": {"keywords": "[text]"},
    "keywords:forbidden_words": {"forbidden_words": "[text]"},
    "keywords:frequency": {"keyword": "text", "relation": "at least | less than", "frequency": "number"},
    "language:response_language": {"language": "two-letter code"},
    "length_constraints:number_words": {"relation": "at least | less than", "num_words": "number"},
    "punctuation:no_comma": {},
    "startend:end_checker": {"end_phrase": "text"},
    "startend:quotation": {},
}
"""The verifiers of IFEval that an engine may propose, and their arguments."""


class CheckEngine:
    """An engine that judges and proposes checks, and answers tasks.

    Give it to `ConstraintReward(judge=...)`: it answers questions in batches, and remembers what it was
    asked if it has a store.

    Args:
        recorded: the engine, loaded.
    """

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    @classmethod
    @contextmanager
    def around(
        cls, llm: LLM, store: str | Path | None = None, max_concurrency: int = 64
    ) -> Iterator[CheckEngine]:
        """An engine around a distilabel LLM, unloaded at the end.

        Args:
            llm: the LLM, not loaded yet.
            store: directory of the replies; nothing is remembered without it.
            max_concurrency: requests in flight.
        """
        recorded = Recorded(llm=llm, store=store, max_concurrency=max_concurrency, fail_on_truncated=False)
        recorded.load()
        try:
            yield cls(recorded)
        finally:
            recorded.unload()

    @property
    def model_name(self) -> str:
        """Who answers."""
        return self._recorded.model_name

    async def __call__(self, asked: Sequence[Asked]) -> list[bool | None]:
        """Whether the answer to each question is yes; `None` where no reply can be read."""
        return await asyncio.gather(*(self._judge(question, response) for question, response in asked))

    async def _judge(self, question: str, response: str) -> bool | None:
        prompt = render_prompt(
            "check_criteria",
            system="",
            history=[],
            response=response,
            criteria=[{"id": "1", "text": question, "type": ""}],
            fence=fence_for([question, response]),
        )
        return await self._verdict(prompt, "1", "judge_check")

    async def has_meaning(self, phrase: str, constraint: Constraint) -> bool | None:
        """Whether a constraint, said in plain words, asks for what the phrase asks for; `None` if unread."""
        check = describe(constraint)
        prompt = render_prompt("same_meaning", phrase=phrase, check=check, fence=fence_for([phrase, check]))
        return await self._verdict(prompt, "same", "prove_constraint")

    async def propose(self, phrase: str) -> list[Constraint]:
        """The constraints that the engine reads in a phrase; none of them is proven yet."""
        prompt = render_prompt(
            "propose_constraints", phrase=phrase, checks=list(_list_checks()), fence=fence_for([phrase])
        )
        reply = await self._ask(prompt, "propose_constraints", 0, _SURE)
        entries = [entry for found in find_objects(reply or "") for entry in found.get("constraints") or ()]
        return [
            Constraint(entry["verifier"], entry.get("arguments") or {})
            for entry in entries
            if isinstance(entry, dict)
            and isinstance(entry.get("verifier"), str)
            and isinstance(entry.get("arguments") or {}, dict)
        ]

    async def sample(self, messages: Sequence[dict[str, str]], attempt: int) -> str | None:
        """One answer to a conversation, `None` if there is none; one in the store is not asked for again."""
        return await self._ask(list(messages), "rollout", attempt, _ANSWERING)

    def run(self, coroutine: Any) -> Any:
        """What a coroutine gives that asks this engine."""
        return self._recorded.run(coroutine)

    async def _verdict(self, prompt: Any, name: str, task: str) -> bool | None:
        for attempt in range(_ATTEMPTS):
            checks, _ = read_checks(await self._ask(prompt, task, attempt, _SURE) or "", [name])
            if name in checks:
                return checks[name]
        return None

    async def _ask(self, prompt: Any, task: str, attempt: int, sampling: dict[str, Any]) -> str | None:
        reply = await self._recorded.ask(
            prompt, task=task, attempt=attempt, generation_kwargs=self._recorded.accepted(sampling)
        )
        try:
            return strip_reasoning(reply.text or "").strip() or None
        except UnclearReasoning:
            return None


def _list_checks() -> Iterable[tuple[str, str]]:
    for name, arguments in _OF_IFEVAL.items():
        yield name, json.dumps(arguments)
    for name, verifier in OWN_VERIFIERS.items():
        yield name, json.dumps({key: schema_of(kind) for key, kind in verifier.arguments.items()})
