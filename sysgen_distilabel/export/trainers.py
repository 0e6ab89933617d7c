"""The settings of TRL, Axolotl and LLaMA-Factory for an export, with the paper's hyper-parameters (E.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import yaml

from sysgen_distilabel.columns import TOOLS
from sysgen_distilabel.export.llamafactory import find_template
from sysgen_distilabel.export.probes import find_ends
from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import Format

LEARNING_RATE: Final = 1e-6
BATCH_SIZE: Final = 4
ACCUMULATION: Final = 2
WARM_UP_STEPS: Final = 10
EPOCHS: Final = 5

TRAIN_FILE: Final = "train.jsonl"
TEMPLATE_FILE: Final = "chat_template.jinja"
SETTINGS_FILES: Final = ("sft.yaml", "dpo.yaml", "axolotl.yaml", "llamafactory.yaml", "dataset_info.json")

_DATASET: Final = "sysgen"
_HEAD: Final = (
    "# To be run in its own directory. The hyper-parameters are the paper's (arXiv 2502.11330, E.2).\n"
)
_NO_TEMPLATE: Final = (
    "# No `template` of LLaMA-Factory's own writes what this model's does: it reads the tokenizer's.\n"
)
_NO_MODEL: Final = "ORG/NAME-OF-THE-MODEL-TO-TRAIN"

_TRL_COLUMNS: Final = {
    Format.TRL_PROMPT_COMPLETION: ("prompt", "completion"),
    Format.MESSAGES: ("messages",),
    Format.PREFERENCES: ("prompt", "chosen", "rejected"),
}
_TEMPLATE_NOTE: Final = (
    "reads the chat template from the model's own directory: put the files of `tokenizer/` there first"
)
_TEMPLATE_NOTES: Final = {
    Format.PREFERENCES: f"`trl dpo` {_TEMPLATE_NOTE}, or train with `examples/train/dpo.py`.",
    Format.LLAMAFACTORY: f"LLaMA-Factory {_TEMPLATE_NOTE}.",
    Format.SHAREGPT: f"LLaMA-Factory {_TEMPLATE_NOTE}.",
    Format.ALPACA: f"LLaMA-Factory {_TEMPLATE_NOTE}.",
}


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
    """

    layout: Format
    model: str
    chat: Chat | None
    template_is_new: bool
    max_length: int
    has_system: bool
    has_tools: bool = False
    has_untrained: bool = False


def note_on_template(layout: Format, *, is_repaired: bool) -> str:
    """What to do by hand where the settings cannot name a repaired chat template; empty if nothing."""
    return _TEMPLATE_NOTES.get(layout, "") if is_repaired else ""


def write_settings(setup: Setup) -> dict[str, str]:
    """The files with a trainer's settings, by name; paths in them are relative to the export."""
    note = note_on_template(setup.layout, is_repaired=setup.template_is_new)
    head = _HEAD + (f"# {note}\n" if note else "")
    if setup.layout in (Format.TRL_PROMPT_COMPLETION, Format.MESSAGES):
        return {"sft.yaml": head + _dump(_trl(setup) | _sft(setup))}
    if setup.layout is Format.PREFERENCES:
        return {"dpo.yaml": head + _dump(_trl(setup) | {"beta": 0.1})}
    if setup.layout is Format.AXOLOTL:
        return {"axolotl.yaml": head + _dump(_axolotl(setup))}
    settings = _llamafactory(setup)
    if setup.chat is not None and "template" not in settings:
        head += _NO_TEMPLATE
    info = json.dumps({_DATASET: _describe_dataset(setup)}, indent=2) + "\n"
    return {"dataset_info.json": info, "llamafactory.yaml": head + _dump(settings)}


def _hyper_parameters(batch_size: str) -> dict[str, Any]:
    return {
        "learning_rate": LEARNING_RATE,
        batch_size: BATCH_SIZE,
        "gradient_accumulation_steps": ACCUMULATION,
        "warmup_steps": WARM_UP_STEPS,
    }


