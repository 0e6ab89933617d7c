"""The benchmarks there are, by their name on the command line."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.evaluation import constraints, iheval, multifacet, sysbench
from sysgen_distilabel.evaluation.benchmark import Benchmark

BENCHMARKS: Final[dict[str, Benchmark]] = {
    benchmark.name: benchmark
    for benchmark in (
        multifacet.BENCHMARK,
        sysbench.BENCHMARK,
        constraints.S_IFEVAL,
        iheval.BENCHMARK,
        constraints.HELDOUT,
    )
}
