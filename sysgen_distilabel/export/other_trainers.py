"""The settings of OpenRLHF, verl, ms-swift, torchtune, NeMo RL and Unsloth for an export."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml
from jinja2 import TemplateError

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
from sysgen_distilabel.export.probes import TURNS
from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import Format


def write_openrlhf(setup: Setup) -> dict[str, str]:
    """A script: OpenRLHF has no file of settings."""
    command = [
        *("deepspeed", "--module", "openrlhf.cli.train_sft"),
        *("--model.model_name_or_path", setup.model or NO_MODEL),
        *("--data.dataset", setup.layout.facts.file, "--data.input_key", "messages"),
        *("--data.apply_chat_template", "--data.max_len", str(setup.max_length)),
        *("--train.micro_batch_size", str(BATCH_SIZE), "--train.batch_size", str(BATCH_SIZE * ACCUMULATION)),
        *("--adam.lr", str(LEARNING_RATE), "--train.max_epochs", str(EPOCHS)),
        *("--ckpt.output_dir", "model"),
    ]
    return {"openrlhf.sh": _write_script(command)}


def write_verl(setup: Setup) -> dict[str, str]:
    """A script with what differs from verl's own settings."""
    options = {
        "model.path": setup.model or NO_MODEL,
        "data.train_files": setup.layout.facts.file,
        "data.messages_key": "messages",
        "data.max_length": setup.max_length,
        "data.truncation": "error",
        "data.train_batch_size": BATCH_SIZE * ACCUMULATION,
        "data.micro_batch_size_per_gpu": BATCH_SIZE,
        "data.use_dynamic_bsz": False,
        "optim.lr": LEARNING_RATE,
        "optim.lr_warmup_steps": WARM_UP_STEPS,
        "trainer.total_epochs": EPOCHS,
        "trainer.default_local_dir": "model",
    }
    if setup.template_kwargs:
        given = ",".join(f"{name}:{json.dumps(value)}" for name, value in setup.template_kwargs.items())
        options["data.apply_chat_template_kwargs"] = f"{{{given}}}"
    command = ["torchrun", "--standalone", "--nproc_per_node=1", "-m", "verl.trainer.sft_trainer"]
    return {"verl.sh": _write_script([*command, *(f"{key}={value}" for key, value in options.items())])}


def write_swift(setup: Setup) -> dict[str, str]:
    """Arguments of `swift sft`, which takes them from a file."""
    settings = {
        "model": setup.model or NO_MODEL,
        "tuner_type": "full",
        "dataset": [setup.layout.facts.file],
        "max_length": setup.max_length,
        "truncation_strategy": "delete",  # never in the midst of a turn
        "loss_scale": "default",
        "learning_rate": LEARNING_RATE,
        "per_device_train_batch_size": BATCH_SIZE,
        "gradient_accumulation_steps": ACCUMULATION,
        "warmup_steps": WARM_UP_STEPS,
        "num_train_epochs": EPOCHS,
        "torch_dtype": "bfloat16",
        "output_dir": "model",
    }
    return {"swift.yaml": HEAD + _dump(settings)}


def write_torchtune(setup: Setup) -> dict[str, str]:
    """The part of a recipe's settings that is of the data; the rest depends on the model."""
    settings = {
        "dataset": {
            "_component_": "torchtune.datasets.chat_dataset",
            "source": "json",
            "data_files": setup.layout.facts.file,
            "split": "train",
            "conversation_column": "messages",
            "conversation_style": "openai",
            "train_on_input": False,
            "packed": False,
        },
        "tokenizer": {
            "_component_": "torchtune.modules.transforms.tokenizers.HuggingFaceModelTokenizer",
            "tokenizer_json_path": f"{setup.model or NO_MODEL}/tokenizer.json",
            "tokenizer_config_json_path": f"{setup.model or NO_MODEL}/tokenizer_config.json",
            "generation_config_path": f"{setup.model or NO_MODEL}/generation_config.json",
            "truncation_type": "right",
        },
        "batch_size": BATCH_SIZE,
        "gradient_accumulation_steps": ACCUMULATION,
        "epochs": EPOCHS,
        "optimizer": {"_component_": "torch.optim.AdamW", "lr": LEARNING_RATE},
        "lr_scheduler": {"num_warmup_steps": WARM_UP_STEPS},
        "output_dir": "model",
    }
    head = f"{HEAD}# To be put over the settings of a recipe for the model to train.\n"
    return {"torchtune.yaml": head + _dump(settings)}


