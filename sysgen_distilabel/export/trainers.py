"""The settings of trainers for an export: here TRL, Axolotl and LLaMA-Factory, elsewhere the others."""

from __future__ import annotations

import json
from typing import Any, Final

import yaml

from sysgen_distilabel.columns import TOOLS
from sysgen_distilabel.export.formats import TEACHER_PROMPT, TEMPLATE_KWARGS
from sysgen_distilabel.export.hyper_parameters import (
    ACCUMULATION,
    BATCH_SIZE,
    EPOCHS,
    HEAD,
    LEARNING_RATE,
    NO_MODEL,
    WARM_UP_STEPS,
    Setup,
)
from sysgen_distilabel.export.llamafactory import find_template
from sysgen_distilabel.export.other_trainers import WRITERS
from sysgen_distilabel.export.probes import find_ends
from sysgen_distilabel.export.trainer_format import PAIRED, Format

TEMPLATE_FILE: Final = "chat_template.jinja"
SETTINGS_FILES: Final = (
    *("sft.yaml", "dpo.yaml", "kto.yaml", "sdft.yaml", "axolotl.yaml", "llamafactory.yaml"),
    *("dataset_info.json", "openrlhf.sh", "verl.sh", "swift.yaml", "torchtune.yaml", "nemo_rl.yaml"),
    "unsloth.ipynb",
)

_DATASET: Final = "sysgen"
_NO_TEMPLATE: Final = (
    "# No `template` of LLaMA-Factory's own writes what this model's does: it reads the tokenizer's.\n"
)
_TEMPLATE_NOTE: Final = (
    "reads the chat template from the model's own directory: put the files of `tokenizer/` there first"
)
_TEMPLATE_NOTES: Final = {
    Format.PREFERENCES: f"`trl dpo` {_TEMPLATE_NOTE}, or train with `examples/train/dpo.py`.",
    Format.KTO: f"`trl kto` {_TEMPLATE_NOTE}.",
    Format.SDFT: "The template is in `tokenizer/`, from where `examples/train/sdft.py` takes it.",
}


def note_on_template(layout: Format, *, is_repaired: bool) -> str:
    """What to do by hand where the settings cannot name a repaired chat template; empty if nothing."""
    if not is_repaired or layout.facts.takes_template:
        return ""
    trainer = layout.facts.trainer.partition(" ")[0]
    return _TEMPLATE_NOTES.get(layout, f"{trainer} {_TEMPLATE_NOTE}.")


def write_settings(setup: Setup) -> dict[str, str]:
    """The files with a trainer's settings, by name; paths in them are relative to the export."""
    note = note_on_template(setup.layout, is_repaired=setup.template_is_new)
    head = HEAD + (f"# {note}\n" if note else "")
    if setup.layout in (Format.TRL_PROMPT_COMPLETION, Format.MESSAGES):
        return {"sft.yaml": head + _dump(_trl(setup) | _sft(setup))}
    if setup.layout in PAIRED:
        name = "dpo" if setup.layout is Format.PREFERENCES else "kto"
        return {f"{name}.yaml": head + _dump(_trl(setup) | {"beta": 0.1})}
    if setup.layout is Format.SDFT:
        return {"sdft.yaml": head + _dump(_sdft(setup))}
    if setup.layout in WRITERS:
        return WRITERS[setup.layout](setup)
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
    columns = [name for name in setup.layout.facts.columns if name != TOOLS or setup.has_tools]
    columns += [TEMPLATE_KWARGS] if setup.template_kwargs else []
    return {
        "model_name_or_path": setup.model or NO_MODEL,
        "datasets": [{"path": "json", "data_files": setup.layout.facts.file, "columns": columns}],
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


def _sdft(setup: Setup) -> dict[str, Any]:
    """Fields of TRL's experimental `SDFTConfig`; half of the limit is left to what the student writes."""
    settings = _trl(setup)
    length = settings.pop("max_length") // 2
    return settings | {
        "max_prompt_length": length,
        "max_completion_length": length,
        "teacher_prompt_template": TEACHER_PROMPT,
    }


def _axolotl(setup: Setup) -> dict[str, Any]:
    own = {"chat_template": "jinja", "chat_template_jinja": TEMPLATE_FILE}
    template = own if setup.template_is_new else {"chat_template": "tokenizer_default"}
    return {
        "base_model": setup.model or NO_MODEL,
        **template,  # saved with the model
        **({TEMPLATE_KWARGS: dict(setup.template_kwargs)} if setup.template_kwargs else {}),
        "datasets": [
            {
                "path": setup.layout.facts.file,
                "ds_type": "json",
                "type": "chat_template",
                **template,  # a dataset does not take over the one above
                "field_messages": "messages",
                "message_property_mappings": {"role": "role", "content": "content"},
                "roles_to_train": ["assistant"],
                "train_on_eos": "turn",
                **({"message_field_training": "train"} if setup.has_untrained else {}),
                **_name_reasoning(setup.reasoning),
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


def _name_reasoning(field: str) -> dict[str, str]:
    """Axolotl reads it from one field and gives it to the template under another."""
    return {"field_thinking": field, "template_thinking_key": field} if field else {}


def _end_token(setup: Setup) -> dict[str, Any]:
    """Axolotl takes the end of a turn for the tokenizer's EOS token unless it is told."""
    if setup.chat is None:
        return {}
    ends = [token for token in dict.fromkeys(reversed(find_ends(setup.chat))) if token]
    return {"eot_tokens": ends} if ends != [setup.chat.variables.get("eos_token")] else {}


def _llamafactory(setup: Setup) -> dict[str, Any]:
    return {
        "model_name_or_path": setup.model or NO_MODEL,
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
    tools = {TOOLS: TOOLS} if setup.has_tools else {}
    if setup.layout is Format.ALPACA:
        columns = {**tools, "prompt": "instruction", "query": "input", "response": "output"}
        return {
            "file_name": setup.layout.facts.file,
            "formatting": "alpaca",
            "columns": {**columns, "system": "system", "history": "history"},
        }
    described = {"file_name": setup.layout.facts.file, "formatting": "sharegpt"}
    if setup.layout is Format.SHAREGPT:
        return described | {"columns": {"messages": "conversations", **tools}}
    roles = {"user_tag": "user", "assistant_tag": "assistant", "system_tag": "system"}
    return described | {
        "columns": {"messages": "messages", **tools},
        "tags": {"role_tag": "role", "content_tag": "content", **roles},
    }


def _dump(settings: dict[str, Any]) -> str:
    return yaml.safe_dump(settings, sort_keys=False)
