"""Small pipelines of the steps in `tests.host_steps`."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from sysgen_distilabel.host.pipeline import SysGenPipeline
from tests.host_steps import (
    Rows,
)

Spec = tuple[type, dict[str, Any]]
TEN: Spec = (Rows, {"count": 10, "batch_size": 5})


def chain(folder: Path, *steps: Spec) -> SysGenPipeline:
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        made = [
            step(**{"input_batch_size": 5} | fields) if step is not Rows else step(**fields)
            for step, fields in steps
        ]
        for before, after in pairwise(made):
            before >> after
    return pipeline


def rows_of(folder: Path, *steps: Spec, **arguments: Any) -> list[dict[str, Any]]:
    return chain(folder, *steps).run(**arguments)["default"]["train"].to_list()


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [row["number"] for row in rows]
