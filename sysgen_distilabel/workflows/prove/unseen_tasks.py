"""What training costs elsewhere: tasks of lm-evaluation-harness that each model is asked (Table 11)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.evaluation.results.compare import UNSEEN, metrics_of
from sysgen_distilabel.extras import is_installed, missing_extra

PAPER: Final = "paper"
"""Stands for the eight tasks of the paper's Table 11."""


@dataclass(frozen=True, slots=True)
class UnseenTask:
    """A task, or a group of tasks, of lm-evaluation-harness.

    Attributes:
        name: its name there, or the YAML file that describes one.
        questions: how many are asked.
    """

    name: str
    questions: int

    @property
    def title(self) -> str:
        """How it is called in tables: the paper's name for it if it has one."""
        return UNSEEN[self.name][0] if self.name in UNSEEN else Path(self.name).stem


def expand_names(names: Sequence[str]) -> list[str]:
    """The names with `paper` written out and files as whole paths, each once."""
    given = [each for name in names for each in (UNSEEN if name == PAPER else [name])]
    return list(
        dict.fromkeys(str(Path(name).resolve()) if name.endswith(".yaml") else name for name in given)
    )


def read_unseen(names: Sequence[str], limit: int | None) -> list[UnseenTask]:
    """Load the tasks and count their questions: what cannot be asked is known before anything is trained.

    Args:
        names: of tasks or groups, or YAML files.
        limit: questions of each task, and of each part of a group.

    Raises:
        ConfigError: if the package is missing, or a task is unknown or cannot be had.
    """
    if not names:
        return []
    if not is_installed("lm_eval"):
        raise missing_extra("Asking unseen tasks", "verifiers", "lm_eval")
    manager = _make_manager(names)
    return [UnseenTask(name, _count_questions(manager, name, limit)) for name in names]


def _make_manager(names: Sequence[str]) -> Any:
    from lm_eval.tasks import TaskManager

    logging.getLogger("lm_eval").setLevel(logging.WARNING)
    return TaskManager(include_defaults=not all(name.endswith(".yaml") for name in names))


def _count_questions(manager: Any, name: str, limit: int | None) -> int:
    if name not in manager.task_index and not Path(name).is_file():
        raise ConfigError(
            f"lm-eval knows no task {name}.", "`lm-eval ls tasks` lists them; or name a YAML file."
        )
    try:
        tasks = manager.load([name])["tasks"].values()
        numbers = [len(task.eval_docs) for task in tasks]
    except Exception as error:  # of the network, the Hub or the file
        raise ConfigError(
            f"The task {name} cannot be loaded: {type(error).__name__}: {error}.",
            "Its data comes from the Hub; some of it, as GPQA's, asks for an agreement there.",
        ) from None
    return sum(min(limit or number, number) for number in numbers)


def ask_unseen(
    checkpoint: str,
    tokenizer: str,
    names: Sequence[str],
    limit: int | None,
    engine: str,
    rows: int,
    engine_args: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """Have a checkpoint answer the tasks, with its chat template and the shots that a task states.

    Args:
        checkpoint: a directory or an id on the Hub.
        tokenizer: the same of the tokenizer.
        names: see `read_unseen`.
        limit: the same.
        engine: `vllm` or `transformers`.
        rows: questions in one batch of transformers.
        engine_args: options of vLLM.

    Yields:
        For each question its task, an id, and the score between 0 and 1.
    """
    from lm_eval import simple_evaluate

    manager, model = _make_manager(names), _load_model(checkpoint, tokenizer, engine, rows, engine_args)
    for name in names:
        results = simple_evaluate(
            model=model,
            tasks=[name],
            task_manager=manager,
            limit=limit,
            apply_chat_template=True,
            bootstrap_iters=0,
        )
        for part, samples in results["samples"].items():
            yield from ({"task": name, **score} for score in _read_scores(name, part, samples))


def _load_model(
    checkpoint: str, tokenizer: str, engine: str, rows: int, engine_args: Mapping[str, Any]
) -> Any:
    from lm_eval.api.registry import get_model

    if engine == "vllm":
        return get_model("vllm")(pretrained=checkpoint, tokenizer=tokenizer, **engine_args)
    import torch

    on_gpu = torch.cuda.is_available()
    return get_model("hf")(
        pretrained=checkpoint,
        tokenizer=tokenizer,
        batch_size=rows,
        device="cuda" if on_gpu else "cpu",
        dtype="bfloat16" if on_gpu else "float32",
    )


def _read_scores(name: str, part: str, samples: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The scores of the one metric that is taken, see `metrics_of`."""
    offered = [f"{metric},{sample['filter']}" for sample in samples for metric in sample["metrics"]]
    taken = metrics_of(name, dict.fromkeys(offered))
    if not taken:
        raise ConfigError(f"The task {part} has no metric that is a share.", "Leave it out.")
    metric, _, kept = taken[0].partition(",")
    for sample in samples:
        if sample["filter"] == kept:
            yield {"question": f"{part}/{sample['doc_id']}", "score": float(sample[metric])}