def _trl(setup: Setup) -> dict[str, Any]:
    """Fields of TRL's `DatasetMixtureConfig`, `ModelConfig` and of both its `SFTConfig` and `DPOConfig`."""
    columns = [*_TRL_COLUMNS[setup.layout], *([TOOLS] if setup.has_tools else [])]
    return {
        "model_name_or_path": setup.model or _NO_MODEL,
        "datasets": [{"path": "json", "data_files": TRAIN_FILE, "columns": columns}],
        "max_length": setup.max_length,
        **_hyper_parameters("per_device_train_batch_size"),
        "num_train_epochs": EPOCHS,
        "save_strategy": "epoch",
        "bf16": True,
        "output_dir": "model",
    }


def _sft(setup: Setup) -> dict[str, Any]:
    whole = setup.layout is Format.MESSAGES
    loss = {"assistant_only_loss": True} if whole else {"completion_only_loss": True}
    return loss | ({"chat_template_path": TEMPLATE_FILE} if setup.template_is_new else {})


def _axolotl(setup: Setup) -> dict[str, Any]:
    own = {"chat_template": "jinja", "chat_template_jinja": TEMPLATE_FILE}
    template = own if setup.template_is_new else {"chat_template": "tokenizer_default"}
    return {
        "base_model": setup.model or _NO_MODEL,
        **template,  # saved with the model
        "datasets": [
            {
                "path": TRAIN_FILE,
                "ds_type": "json",
                "type": "chat_template",
                **template,  # a dataset does not take over the one above
                "field_messages": "messages",
                "message_property_mappings": {"role": "role", "content": "content"},
                "roles_to_train": ["assistant"],
                "train_on_eos": "turn",
                **({"message_field_training": "train"} if setup.has_untrained else {}),
            }
        ],
        **_end_token(setup),
        "sequence_len": setup.max_length,
        **_hyper_parameters("micro_batch_size"),
        "num_epochs": EPOCHS,
        "optimizer": "adamw_torch",
        "lr_scheduler": "cosine",
        "saves_per_epoch": 1,
        "bf16": "auto",
        "output_dir": "model",
    }


def _end_token(setup: Setup) -> dict[str, Any]:
    """Axolotl takes the end of a turn for the tokenizer's EOS token unless it is told."""
    if setup.chat is None:
        return {}
    ends = [token for token in dict.fromkeys(reversed(find_ends(setup.chat))) if token]
    return {"eot_tokens": ends} if ends != [setup.chat.variables.get("eos_token")] else {}


def _llamafactory(setup: Setup) -> dict[str, Any]:
    return {
        "model_name_or_path": setup.model or _NO_MODEL,
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "full",
        "dataset_dir": ".",
        "dataset": _DATASET,
        **_name_template(setup),
        "cutoff_len": setup.max_length,
        **({"mask_history": True} if setup.has_untrained else {}),  # a line ends with what it teaches
        **_hyper_parameters("per_device_train_batch_size"),
        "num_train_epochs": EPOCHS,
        "save_strategy": "epoch",
        "bf16": True,
        "output_dir": "model",
    }


def _name_template(setup: Setup) -> dict[str, str]:
    """LLaMA-Factory has templates of its own; without a name it reads the tokenizer's."""
    if setup.chat is None:
        return {}
    name = find_template(setup.chat, with_system=setup.has_system)
    return {"template": name} if name else {}


def _describe_dataset(setup: Setup) -> dict[str, Any]:
    if setup.layout is Format.ALPACA:
        columns = {"prompt": "instruction", "query": "input", "response": "output"}
        return {
            "file_name": TRAIN_FILE,
            "formatting": "alpaca",
            "columns": {**columns, "system": "system", "history": "history"},
        }
    described = {"file_name": TRAIN_FILE, "formatting": "sharegpt"}
    if setup.layout is Format.SHAREGPT:
        return described | {"columns": {"messages": "conversations"}}
    roles = {"user_tag": "user", "assistant_tag": "assistant", "system_tag": "system"}
    return described | {
        "columns": {"messages": "messages"},
        "tags": {"role_tag": "role", "content_tag": "content", **roles},
    }


def _dump(settings: dict[str, Any]) -> str:
    return yaml.safe_dump(settings, sort_keys=False)
