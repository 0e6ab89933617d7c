"""A judge that answers one request of each Task and keeps the others waiting until it is killed."""

import asyncio

from pydantic import PrivateAttr

from sysgen_distilabel.llms.simulated import SimulatedLLM


class HeldJudge(SimulatedLLM):
    """The simulated engine, once."""

    _has_answered: bool = PrivateAttr(default=False)

    async def agenerate(
        self,
        input,
        num_generations: int = 1,
        max_new_tokens: int = 512,
        temperature: float = 0.7,
        seed: int | None = None,
    ):
        """Answer the first chat.

        Args:
            input: the chat.
            num_generations: how many.
            max_new_tokens: at most.
            temperature: without effect.
            seed: of the answer.
        """
        if self._has_answered:
            await asyncio.Event().wait()
        self._has_answered = True
        return await super().agenerate(input, num_generations, max_new_tokens, temperature, seed)
