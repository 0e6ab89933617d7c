"""What every trainer's settings are made from: what an export knows, and the paper's numbers (E.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import Format

LEARNING_RATE: Final = 1e-6
BATCH_SIZE: Final = 4
ACCUMULATION: Final = 2
WARM_UP_STEPS: Final = 10
EPOCHS: Final = 5

HEAD: Final = (
    "# To be run in its own directory. The hyper-parameters are the paper's (arXiv 2502.11330, E.2).\n"
)
NO_MODEL: Final = "ORG/NAME-OF-THE-MODEL-TO-TRAIN"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an export knows of the training.

    Attributes:
        layout: how the data is laid out.
        model: the model to train; empty if it was not named.
        chat: its chat template as it is to be trained with; `None` without a tokenizer.
        template_is_new: whether that is another template than the model's own.
        max_length: the length limit in tokens.
        has_system: whether the rows have system messages of their own.
        has_tools: whether some rows have tools.
        has_untrained: whether some answers are not to be learnt from.
        reasoning: the field of a turn that holds what the model thought before an answer; empty if none does.
        template_kwargs: further variables for the chat template.
    """

    layout: Format
    model: str
    chat: Chat | None
    template_is_new: bool
    max_length: int
    has_system: bool
    has_tools: bool = False
    has_untrained: bool = False
    reasoning: str = ""
    template_kwargs: Mapping[str, Any] = field(default_factory=dict)
