"""The benchmarks there are, by their name on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.evaluation.benchmarks import advanced_if, iheval, multifacet, persistence, sysbench
from sysgen_distilabel.evaluation.benchmarks import s_ifeval as constraints
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable

BENCHMARKS: Final[dict[str, Benchmark]] = {
    benchmark.name: benchmark
    for benchmark in (
        multifacet.BENCHMARK,
        sysbench.BENCHMARK,
        constraints.S_IFEVAL,
        iheval.BENCHMARK,
        advanced_if.BENCHMARK,
        constraints.HELDOUT,
        persistence.PERSISTENCE,
    )
}


def make_tables(report: Mapping[str, Any]) -> list[FigureTable]:
    """The tables of a report, the headline ones first; tables without figures are left out."""
    tables = BENCHMARKS[report["benchmark"]].tables(report["figures"])
    return [table for table in tables if table.figures]
