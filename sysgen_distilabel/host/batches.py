"""Tells a listener of every batch a step has finished, in any pipeline of distilabel.

Distilabel shows a person nothing but log lines per batch; it has no place for a listener of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

BatchListener = Callable[[str, list[dict[str, Any]]], None]
"""Called in the main process with the name of the step and the rows of the batch."""


def listen(pipeline: Any, listener: BatchListener) -> None:
    """Call the listener for each batch that comes back from a step, before it is passed on."""
    pipeline._process_batch = functools.partial(_process_batch, pipeline._process_batch, listener)


def _process_batch(process: Callable[..., None], listener: BatchListener, batch: Any, *args: Any) -> None:
    if batch.data:
        listener(batch.step_name, batch.data[0])
    process(batch, *args)
