"""Doubles that do what they are told to, LLMs most of them; no mock framework."""

import asyncio
import time

from distilabel.models.llms.base import LLM, AsyncLLM
from pydantic import Field, PrivateAttr


def chat(text):
    """One user turn as a chat."""
    return [{"role": "user", "content": text}]


def raising(error):
    """A function that raises, whatever it is called with."""

    def function(*_, **__):
        raise error

    return function


class _Script(LLM):
    """Replies from a script.

    Attributes:
        replies: by the text of the last message: a reply, or an output as a dictionary. Any other
            text is answered with `reply to <text>`.
        fail_at: by the text of the last message: the exceptions its first calls raise, in order.
        latency: seconds a call takes.
        seen: the texts asked, one entry per call, in order.
        seeds: the `seed` of each call.
        peak: most requests in flight at once (most per batch for the sync double).
    """

    model: str = "scripted"
    replies: dict = Field(default_factory=dict)
    fail_at: dict = Field(default_factory=dict)
    latency: float = 0.0
    seed: int | None = None

    _seen: list = PrivateAttr(default_factory=list)
    _seeds: list = PrivateAttr(default_factory=list)
    _peak: int = PrivateAttr(default=0)
    _failures: dict = PrivateAttr(default_factory=dict)

    @property
    def model_name(self):
        return self.model

    @property
    def seen(self):
        return list(self._seen)

    @property
    def seeds(self):
        return list(self._seeds)

    @property
    def peak(self):
        return self._peak

    def _note(self, input, seed):
        text = _text(input)
        self._seen.append(text)
        self._seeds.append(seed)
        return text

    def _raise_if_told(self, text):
        failed = self._failures.get(text, 0)
        errors = self.fail_at.get(text, [])
        if failed < len(errors):
            self._failures[text] = failed + 1
            raise errors[failed]

    def _output(self, text):
        reply = self.replies.get(text, f"reply to {text}")
        if not isinstance(reply, str) and reply is not None:
            return reply
        return {
            "generations": [reply],
            "statistics": {"input_tokens": [3], "output_tokens": [len((reply or "").split())]},
        }


class ScriptedLLM(_Script, AsyncLLM):
    """An asynchronous LLM that follows a script."""

    _in_flight: int = PrivateAttr(default=0)

    async def agenerate(
        self,
        input,
        num_generations: int = 1,
        max_new_tokens: int = 128,
        temperature: float = 1.0,
        seed: int | None = None,
    ):
        """Follows the script.

        Args:
            input: the chat.
            num_generations: ignored.
            max_new_tokens: ignored.
            temperature: ignored.
            seed: noted.
        """
        text = self._note(input, seed)
        self._in_flight += 1
        self._peak = max(self._peak, self._in_flight)
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            self._raise_if_told(text)
            return self._output(text)
        finally:
            self._in_flight -= 1


class ScriptedSyncLLM(_Script):
    """An LLM that generates batch by batch, and fails as a whole if one input is poisoned."""

    _batches: list = PrivateAttr(default_factory=list)

    @property
    def batches(self):
        """The texts of each batch that was tried."""
        return list(self._batches)

    def generate(
        self,
        inputs,
        num_generations: int = 1,
        max_new_tokens: int = 128,
        temperature: float = 1.0,
        seed: int | None = None,
    ):
        """Follows the script.

        Args:
            inputs: the chats.
            num_generations: ignored.
            max_new_tokens: ignored.
            temperature: ignored.
            seed: noted.
        """
        self._batches.append([_text(input) for input in inputs])
        self._peak = max(self._peak, len(inputs))
        time.sleep(self.latency)
        for input in inputs:
            self._raise_if_told(_text(input))
        return [self._output(self._note(input, seed)) for input in inputs]


def _text(input):
    messages = input[0] if isinstance(input, tuple) else input
    return messages if isinstance(messages, str) else messages[-1]["content"]


class ServerError(Exception):
    """An HTTP error as clients raise it."""

    def __init__(self, status_code, headers=None, code=None, message=""):
        super().__init__(message or f"Error code: {status_code}")
        self.status_code = status_code
        self.code = code
        self.response = _Response(status_code, headers or {})

    def __reduce__(self):
        return type(self), (self.status_code, self.response.headers, self.code)


class _Response:
    def __init__(self, status_code, headers):
        self.status_code = status_code
        self.headers = headers
