"""What a benchmark says of a row: JSON in one column, so that its type is the same for every benchmark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sysgen_distilabel.columns import BENCHMARK_ITEM


def read_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """The details of the row; `run` says which sample of its answers is meant, from 0."""
    details: dict[str, Any] = json.loads(row.get(BENCHMARK_ITEM) or "{}")
    return {"run": 0, **details}
