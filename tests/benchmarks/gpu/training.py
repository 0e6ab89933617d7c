"""Fine-tunes all weights of a model with PyTorch alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from tests.benchmarks.gpu.encoding import Encoded, to_tensors

_WARM_UP = 0.03


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training took.

    Attributes:
        steps: steps of the optimiser.
        tokens: tokens read, without padding.
        learnt: tokens of them that were learnt from.
        rows: conversations read; one that came twice counts twice.
        first_loss: mean loss per learnt token in the first tenth of the steps.
        last_loss: the same in the last tenth.
        seconds: wall time.
    """

    steps: int
    tokens: int
    learnt: int
    rows: int
    first_loss: float
    last_loss: float
    seconds: float


def train(
    model: Any, batches: Iterator[list[Encoded]], steps: int, learning_rate: float, device: str
) -> Trained:
    """Train for so many steps; the learning rate rises at first and then falls to nothing.

    Args:
        model: a causal language model in float32 on the device; trained in place.
        batches: one per step.
        steps: how many.
        learning_rate: the highest.
        device: `cuda` (products in bfloat16) or `cpu`.
    """
    started = time.monotonic()
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.0)
    warm_up = max(1, int(steps * _WARM_UP))
    losses, tokens, learnt, rows = [], 0, 0, 0
    model.train()
    for step, batch in enumerate(islice(batches, steps), start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * min(step / warm_up, (steps - step + 1) / steps)
        loss = _measure_loss(model, batch, device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        tokens += sum(len(row.ids) for row in batch)
        learnt += sum(sum(row.learnt) for row in batch)
        rows += len(batch)
    curve = torch.stack(losses).tolist()
    tenth = max(1, steps // 10)
    first, last = sum(curve[:tenth]) / tenth, sum(curve[-tenth:]) / tenth
    return Trained(steps, tokens, learnt, rows, first, last, time.monotonic() - started)


def _measure_loss(model: Any, batch: list[Encoded], device: str) -> torch.Tensor:
    """The mean over the learnt tokens of the batch; scores are made of no other, which saves most memory."""
    ids, learnt = to_tensors(batch, device)
    precision = torch.autocast("cuda", torch.bfloat16) if device == "cuda" else nullcontext()
    with precision:
        hidden = model.model(ids).last_hidden_state[:, :-1]
        scores = model.lm_head(hidden[learnt[:, 1:]])
    return torch.nn.functional.cross_entropy(scores.float(), ids[:, 1:][learnt[:, 1:]])
