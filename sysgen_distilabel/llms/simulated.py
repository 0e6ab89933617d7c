"""An LLM class that answers the prompts of SysGen by rules: no model, no network, no waiting."""

import asyncio
import math
from typing import TYPE_CHECKING, Annotated, Any

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.models.llms.base import AsyncLLM
from pydantic import Field, NonNegativeFloat, PrivateAttr

from sysgen_distilabel.llms.simulation.pair_judge import JudgeBias
from sysgen_distilabel.llms.simulation.planned_faults import FaultRates
from sysgen_distilabel.llms.simulation.prompt_reader import Turn, read_turns
from sysgen_distilabel.llms.simulation.simulator import seed_random, simulate

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, GenerateOutput

Rate = Annotated[float, Field(ge=0, le=1)]


class SimulatedServerError(Exception):
    """An error the simulated engine was told to raise.

    Attributes:
        message: what the engine says.
        status_code: the HTTP status a server would have answered with, 503 or 400.
    """

    def __init__(self, message: str, status_code: int) -> None:
        super().__init__(message, status_code)
        self.message = message
        self.status_code = status_code

    def __str__(self) -> str:
        return f"Error code: {self.status_code} - {self.message}"


class SimulatedLLM(AsyncLLM):
    """Rules in place of an LLM, to try out and test pipelines without a model.

    It reads the prompts of `GenerateSystemMessage`, `VerifyFunctionalities` and the judges, and
    answers them in their formats, from the words and the shape of the conversation they show: its language
    (English, German, Spanish, French, Korean, Japanese or Chinese), whether it is about code or
    mathematics, lists, tables, length. Any other chat gets a readable answer to its last user
    turn, in the form the system message asks for. How often a functionality is used and how
    often it is rejected follows the paper (Tables 6 and 9).

    It understands nothing. Its answers are neither right nor useful, its verdicts are drawn, its
    token counts are estimates, and it heeds no JSON schema beyond giving verdicts as an object.
    Results made with it carry the model name `simulated`. The same prompt, seed and settings
    give the same answer in every process.

    Attributes:
        seed: other seeds give other answers to all prompts.
        latency: mean seconds an answer takes.
        latency_spread: sigma of the log-normal distribution of the latency; 0 for a constant one.
        malformed_rate: share of answers whose tags or verdicts are broken: all of them, or those
            of one phrase only.
        truncated_rate: share of answers cut short, with `length` as their finish reason.
        empty_rate: share of answers with no text.
        error_rate: share of prompts that fail with status 503 at the first try.
        permanent_error_rate: share of prompts that fail with status 400 at every try.
        judge_bias: what decides between two responses as a judge: `none` the texts themselves,
            `first` the place, `longer` the length; to see whether a report exposes such a judge.

    Runtime parameters:
        - `seed`: other seeds give other answers to all prompts. Defaults to `0`.
        - `latency`: mean seconds an answer takes. Defaults to `0.0`.
        - `latency_spread`: sigma of the log-normal latency. Defaults to `0.0`.
        - `malformed_rate`: share of answers with broken tags or verdicts. Defaults to `0.0`.
        - `truncated_rate`: share of answers cut short. Defaults to `0.0`.
        - `empty_rate`: share of answers with no text. Defaults to `0.0`.
        - `error_rate`: share of prompts that fail at the first try. Defaults to `0.0`.
        - `permanent_error_rate`: share of prompts that fail at every try. Defaults to `0.0`.
        - `judge_bias`: what decides between two responses. Defaults to `none`.

    Examples:
        Ask it directly:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM

        llm = SimulatedLLM(seed=7)
        llm.load()
        output = llm.generate_outputs(inputs=[[{"role": "user", "content": "What is a hash table?"}]])
        print(output[0]["generations"][0])
        ```

        See how a pipeline bears a poor engine:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import GenerateSystemMessage

        llm = SimulatedLLM(latency=0.05, latency_spread=0.5, malformed_rate=0.1, error_rate=0.05)
        task = GenerateSystemMessage(llm=llm, max_attempts=3)
        ```
    """

    seed: RuntimeParameter[int] = Field(default=0, description="Other seeds give other answers.")
    latency: RuntimeParameter[NonNegativeFloat] = Field(
        default=0.0, allow_inf_nan=False, description="Mean seconds an answer takes."
    )
    latency_spread: RuntimeParameter[NonNegativeFloat] = Field(
        default=0.0, allow_inf_nan=False, description="Sigma of the log-normal distribution of the latency."
    )
    malformed_rate: RuntimeParameter[Rate] = Field(
        default=0.0, description="Share of answers with broken tags or verdicts."
    )
    truncated_rate: RuntimeParameter[Rate] = Field(default=0.0, description="Share of answers cut short.")
    empty_rate: RuntimeParameter[Rate] = Field(default=0.0, description="Share of answers with no text.")
    error_rate: RuntimeParameter[Rate] = Field(
        default=0.0, description="Share of prompts that fail with status 503 at the first try."
    )
    permanent_error_rate: RuntimeParameter[Rate] = Field(
        default=0.0, description="Share of prompts that fail with status 400 at every try."
    )
    judge_bias: RuntimeParameter[JudgeBias] = Field(
        default="none", description="What decides between two responses: none, first or longer."
    )

    _failed_once: set[float] = PrivateAttr(default_factory=set)

    @property
    def model_name(self) -> str:
        """Always `simulated`: this is how its output is told from a model's."""
        return "simulated"

    @property
    def request_identity(self) -> dict[str, Any]:
        """The settings that change answers, for the key under which a reply is stored."""
        return {
            "seed": self.seed,
            "malformed_rate": self.malformed_rate,
            "truncated_rate": self.truncated_rate,
            "empty_rate": self.empty_rate,
            "error_rate": self.error_rate,
            "permanent_error_rate": self.permanent_error_rate,
            "judge_bias": self.judge_bias,
        }

    async def agenerate(
        self,
        input: "FormattedInput",
        num_generations: int = 1,
        max_new_tokens: int = 512,
        temperature: float = 0.7,
        seed: int | None = None,
    ) -> "GenerateOutput":
        """Answer one chat by rules.

        Args:
            input: a chat in the OpenAI format, a single user turn, or a chat and the structured
                output wanted.
            num_generations: the number of answers to give.
            max_new_tokens: the number of tokens after which an answer is cut. Defaults to `512`.
            temperature: taken as any LLM takes it, and without effect. Defaults to `0.7`.
            seed: other seeds give other answers to the same prompt. Defaults to `None`.

        Returns:
            The answers, their token counts, and a `finish_reason` for each.

        Raises:
            SimulatedServerError: at the rates the settings ask for.
        """
        messages, structured = input if isinstance(input, tuple) else (input, None)
        await self._stand_in_for_a_server(read_turns(messages))
        replies = [
            simulate(
                messages,
                seed=self.seed,
                sample=f"{seed or 0}.{number}",
                max_new_tokens=max_new_tokens,
                faults=FaultRates(self.malformed_rate, self.truncated_rate, self.empty_rate),
                json_verdicts=bool(structured) and structured.get("format") == "json",
                judge_bias=self.judge_bias,
            )
            for number in range(num_generations)
        ]
        return {
            "generations": [reply.text for reply in replies],
            "statistics": {
                "input_tokens": [reply.prompt_tokens for reply in replies],
                "output_tokens": [reply.completion_tokens for reply in replies],
            },
            "finish_reason": [reply.finish_reason for reply in replies],
        }

    def __del__(self) -> None:
        """Close the event loop; distilabel's own version fails after a failed validation."""
        if getattr(self, "__pydantic_private__", None) is not None:
            super().__del__()

    async def _stand_in_for_a_server(self, turns: list[Turn]) -> None:
        """Take the time and make the errors a server would."""
        if not (self.latency or self.error_rate or self.permanent_error_rate):
            return
        random = seed_random(turns, self.seed, "server")
        draw = random.random()
        if self.latency:
            sigma = self.latency_spread
            await asyncio.sleep(self.latency * math.exp(random.gauss(0, 1) * sigma - sigma**2 / 2))
        if draw < self.permanent_error_rate:
            raise SimulatedServerError("simulated permanent error", status_code=400)
        # The draw is as good as unique to the prompt, so it serves to remember it by.
        if draw < self.permanent_error_rate + self.error_rate and draw not in self._failed_once:
            self._failed_once.add(draw)
            raise SimulatedServerError("simulated transient error", status_code=503)
