"""The arms of the ablation: read from an export, or made here by answering until a program is content."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.constraints.verifiers import Constraint, follows
from sysgen_distilabel.export.arms import Arm, take_conversation

if TYPE_CHECKING:
    from sysgen_distilabel.workflows.prove.answering import Answerer

Row = dict[str, Any]
_CHUNK = 64


def read_rows(file: Path) -> list[Row]:
    """The rows of a jsonl file, packed with gzip or not."""
    raw = file.read_bytes()
    text = gzip.decompress(raw) if file.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a jsonl file packed with gzip."""
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_arms(folder: Path) -> dict[str, list[list[dict[str, str]]]]:
    """The conversations of each `train_<arm>.jsonl`, the arms in alphabetical order."""
    files = sorted(folder.glob("train_*.jsonl*"))
    return {
        file.name.split(".")[0].removeprefix("train_"): [row["messages"] for row in read_rows(file)]
        for file in files
    }


def make_arms(rows: Sequence[Row]) -> dict[str, list[list[dict[str, str]]]]:
    """The conversations of each arm, all from the same rows."""
    return {arm.value: [take_conversation(row, arm) for row in rows] for arm in Arm}


def follows_all(task: tuple[str, Sequence[Mapping[str, Any]]]) -> bool:
    """Whether a response fulfils every constraint; both in one, so that a pool can map it."""
    response, constraints = task
    return all(follows(response, Constraint.from_row(entry)) for entry in constraints)


def align(
    sources: Sequence[Row],
    answerer: Answerer,
    pool: Executor,
    rounds: int,
    temperature: float,
    has_time: Callable[[], bool],
) -> tuple[list[Row], list[dict[str, int]]]:
    """Answer each row under its system message until the answer fulfils the constraints.

    Args:
        sources: rows with `system_message`, `messages` (a user, an assistant) and `constraints`.
        answerer: the model.
        pool: checks answers in other processes.
        rounds: how often a row is answered at most.
        temperature: of the samples.
        has_time: asked before every round.

    Returns:
        The rows that have such an answer, with `aligned_messages`, and what each round asked and kept.
    """
    aligned: list[Row] = []
    figures = []
    pending = list(sources)
    for _ in range(rounds):
        if not pending or not has_time():
            break
        asked = [[_system(row), *row["messages"][:-1]] for row in pending]
        answers = answerer.answer(asked, temperature)
        tasks = [(answer.text, row["constraints"]) for answer, row in zip(answers, pending, strict=True)]
        content = list(pool.map(follows_all, tasks, chunksize=_CHUNK))
        kept = [good and answer.finished for good, answer in zip(content, answers, strict=True)]
        for row, messages, answer, good in zip(pending, asked, answers, kept, strict=True):
            if good:
                said = {"role": "assistant", "content": answer.text}
                aligned.append({**row, "aligned_messages": [*messages, said]})
        figures.append({"asked": len(pending), "unfinished": sum(not a.finished for a in answers)})
        figures[-1]["kept"] = sum(kept)
        pending = [row for row, good in zip(pending, kept, strict=True) if not good]
    return aligned, figures


def _system(row: Row) -> dict[str, str]:
    return {"role": "system", "content": row["system_message"]}
