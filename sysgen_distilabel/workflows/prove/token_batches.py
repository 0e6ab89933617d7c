"""Batches of about equal numbers of tokens, so that arms with longer answers do not train on more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

_WINDOW: Final = 50
"""Batches that are filled together, so that rows of about equal length meet."""


def fill_batches(lengths: Sequence[int], tokens: int, seed: int) -> Iterator[list[int]]:
    """Places of the rows of each batch, without end: every epoch has every row once, in another order.

    Args:
        lengths: tokens of each row; at least one.
        tokens: the most a batch holds, padding included; a longer row is a batch of its own.
        seed: the same seed gives the same batches.
    """
    random = Random(seed)
    window = max(1, int(_WINDOW * tokens * len(lengths) / sum(lengths)))
    while True:
        order = random.sample(range(len(lengths)), len(lengths))
        for start in range(0, len(order), window):
            batches = _fill(sorted(order[start : start + window], key=lengths.__getitem__), lengths, tokens)
            random.shuffle(batches)
            yield from batches


def _fill(places: Sequence[int], lengths: Sequence[int], tokens: int) -> list[list[int]]:
    batches: list[list[int]] = [[]]
    for place in places:  # they get longer, so the last one says how wide the batch is
        if batches[-1] and lengths[place] * (len(batches[-1]) + 1) > tokens:
            batches.append([])
        batches[-1].append(place)
    return batches
