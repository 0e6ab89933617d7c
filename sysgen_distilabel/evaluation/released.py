"""Scores judged outputs as the owners of a benchmark release them, to hold the figures against theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sysgen_distilabel.evaluation import multifacet, sysbench_released
from sysgen_distilabel.evaluation.benchmarks import BENCHMARKS
from sysgen_distilabel.evaluation.multifacet_metrics import score_multifacet
from sysgen_distilabel.evaluation.sysbench_metrics import score_sysbench


def score_released(benchmark: str, path: Path, subsets: Path | None = None) -> dict[str, Any]:
    """A report of the judged outputs in a file; nobody is asked.

    Unreadable verdicts of SysBench are counted as its own script counts them, so that the
    published figures come out.

    Args:
        benchmark: `multifacet` or `sysbench`.
        path: the file.
        subsets: for Multifacet, the file with the column of each source.

    Raises:
        InputError: if the file is of another form.
        ConfigError: if a package is missing, or `subsets` is no mapping.
    """
    if benchmark == "sysbench":
        figures = score_sysbench(sysbench_released.read_released(path), as_published=True)
        rows = figures["sessions"]
    else:
        mapping = multifacet.read_subsets(subsets) if subsets else None
        instances = list(multifacet.read_released(path))
        figures, rows = score_multifacet(instances, mapping), len(instances)
    return {
        "kind": "evaluation",
        "benchmark": benchmark,
        "title": f"{BENCHMARKS[benchmark].title}, released outputs",
        "model": path.stem,
        "judge": "as released",
        "simulated": False,
        "simulation_notice": "",
        "cautions": [],
        "rows": {"asked": rows, "answered": rows, "rejected": {}, "malformed": 0},
        "figures": figures,
    }
