"""What the training scripts share: reading an export, and finishing a trained model."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from datasets import Dataset, load_dataset
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from sysgen_distilabel import render_model_card

SETTINGS = ("sft.yaml", "dpo.yaml", "sdft.yaml")
ROLES = {
    "native": "System messages are messages of the role `system`, which the chat template has a place for.",
    "fold": "It learned from system messages in the first user turn, a blank line behind them: do so too.",
}


def split_arguments(description: str, arguments: list[str] | None = None) -> tuple[Path, list[str]]:
    """The export to train on, and the arguments meant for TRL, to which the export's settings are added."""
    parser = argparse.ArgumentParser(
        description=description,
        epilog="Any argument of the TRL trainer may follow, and wins over the settings.",
    )
    parser.add_argument("export", type=Path, help="a directory written by `sysgen export`")
    known, rest = parser.parse_known_args(arguments)
    settings = next((known.export / name for name in SETTINGS if (known.export / name).exists()), None)
    if settings is None:
        sys.exit(
            f"{known.export} is no export for TRL: use trl-prompt-completion, messages, sdft or preferences."
        )
    return known.export, ["--config", str(settings), *rest]


def load_export(export: Path) -> Dataset:
    """The rows to train on."""
    return load_dataset("json", data_files=str(export / "train.jsonl"), split="train")


def load_tokenizer(export: Path, model: str) -> PreTrainedTokenizerBase:
    """The model's tokenizer; with the repaired chat template, if the export holds one."""
    repaired = export / "tokenizer"
    return AutoTokenizer.from_pretrained(repaired if repaired.exists() else model)


def finish(trainer: Any, export: Path, model: str, method: str) -> None:
    """Save the model, its tokenizer with the template it is to be served with, and a model card."""
    output = Path(trainer.args.output_dir)
    trainer.save_model()
    if not trainer.is_world_process_zero():
        return
    load_tokenizer(export, model).save_pretrained(output)  # not the template that marks answers for the loss
    facts = json.loads((export / "export.json").read_text(encoding="utf-8"))
    card = render_model_card(
        output.name,
        facts["report"],
        base_model=model,
        method=method,
        training={name: getattr(trainer.args, name) for name in SHOWN if hasattr(trainer.args, name)},
        system_role=ROLES[facts["system_role"]],
    )
    (output / "README.md").write_text(card, encoding="utf-8")


SHOWN = (
    "learning_rate",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "max_length",
    "warmup_steps",
    "num_train_epochs",
    "max_steps",
    "beta",
)
