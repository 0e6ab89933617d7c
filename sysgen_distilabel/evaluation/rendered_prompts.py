"""Makes sure that the model has been shown the system messages: lm-eval can drop them without a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.lm_eval_pack import SYSTEM
from sysgen_distilabel.inputs import open_input


class PromptCheck(NamedTuple):
    """How many prompts there are, how many lack their system message, and the first that does."""

    prompts: int
    without: int
    example: str


def check_prompts(samples: Path) -> PromptCheck:
    """Look for the system message of each sample in the prompt that was sent for it.

    For a chat template that refuses a system turn (Gemma 2), lm-eval leaves the system message out
    and logs one warning, while `results.json` still names it.

    Args:
        samples: a file `samples_*.jsonl` that `lm-eval run --log_samples` has written, of a task
            whose documents have a field `system`.

    Raises:
        InputError: if the file is of another form, or of another task.
    """
    counts: Counter[bool] = Counter()
    example = ""
    for place, sample in open_input(samples).read():
        document = sample.get("doc") if isinstance(sample, Mapping) else None
        if not isinstance(document, Mapping) or not isinstance(document.get(SYSTEM), str):
            raise InputError(
                f"{samples}, {place}: no sample of a task with system messages of its own.",
                "Give the samples of a task that `sysgen evaluate lm-eval-pack` has written.",
            )
        there = document[SYSTEM].strip() in _read_prompt(sample.get("arguments"))
        counts[there] += 1
        example = example or ("" if there else f"{place}: {document[SYSTEM].strip()[:80]}")
    return PromptCheck(counts.total(), counts[False], example)


def _read_prompt(arguments: Any) -> str:
    """The prompt as text; for chat endpoints it is a list of messages, or that list as JSON."""
    value = arguments
    while isinstance(value, Mapping | list) and value:
        value = next(iter(value.values())) if isinstance(value, Mapping) else value[0]
    text = value if isinstance(value, str) else ""
    try:
        messages = json.loads(text)
    except ValueError:
        return text
    contents = [message.get("content") for message in messages if isinstance(message, Mapping)]
    return "\n".join(content for content in contents if isinstance(content, str)) or text
