"""An LLM double that uses all eight functionalities, and writes texts that try to break a card."""

import re

from distilabel.models.llms.base import AsyncLLM

FUNCTIONALITIES = {
    "Role": "You are a {kind} tutor who answers question {n}.",
    "Content": "Mention the number {n} & explain <b>why</b> it matters | briefly.",
    "Task": "Explain the number to a beginner.",
    "Action": "First restate the question,\n\nthen answer it step by step.",
    "Style": "Be *friendly* and use `plain` words.",
    "Background": "The reader is in the {kind} class of a school in Lyon.",
    "Tool": "Use a calculator where it helps.",
    "Format": "Answer in a list with # headings.",
}
NUMBER = re.compile(r"(?:number|question) (\d+)")


class WriterLLM(AsyncLLM):
    """Answers each phase in its format; the number in the question decides which functionalities there are.

    Attributes:
        model: the name it goes by.
        contact: text that is put into the system message of question 3.
        service_token: a field whose name says that it is secret.
    """

    model: str = "/home/alice/models/writer-7b"
    contact: str = ""
    service_token: str = ""

    @property
    def model_name(self):
        return self.model

    async def agenerate(
        self, input, num_generations: int = 1, max_new_tokens: int = 512, temperature: float = 1.0
    ):
        text = "\n".join(message["content"] for message in input)
        number = int(NUMBER.findall(text)[-1])
        if "[Verdicts]" in text:
            reply = self._verify(number)
        elif "<<Role>>" in text:
            reply = self._write(number)
        else:
            reply = f"As your tutor: {number} comes after {number - 1}.\n\n- **{number}** | <i>done</i>"
        return {
            "generations": [reply],
            "statistics": {"input_tokens": [len(text) // 4], "output_tokens": [len(reply) // 4]},
            "finish_reason": ["length" if number == 7 else "stop"],
        }

    def _write(self, number):
        if number == 11:
            raise OSError("cannot open /home/alice/cache/prompts.db on http://10.0.0.5:8000/v1")
        names = [name for place, name in enumerate(FUNCTIONALITIES) if (number + place) % 3 or name == "Role"]
        if number == 5:
            names = list(FUNCTIONALITIES)
        texts = {name: FUNCTIONALITIES[name].format(kind="physics", n=number) for name in names}
        if number == 3:
            texts["Role"] += self.contact
        return "".join(f"<<{name}>>{text}<</{name}>>" for name, text in texts.items())

    def _verify(self, number):
        return "\n".join(
            f"{name}: {'Bad' if name == 'Content' and number % 2 else 'Good'}" for name in FUNCTIONALITIES
        )
