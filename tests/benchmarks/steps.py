"""Steps and an LLM that cost nothing, so that what is measured is the framework."""

from typing import Any

from distilabel.models.llms import LLM, AsyncLLM
from distilabel.models.llms.utils import prepare_output
from distilabel.steps import GeneratorStep, Step, StepInput


class UniqueRows(GeneratorStep):
    """Rows of a given size, no two the same."""

    count: int
    text: str

    @property
    def outputs(self) -> list[str]:
        return ["id", "instruction"]

    def process(self, offset: int = 0):
        for start in range(offset, self.count, self.batch_size):
            end = min(self.count, start + self.batch_size)
            rows = [{"id": n, "instruction": f"{n:08d} {self.text}"} for n in range(start, end)]
            yield rows, end == self.count


class Nothing(Step):
    """Gives on what it gets."""

    @property
    def inputs(self) -> list[str]:
        return ["instruction"]

    def process(self, inputs: StepInput):
        yield inputs


class InstantLLM(LLM):
    """Answers at once, and always the same."""

    def load(self) -> None:
        super().load()

    @property
    def model_name(self) -> str:
        return "instant"

    def generate(self, inputs: list[Any], num_generations: int = 1) -> list[Any]:
        answer = prepare_output(["output"] * num_generations, input_tokens=[10], output_tokens=[10])
        return [answer for _ in inputs]


class UniqueConversations(GeneratorStep):
    """Conversations of one turn of a given size, no two the same."""

    count: int
    text: str

    @property
    def outputs(self) -> list[str]:
        return [
            "source_id",
            "messages",
            "original_system_message",
            "outcome",
            "outcome_detail",
            "rejected_by",
        ]

    def process(self, offset: int = 0):
        half = len(self.text) // 2
        state = {"original_system_message": "", "outcome": "pending", "outcome_detail": "", "rejected_by": ""}
        for start in range(offset, self.count, self.batch_size):
            end = min(self.count, start + self.batch_size)
            rows = [
                {
                    "source_id": f"{n:08d}",
                    "messages": [
                        {"role": "user", "content": f"{n:08d} {self.text[:half]}"},
                        {"role": "assistant", "content": self.text[half:]},
                    ],
                    **state,
                }
                for n in range(start, end)
            ]
            yield rows, end == self.count


class InstantPhases(AsyncLLM):
    """Answers each phase at once, in the form asked for."""

    @property
    def model_name(self) -> str:
        return "instant"

    async def agenerate(self, input: Any, num_generations: int = 1, max_new_tokens: int = 128) -> Any:
        system = input[0]["content"]
        answer = "A fine answer, given at once."
        if system.startswith("You write the system message"):
            answer = "<<Role>>You are a tutor.<</Role>>\n<<Style>>Be brief.<</Style>>"
        elif system.startswith("You verify the phrases"):
            answer = "Role: Good\nStyle: Good"
        return prepare_output([answer], input_tokens=[10], output_tokens=[10])