def write_nemo(setup: Setup) -> dict[str, str]:
    """What differs from NeMo RL's own `examples/configs/sft.yaml`."""
    settings = {
        "defaults": "sft.yaml",
        "policy": {
            "model_name": setup.model or NO_MODEL,
            "max_total_sequence_length": setup.max_length,
            "train_global_batch_size": BATCH_SIZE * ACCUMULATION,
            "train_micro_batch_size": BATCH_SIZE,
            "optimizer": {"kwargs": {"lr": LEARNING_RATE}},
        },
        "sft": {"max_num_epochs": EPOCHS},
        "data": {
            "train": {
                "dataset_name": "openai_format",
                "data_path": setup.layout.facts.file,
                "chat_key": "messages",
                "tool_key": "tools" if setup.has_tools else None,
                "use_preserving_dataset": setup.has_tools,
            }
        },
    }
    head = f"{HEAD}# To be copied beside NeMo RL's `examples/configs/sft.yaml`, which it changes.\n"
    return {"nemo_rl.yaml": head + _dump(settings)}


def write_unsloth(setup: Setup) -> dict[str, str]:
    """A notebook of one cell."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "train",
        "metadata": {},
        "outputs": [],
        "source": _unsloth_cell(setup).splitlines(keepends=True),
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {"unsloth.ipynb": json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"}


def _unsloth_cell(setup: Setup) -> str:
    parts = find_parts(setup.chat) if setup.chat else None
    if parts:
        names = ", ".join(
            f"{name}={part!r}"
            for name, part in zip(("instruction_part", "response_part"), parts, strict=True)
        )
        mask = f"trainer = train_on_responses_only(trainer, {names})  # a loss on answers alone\n"
    else:
        mask = (
            "# The text in front of a question and of an answer is not known, so the loss is on everything:\n"
            "# name both in train_on_responses_only(trainer, instruction_part=..., response_part=...).\n"
        )
    return _UNSLOTH.format(
        model=setup.model or NO_MODEL,
        max_length=setup.max_length,
        file=setup.layout.facts.file,
        batch=BATCH_SIZE,
        accumulation=ACCUMULATION,
        rate=LEARNING_RATE,
        warm_up=WARM_UP_STEPS,
        epochs=EPOCHS,
        mask=mask,
    )


def find_parts(chat: Chat) -> tuple[str, str] | None:
    """What a template writes in front of a question, and of an answer; `None` if it is not regular."""
    question, answer = TURNS[2]["content"], TURNS[1]["content"]
    try:
        whole = chat.render(TURNS)
        ended, opened = (chat.render(TURNS[:3], add_generation_prompt=prompt) for prompt in (False, True))
        closing = chat.render(TURNS[:2]).partition(answer)[2]
    except TemplateError:
        return None
    between = whole.partition(answer)[2].partition(question)[0]
    instruction, response = between.removeprefix(closing), opened.removeprefix(ended)
    is_regular = between.startswith(closing) and opened.startswith(ended) and instruction and response
    return (instruction, response) if is_regular and whole.count(response) == 2 else None


_UNSLOTH: Final = """\
# To be run in the directory of the export. The hyper-parameters are the paper's (arXiv 2502.11330, E.2).
import json

from unsloth import FastLanguageModel
from unsloth.chat_templates import train_on_responses_only
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

model, tokenizer = FastLanguageModel.from_pretrained(
    {model!r}, max_seq_length={max_length}, full_finetuning=True
)


def render(row):
    tools = json.loads(row["tools"]) if row.get("tools") else None
    return {{"text": tokenizer.apply_chat_template(row["messages"], tools=tools, tokenize=False)}}


rows = load_dataset("json", data_files={file!r}, split="train")
rows = rows.map(render, remove_columns=rows.column_names)
settings = SFTConfig(
    max_length={max_length}, per_device_train_batch_size={batch}, gradient_accumulation_steps={accumulation},
    learning_rate={rate}, warmup_steps={warm_up}, num_train_epochs={epochs}, output_dir="model",
)
trainer = SFTTrainer(model=model, processing_class=tokenizer, train_dataset=rows, args=settings)
{mask}trainer.train()
"""


def _write_script(command: list[str]) -> str:
    lines = " \\\n    ".join(map(shlex.quote, command))
    return f"#!/usr/bin/env bash\n{HEAD}{lines}\n"


def _dump(settings: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(settings), sort_keys=False)


WRITERS: Final[Mapping[Format, Callable[[Setup], dict[str, str]]]] = {
    Format.OPENRLHF: write_openrlhf,
    Format.VERL: write_verl,
    Format.MS_SWIFT: write_swift,
    Format.TORCHTUNE: write_torchtune,
    Format.NEMO_RL: write_nemo,
    Format.UNSLOTH: write_unsloth,
    Format.HARMONY: lambda setup: {},
}
