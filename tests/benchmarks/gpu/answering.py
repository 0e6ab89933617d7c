"""Lets a model answer conversations in large batches with transformers alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tests.benchmarks.gpu.encoding import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        text: without special tokens.
        finished: whether it came to an end by itself.
    """

    text: str
    finished: bool


class Answerer:
    """A copy of a model, in bfloat16 on a GPU, that answers greedily or by sampling."""

    def __init__(self, model: Any, tokenizer: Any, device: str, rows: int, max_new_tokens: int) -> None:
        kind = torch.bfloat16 if device == "cuda" else torch.float32
        self._model = copy.deepcopy(model).to(device=device, dtype=kind).eval()
        self._tokenizer, self._rows, self._max_new_tokens = tokenizer, rows, max_new_tokens

    @torch.inference_mode()
    def answer(
        self, conversations: Sequence[Sequence[Message]], temperature: float | None = None
    ) -> list[Answer]:
        """An answer for each conversation, in their order.

        Args:
            conversations: each ends with the user.
            temperature: of the samples; `None` for the likeliest tokens.
        """
        prompts = [
            self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            for messages in conversations
        ]
        answers: dict[int, Answer] = {}
        order = sorted(range(len(prompts)), key=lambda place: len(prompts[place]))
        for start in range(0, len(order), self._rows):
            places = order[start : start + self._rows]
            answers |= zip(places, self._answer_batch([prompts[p] for p in places], temperature), strict=True)
        return [answers[place] for place in range(len(prompts))]

    def _answer_batch(self, prompts: list[str], temperature: float | None) -> list[Answer]:
        self._tokenizer.padding_side = "left"
        inputs = self._tokenizer(prompts, add_special_tokens=False, padding=True, return_tensors="pt")
        sampling = {"do_sample": False} if temperature is None else {"temperature": temperature, "top_p": 1.0}
        output = self._model.generate(
            **inputs.to(self._model.device),
            max_new_tokens=self._max_new_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
            eos_token_id=self._tokenizer.eos_token_id,
            **({"do_sample": True, "top_k": 0} | sampling),
        )
        said = output[:, inputs["input_ids"].shape[1] :]
        finished = (said == self._tokenizer.eos_token_id).any(dim=1).tolist()
        texts = self._tokenizer.batch_decode(said, skip_special_tokens=True)
        return [Answer(text.strip(), end) for text, end in zip(texts, finished, strict=True)]
