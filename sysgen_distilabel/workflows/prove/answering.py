"""Has a checkpoint answer conversations, in large batches of transformers or through vLLM in this process."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Message = Mapping[str, str]


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
    """A copy of a model, in bfloat16 on a GPU, that answers greedily or by sampling.

    Args:
        model: a causal language model of transformers; it is left as it is.
        tokenizer: its tokenizer, with a chat template.
        device: `cuda` or `cpu`.
        rows: conversations in one batch.
        max_new_tokens: the most tokens of an answer.
    """

    def __init__(self, model: Any, tokenizer: Any, device: str, rows: int, max_new_tokens: int) -> None:
        import torch

        kind = torch.bfloat16 if device == "cuda" else torch.float32
        self._model = copy.deepcopy(model).to(device=device, dtype=kind).eval()
        self._tokenizer, self._rows, self._max_new_tokens = tokenizer, rows, max_new_tokens
        self._ends = _find_ends(model, tokenizer)

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
        import torch

        self._tokenizer.padding_side = "left"
        inputs = self._tokenizer(prompts, add_special_tokens=False, padding=True, return_tensors="pt")
        sampling: dict[str, Any] = {"do_sample": False}
        if temperature is not None:
            sampling = {"do_sample": True, "top_k": 0, "top_p": 1.0, "temperature": temperature}
        with torch.inference_mode():
            output = self._model.generate(
                **inputs.to(self._model.device),
                max_new_tokens=self._max_new_tokens,
                pad_token_id=self._tokenizer.pad_token_id,
                eos_token_id=self._ends,
                repetition_penalty=1.0,  # whatever the model was published with: as vLLM is asked
                **sampling,
            )
        said = output[:, inputs["input_ids"].shape[1] :]
        finished = torch.isin(said, torch.tensor(self._ends, device=said.device)).any(dim=1).tolist()
        texts = self._tokenizer.batch_decode(said, skip_special_tokens=True)
        return [Answer(text.strip(), end) for text, end in zip(texts, finished, strict=True)]


def _find_ends(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end an answer: the tokenizer's, and those that the model was published with."""
    published = model.generation_config.eos_token_id
    others = published if isinstance(published, list) else [published]
    return sorted({end for end in (tokenizer.eos_token_id, *others) if end is not None})


def answer_with_transformers(
    checkpoint: str,
    tokenizer: str,
    conversations: Sequence[Sequence[Message]],
    rows: int,
    max_new_tokens: int,
) -> list[Answer]:
    """Greedy answers of a checkpoint, on a GPU if there is one.

    Args:
        checkpoint: a directory or an id on the Hub.
        tokenizer: the same of the tokenizer, whose chat template is used.
        conversations: each ends with the user.
        rows: conversations in one batch.
        max_new_tokens: the most tokens of an answer.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    reader = AutoTokenizer.from_pretrained(tokenizer)
    if reader.pad_token_id is None:
        reader.pad_token = reader.eos_token
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    return Answerer(model, reader, device, rows, max_new_tokens).answer(conversations)


def answer_with_vllm(
    checkpoint: str,
    tokenizer: str,
    conversations: Sequence[Sequence[Message]],
    max_new_tokens: int,
    engine_args: Mapping[str, Any],
) -> list[Answer]:
    """Greedy answers of a checkpoint through vLLM in this process; arguments as above.

    Args:
        checkpoint: a directory or an id on the Hub.
        tokenizer: the same of the tokenizer, whose chat template is used.
        conversations: each ends with the user.
        max_new_tokens: the most tokens of an answer.
        engine_args: options of vLLM.
    """
    from sysgen_distilabel.llms.choose_llm import choose_llm
    from sysgen_distilabel.settings.engine_config import EngineConfig

    options = {"tokenizer": tokenizer, **engine_args}
    llm = choose_llm(EngineConfig(model=checkpoint, engine="inprocess", engine_args=options))
    llm.load()
    try:
        outputs = llm.generate(
            inputs=[[dict(turn) for turn in chat] for chat in conversations],
            temperature=0.0,
            max_new_tokens=max_new_tokens,
        )
    finally:
        llm.unload()
    return [
        Answer(output["generations"][0].strip(), output["finish_reason"][0] == "stop") for output in outputs
    ]
