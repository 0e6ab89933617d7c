"""An engine whose system messages hold what browsers and servers could count differently."""

import re

from sysgen_distilabel.llms.simulated import SimulatedLLM

SMILE, ASTRAL_U = "\U0001f600", "\U0001d518"


class AstralLLM(SimulatedLLM):
    """Answers like the simulated engine and begins each phrase with an emoji."""

    async def agenerate(self, input, num_generations: int = 1, max_new_tokens: int = 512):
        """Answer.

        Args:
            input: the chat.
            num_generations: how many.
            max_new_tokens: at most.
        """
        output = await super().agenerate(input, num_generations, max_new_tokens)
        return {**output, "generations": [_decorate(text) for text in output["generations"]]}


def _decorate(text):
    if "<</" not in (text or ""):
        return text  # no annotated system message
    text = re.sub(r"(<<\w+>>)", rf"\1{SMILE} <b>&amp;</b>  ", text)  # no HTML, and two spaces
    return text.replace("You are", f"You are\n{ASTRAL_U}")
