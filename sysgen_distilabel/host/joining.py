"""What a Step of ours does when it is made: it joins the pipeline around it, if there is one.

Defects of distilabel 1.5.3 answered here:
- the write buffer is chosen by the pipeline, but a plain `Pipeline` that holds one of our Steps needs
  ours (see `write_buffer`); pipelines of our own have it already, and stay as they are;
- a Step made without a pipeline, as every documented example of `process` does, prints a warning about
  "Step 'None'" (`steps/base.py:222`).
Can go when distilabel's buffer merges types as it writes, and warns where a pipeline is missed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from sysgen_distilabel.host import write_buffer


class JoinsAnyPipeline(BaseModel):
    """Gives a plain pipeline that a Step joins the write buffer that knows our columns and their types."""

    def model_post_init(self, context: Any, /) -> None:
        """Register with the pipeline as distilabel does, then look after its write buffer."""
        with _no_word_of_a_missing_pipeline(getattr(self, "name", None)):
            super().model_post_init(context)
        write_buffer.install(getattr(self, "pipeline", None))


@contextmanager
def _no_word_of_a_missing_pipeline(step: str | None) -> Iterator[None]:
    """Drop one message of the logger that distilabel makes for a step while it is made."""
    logger = logging.getLogger(f"distilabel.step.{step}")

    def is_other(record: logging.LogRecord) -> bool:
        return "hasn't received a pipeline" not in record.getMessage()

    logger.addFilter(is_other)
    try:
        yield
    finally:
        logger.removeFilter(is_other)
