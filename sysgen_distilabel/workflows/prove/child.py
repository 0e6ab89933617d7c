"""Trains or answers in a process of its own, which gives all memory back and ends when this one does.

Run as a module with a file that says what to do: `python -m sysgen_distilabel.workflows.prove.child JOB`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.extras import is_installed, missing_extra
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.serving.serve_launcher import launched
from sysgen_distilabel.serving.vllm_command import find_version
from sysgen_distilabel.workflows.prove.answering import Answer
from sysgen_distilabel.workflows.prove.training import Job

_LAST_LINES: Final = 3
_LONGEST_LINE: Final = 300


def train_apart(job: Job, work: Path) -> None:
    """Train; the model is in `job.output` then.

    Args:
        job: the training.
        work: directory for the log.

    Raises:
        ConfigError: if a package is missing.
        RunError: if it failed; the message has the last lines of its log.
    """
    _require(["trl", "torch", *(["peft"] if job.method == "lora" else [])])
    _run({"train": asdict(job)}, work, "training")


def answer_apart(request: Mapping[str, Any], output: Path, work: Path) -> None:
    """Have a checkpoint answer; the answers are lines of JSON in the output then.

    Args:
        request: `engine`, and the arguments of `answer_with_vllm` or `answer_with_transformers`.
        output: file for the answers.
        work: directory for the log.

    Raises:
        ConfigError: if a package is missing.
        RunError: if it failed; the message has the last lines of its log.
    """
    _require(["vllm"] if request["engine"] == "vllm" else ["torch", "transformers"])
    _run({"answer": dict(request), "output": str(output)}, work, "answering")


def ask_unseen_apart(request: Mapping[str, Any], output: Path, work: Path) -> None:
    """Have a checkpoint answer unseen tasks; the scores are lines of JSON in the output then.

    Args:
        request: the arguments of `ask_unseen`.
        output: file for the scores.
        work: directory for the log.

    Raises:
        ConfigError: if a package is missing.
        RunError: if it failed; the message has the last lines of its log.
    """
    _require(["vllm"] if request["engine"] == "vllm" else ["torch", "transformers"])
    _run({"unseen": dict(request), "output": str(output)}, work, "unseen")


def _require(packages: list[str]) -> None:
    for name in packages:
        if not is_installed(name):
            raise missing_extra("A proof", "train" if name != "vllm" else "vllm", name)


def _run(job: Mapping[str, Any], work: Path, name: str) -> None:
    work.mkdir(parents=True, exist_ok=True)
    file, log = work / f"{name}.job.json", work / f"{name}.log"
    write_whole(file, json.dumps(job))
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TOKENIZERS_PARALLELISM": "false"}
    if "train" in job:  # with several GPUs, the trainer would share each batch out among them
        environment.setdefault("CUDA_VISIBLE_DEVICES", "0")
    with launched([sys.executable, "-m", __spec__.name, str(file)], log, environment) as process:
        code = process.wait()
    if code:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        last = " / ".join(line.strip()[-_LONGEST_LINE:] for line in lines[-_LAST_LINES:])
        raise RunError(
            f"The {name} failed (exit code {code}): {last or 'it said nothing'}.",
            f"All it said is in {log}. The same command goes on at this arm.",
        )


def main(file: Path) -> None:
    """Do what the file says."""
    job = json.loads(file.read_text(encoding="utf-8"))
    if "train" in job:
        from sysgen_distilabel.workflows.prove.training import train

        train(Job(**job["train"]))
        return
    if "unseen" in job:
        from sysgen_distilabel.workflows.prove.unseen_tasks import ask_unseen

        metadata.version = find_version  # lm-eval asks for vLLM's as vLLM's own command does
        entries: Iterable[dict[str, Any]] = ask_unseen(**job["unseen"])
    else:
        entries = map(asdict, _answer(dict(job["answer"])))
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    write_whole(Path(job["output"]), "".join(lines))


def _answer(request: dict[str, Any]) -> list[Answer]:
    from sysgen_distilabel.workflows.prove import answering

    if request.pop("engine") == "vllm":
        return answering.answer_with_vllm(**request)
    return answering.answer_with_transformers(**request)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
