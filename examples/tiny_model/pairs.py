"""Sends conversations through the phases, and keeps what the simulated engine is asked and says."""

from __future__ import annotations

from typing import Any, NamedTuple

from distilabel.models.llms.base import LLM
from pydantic import PrivateAttr

from examples.tiny_model.conversations import Conversation
from sysgen_distilabel.llms import SimulatedLLM
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities


class Pair(NamedTuple):
    """What the model is asked, and what it is to say."""

    messages: list[dict[str, str]]
    answer: str


class NotingLLM(SimulatedLLM):
    """The simulated engine, with a memory of all it was asked."""

    _pairs: list[Pair] = PrivateAttr(default_factory=list)

    @property
    def pairs(self) -> list[Pair]:
        """The prompts so far, each with its answer."""
        return self._pairs

    async def agenerate(self, input: Any, **arguments: Any) -> Any:  # type: ignore[override]
        """Answer as ever, and note it."""
        output = await super().agenerate(input, **arguments)
        self._pairs.append(Pair(input, output["generations"][0]))
        return output


def run_phases(llm: LLM, conversations: list[Conversation]) -> list[dict[str, Any]]:
    """Send conversations through all phases, one after the other, and return the rows."""
    rows: list[dict[str, Any]] = [{"messages": conversation} for conversation in conversations]
    for step in (
        GenerateSystemMessage(name="generate", llm=llm),
        FilterTags(name="filter"),
        VerifyFunctionalities(name="verify", llm=llm),
        ComposeSystemMessage(name="compose"),
        GenerateAlignedResponse(name="respond", llm=llm),
    ):
        step.load()
        rows = next(step.process(rows))
        step.unload()
    return rows


def make_pairs(conversations: list[Conversation]) -> list[Pair]:
    """What the simulated engine is asked and says when conversations go through all phases."""
    llm = NotingLLM()
    run_phases(llm, conversations)
    return llm.pairs
