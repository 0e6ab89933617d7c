"""Trains one arm with TRL: supervised on batches of equal tokens, or on preference pairs behind that."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.files import replaced_directory
from sysgen_distilabel.workflows.prove.token_batches import fill_batches

TRAINING_FILE: Final = "training.json"
"""What a training took; it lies with the weights."""

_WARM_UP: Final = 0.03
_IGNORED: Final = -100
"""The label of a token that is not learnt from."""
_BFLOAT16: Final = ("avx512_bf16", "amx_bf16")
"""What a CPU that multiplies in bfloat16 says it can; another takes many times longer for it."""
_COLUMNS: Final = ("prompt", "completion", "chosen", "rejected", "tools")


@dataclass(frozen=True, slots=True)
class Job:
    """One training.

    Attributes:
        checkpoint: what is trained: a directory or an id on the Hub.
        tokenizer: its tokenizer, with the chat template to train with.
        data: a jsonl file of `prompt` and `completion`, or of `prompt`, `chosen` and `rejected`.
        output: directory for the trained model.
        preferences: whether the data is preference pairs.
        steps: steps of the optimiser.
        seed: of the order of the rows, and of the adapter's first weights.
        learning_rate: the highest.
        tokens_per_step: tokens of a step, padding included; preference pairs have `pairs_per_step`.
        accumulation: parts a step is computed in.
        pairs_per_step: preference pairs of a step.
        max_length: tokens of a conversation.
        method: `full` or `lora`.
        lora_rank: rank of the adapter.
    """

    checkpoint: str
    tokenizer: str
    data: str
    output: str
    preferences: bool
    steps: int
    seed: int
    learning_rate: float
    tokens_per_step: int
    accumulation: int
    pairs_per_step: int
    max_length: int
    method: str
    lora_rank: int


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training took.

    Attributes:
        steps: steps of the optimiser.
        tokens: tokens read, without padding; 0 for preference pairs, which are not counted.
        learnt: tokens of them that were learnt from.
        rows: rows read; one that came twice counts twice.
        first_loss: mean loss in the first tenth of the steps.
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


def train(job: Job) -> Trained:
    """Train, and put model, tokenizer and `training.json` in place at once."""
    from datasets import Dataset
    from transformers import AutoTokenizer

    started = time.monotonic()
    with Path(job.data).open(encoding="utf-8") as lines:
        rows = [{name: row[name] for name in _COLUMNS if name in row} for row in map(json.loads, lines)]
    tokenizer = AutoTokenizer.from_pretrained(job.tokenizer)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    make = _prefer if job.preferences else _supervise
    trainer, figures = make(job, Dataset.from_list(rows), tokenizer)
    trainer.train()
    model = trainer.accelerator.unwrap_model(trainer.model)
    model = model.merge_and_unload() if job.method == "lora" else model
    first, last = _read_losses(trainer.state.log_history)
    trained = Trained(job.steps, *figures, first, last, time.monotonic() - started)
    with replaced_directory(Path(job.output)) as new:
        model.save_pretrained(new)
        tokenizer.save_pretrained(new)
        (new / TRAINING_FILE).write_text(json.dumps(asdict(trained), indent=2) + "\n", encoding="utf-8")
    return trained


def _supervise(job: Job, rows: Any, tokenizer: Any) -> tuple[Any, tuple[int, int, int]]:
    """A trainer whose batches hold equally many tokens, and the tokens, learnt tokens and rows in them."""
    from torch.utils.data import DataLoader
    from trl import SFTConfig, SFTTrainer

    class EqualTokensTrainer(SFTTrainer):
        batches: list[list[int]]

        def get_train_dataloader(self) -> Any:
            loader = DataLoader(self.train_dataset, batch_sampler=self.batches, collate_fn=self.data_collator)
            return self.accelerator.prepare(loader)

    arguments = SFTConfig(**_arguments(job), completion_only_loss=True, max_length=job.max_length)
    trainer = EqualTokensTrainer(
        model=job.checkpoint,
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=_adapter(job),
    )
    encoded = trainer.train_dataset
    lengths = [len(ids) for ids in encoded["input_ids"]]
    learnt = _count_learnt(encoded)
    parts = fill_batches(lengths, job.tokens_per_step // job.accumulation, job.seed)
    trainer.batches = list(islice(parts, job.steps * job.accumulation))
    read = [place for batch in trainer.batches for place in batch]
    return trainer, (sum(lengths[at] for at in read), sum(learnt[at] for at in read), len(read))


def _count_learnt(encoded: Any) -> list[int]:
    """Tokens of each row that are learnt from, in either form that TRL marks them."""
    if "completion_mask" in encoded.column_names:
        return [sum(mask) for mask in encoded["completion_mask"]]
    return [sum(label != _IGNORED for label in labels) for labels in encoded["labels"]]


def _prefer(job: Job, rows: Any, tokenizer: Any) -> tuple[Any, tuple[int, int, int]]:
    from trl import DPOConfig, DPOTrainer

    arguments = DPOConfig(**_arguments(job), max_length=job.max_length)
    trainer = DPOTrainer(
        model=job.checkpoint,
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=_adapter(job),
    )
    return trainer, (0, 0, job.steps * job.pairs_per_step)


def _arguments(job: Job) -> dict[str, Any]:
    """The fields that TRL's `SFTConfig` and `DPOConfig` share."""
    import torch

    size = max(1, job.pairs_per_step // job.accumulation)
    return {
        "output_dir": f"{job.output}.work",
        "max_steps": job.steps,
        "learning_rate": job.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": int(job.steps * _WARM_UP),
        "per_device_train_batch_size": size,  # of preference pairs; the others bring their own batches
        "gradient_accumulation_steps": job.accumulation,
        "gradient_checkpointing": torch.cuda.is_available(),
        "bf16": has_bfloat16(torch),
        "use_cpu": not torch.cuda.is_available(),
        "model_init_kwargs": {"dtype": "float32"},
        "seed": job.seed,
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
    }


def has_bfloat16(torch: Any) -> bool:
    """Whether this machine trains in bfloat16, with weights in float32: on a GPU, or a CPU that can.

    Args:
        torch: the module; what a CPU can is known to versions with `torch.cpu.get_capabilities` alone.
    """
    if torch.cuda.is_available():
        return True
    found: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(found.get(name) for name in _BFLOAT16)


def _adapter(job: Job) -> Any:
    if job.method == "full":
        return None
    from peft import LoraConfig

    return LoraConfig(r=job.lora_rank, lora_alpha=2 * job.lora_rank, target_modules="all-linear")


def _read_losses(history: list[Mapping[str, Any]]) -> tuple[float, float]:
    curve = [float(entry["loss"]) for entry in history if "loss" in entry]
    tenth = max(1, len(curve) // 10)
    return sum(curve[:tenth]) / tenth, sum(curve[-tenth:]) / tenth


def read_trained(model: Path) -> Trained | None:
    """What the training of this model took; `None` if it is not there."""
    file = model / TRAINING_FILE
    return Trained(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
