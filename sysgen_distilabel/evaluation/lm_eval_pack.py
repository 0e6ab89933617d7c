"""Tasks for lm-evaluation-harness in which every row has a system message of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.evaluation.benchmarks.items import Item
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.benchmarks.s_ifeval import S_IFEVAL, has_unscored
from sysgen_distilabel.evaluation.benchmarks.sources import find_data

TASKS: Final = {"s-ifeval": "sysgen_s_ifeval", "heldout": "sysgen_heldout"}
"""Name of the task in the pack by that of the benchmark."""

SYSTEM: Final = "system"
"""The field of a document that holds its system message."""

_SHIPPED: Final = "sysgen_distilabel.evaluation.lm_eval_tasks"


class PackedTask(NamedTuple):
    """A task of the pack: its name, its documents, and the rows that are not in it, with the reason."""

    task: str
    documents: int
    left_out: list[str]


def write_pack(folder: Path, data: dict[str, str | None]) -> list[PackedTask]:
    """Write the folder that `lm-eval run --include_path` takes.

    Args:
        folder: where to; it is created.
        data: the benchmarks wanted (of `TASKS`), each with a local file or `None` for the published one.

    Raises:
        InputError: if the data of one cannot be had.
        RunError: if the folder cannot be written, or holds something else.
    """
    packed = []
    if folder.is_dir() and any(folder.iterdir()) and not any(folder.glob("sysgen_*.yaml")):
        raise RunError(f"{folder} holds something that is not a task pack.", "Name a new or an empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shipped = resources.files(_SHIPPED)
        shutil.copyfile(str(shipped / "checks.py"), folder / "checks.py")
        template = (shipped / "task.yaml").read_text(encoding="utf-8")
        for name, location in data.items():
            packed.append(_write_task(folder, template, name, location))
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from None
    return packed


def _write_task(folder: Path, template: str, name: str, location: str | None) -> PackedTask:
    benchmark, task = BENCHMARKS[name], TASKS[name]
    found = benchmark.read(find_data(benchmark.origin, location).location, None)
    left_out = list(found.malformed)
    documents = []
    for item in found.items:
        if benchmark is S_IFEVAL and has_unscored(item.details["constraints"]):
            left_out.append(f"{item.id}: the owners' script does not score it")
        elif problem := _problem(item):
            left_out.append(f"{item.id}: {problem}")
        else:
            documents.append(_to_document(item))
    file = folder / f"{task}.jsonl"
    file.write_text("".join(_to_lines(documents)), encoding="utf-8")
    text = template.replace("{task}", task).replace("{data}", json.dumps(str(file.resolve())))
    (folder / f"{task}.yaml").write_text(text, encoding="utf-8")
    return PackedTask(task, len(documents), left_out)


def _problem(item: Item) -> str:
    """Why lm-eval cannot ask or check this item, else empty."""
    if [message["role"] for message in item.messages] != ["system", "user"]:
        return "it is not one system message and one user turn"
    for constraint in item.details["constraints"]:
        arguments = json.loads(constraint["arguments"])
        # lm-eval leaves out arguments that are 0 or empty, and the verifier draws others in their place.
        if not all(arguments.values()):
            return f"lm-eval takes no argument that is empty or 0, as in {constraint['verifier']}"
        if not str(arguments.get("letter", "a")).isalpha():
            return "lm-eval counts letters only, and draws one in place of a sign"
    return ""


def _to_document(item: Item) -> dict[str, Any]:
    system, prompt = (message["content"] for message in item.messages)
    constraints = item.details["constraints"]
    return {
        "key": item.id,
        SYSTEM: system,
        "prompt": prompt,
        "instruction_id_list": [constraint["verifier"] for constraint in constraints],
        "kwargs": [constraint["arguments"] for constraint in constraints],
    }


def _to_lines(documents: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
