"""The benchmarks there are, by their name on the command line."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.evaluation.benchmarks import iheval, multifacet, sysbench
from sysgen_distilabel.evaluation.benchmarks import s_ifeval as constraints
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark

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
