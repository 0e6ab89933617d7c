"""Turns conversations into tokens of which the assistant's are learnt, and into batches of equal size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from sysgen_distilabel.workflows.prove.answering import Message
from sysgen_distilabel.workflows.prove.token_batches import fill_batches


@dataclass(frozen=True, slots=True)
class Encoded:
    """One conversation.

    Attributes:
        ids: its tokens.
        learnt: for each token, whether it is what an assistant said or the end of it.
    """

    ids: list[int]
    learnt: list[bool]


def encode(messages: Sequence[Message], tokenizer: Any, max_length: int) -> Encoded:
    """Render a conversation with the model's own template and mark what is to be learnt.

    Args:
        messages: the conversation, ending with the assistant.
        tokenizer: a fast tokenizer with a chat template.
        max_length: tokens behind it are cut off.
    """
    spans = []
    for place, message in enumerate(messages):
        if message["role"] == "assistant":
            before = tokenizer.apply_chat_template(
                messages[:place], tokenize=False, add_generation_prompt=True
            )
            through = tokenizer.apply_chat_template(messages[: place + 1], tokenize=False)
            spans.append((len(before), len(through)))
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    tokens = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    learnt = [any(low <= start < high for low, high in spans) for start, _ in tokens["offset_mapping"]]
    return Encoded(tokens["input_ids"][:max_length], learnt[:max_length])


def make_batches(rows: Sequence[Encoded], tokens: int, seed: int) -> Iterator[list[Encoded]]:
    """Batches of at most so many tokens with their padding, without end: every epoch in another order."""
    for places in fill_batches([len(row.ids) for row in rows], tokens, seed):
        yield [rows[place] for place in places]


def to_tensors(batch: Sequence[Encoded], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids of shape (rows, width), padded at the right, and which of them are learnt, of the same shape.

    A causal model never looks from a token to the padding behind it, so no attention mask is needed.
    """
    width = max(len(row.ids) for row in batch)
    ids = torch.tensor([row.ids + [0] * (width - len(row.ids)) for row in batch])
    learnt = torch.tensor([row.learnt + [False] * (width - len(row.ids)) for row in batch])
    return ids.to(device), learnt.to(device)
