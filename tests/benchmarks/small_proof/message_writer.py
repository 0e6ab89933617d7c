"""An engine that writes checkable system messages in phases 1 and 3, which a model of 135 million cannot.

A persona and one rule that a program can check become the phrases of Role and Format, drawn by the
conversation; every phrase it wrote is called Good. The answers of phase 4 are another engine's.
"""

from functools import cache
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any

from distilabel.models.llms.base import AsyncLLM
from distilabel.models.llms.utils import prepare_output

from sysgen_distilabel.llms.simulation.planned_faults import write_tags, write_verdicts
from sysgen_distilabel.llms.simulation.prompt_reader import (
    GenerateRequest,
    TaggedPhrase,
    VerifyRequest,
    read_request,
    read_turns,
)
from tests.benchmarks.small_proof.prepare import read_parts

if TYPE_CHECKING:
    from distilabel.models.llms.typing import GenerateOutput
    from distilabel.typing import FormattedInput


class MessageWriter(AsyncLLM):
    """Writes and verifies system messages by rules; see the module."""

    @property
    def model_name(self) -> str:
        """How the rows call what wrote their message."""
        return "rules of tests/benchmarks/small_proof"

    async def agenerate(
        self,
        input: "FormattedInput",
        num_generations: int = 1,
        max_new_tokens: int = 512,
        temperature: float = 0.7,
    ) -> "GenerateOutput":
        """The phrases for a conversation, or `Good` for each phrase it is shown."""
        text = answer(input)
        return prepare_output([text] * num_generations, input_tokens=[0], output_tokens=[0])


def answer(chat: Any) -> str:
    """The reply to a prompt of phase 1 or 3."""
    request = read_request(read_turns(chat))
    if isinstance(request, VerifyRequest):
        return write_verdicts({phrase.functionality: "Good" for phrase in request.phrases})
    assert isinstance(request, GenerateRequest)
    conversation = "\0".join(turn.content for turn in request.turns)
    random = Random(blake2b(conversation.encode(), digest_size=8).digest())
    personas, rules = _parts()
    persona, rule = random.choice(personas), random.choice(rules)
    return write_tags([TaggedPhrase("Role", persona), TaggedPhrase("Format", rule["phrase"])])  # type: ignore[arg-type]


@cache
def _parts() -> tuple[list[str], list[dict[str, Any]]]:
    personas, rules = read_parts("train")
    return personas, [rule for kind in sorted(rules) for rule in rules[kind]]
