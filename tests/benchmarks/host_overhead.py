"""What the framework around the engine costs: the same Steps under the host's Pipeline and under ours.

    python tests/benchmarks/host_overhead.py --rows 10000 --json host_overhead.json

Each measurement runs in a process of its own. The host at its defaults takes minutes for 10,000
rows, so it is measured on fewer (`--stock-rows`); `--full` gives it all of them.

Another DAG is one more entry in `DAGS`: a function that adds Steps to the pipeline it is called
in, given the number of rows and the batch size (`None` for the Steps' defaults).
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

ROW_TEXT = ("lorem ipsum dolor sit amet consectetur " * 60)[:2000]
BATCH_SIZE = 500
HOST_BATCH_SIZE = 50
"""The host's default, which our own Steps do not share."""


@dataclass
class Case:
    """One line of the table."""

    name: str
    stock: bool
    batch_size: int | None
    rows: int
    rows_per_second: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0


def sizes(batch_size: int | None, generator: bool = False) -> dict[str, int]:
    """The field that sets the batch size, or none for the default."""
    if batch_size is None:
        return {}
    return {"batch_size": batch_size} if generator else {"input_batch_size": batch_size}


def add_noop_steps(rows: int, batch_size: int | None) -> None:
    """A generator and four Steps that give on what they get."""
    from tests.benchmarks.steps import Nothing, UniqueRows

    steps = [UniqueRows(count=rows, text=ROW_TEXT, **sizes(batch_size, generator=True))]
    steps += [Nothing(name=f"step_{n}", **sizes(batch_size)) for n in range(4)]
    for before, after in pairwise(steps):
        before >> after


def add_llm_steps(rows: int, batch_size: int | None) -> None:
    """A generator and four `TextGeneration` Tasks of the host with an LLM that answers at once."""
    from distilabel.steps.tasks import TextGeneration

    from tests.benchmarks.steps import InstantLLM, UniqueRows

    steps: list[Any] = [UniqueRows(count=rows, text=ROW_TEXT, **sizes(batch_size, generator=True))]
    for n in range(4):
        fields = {"add_raw_input": False, "add_raw_output": False} | sizes(batch_size)
        steps.append(TextGeneration(name=f"task_{n}", llm=InstantLLM(), **fields))
    for before, after in pairwise(steps):
        before >> after


def add_sysgen_steps(rows: int, batch_size: int | None) -> None:
    """The four phases with an engine that answers at once, every reply kept in a store."""
    from sysgen_distilabel.recorded.recorded_llm import Recorded
    from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags, SplitByOutcome
    from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities
    from tests.benchmarks.steps import InstantPhases, UniqueConversations

    batches = sizes(batch_size)
    store = tempfile.mkdtemp(dir=os.environ[FOLDER_VARIABLE])

    def task(kind: Any) -> Any:
        return kind(llm=Recorded(llm=InstantPhases(), store=store), **batches)

    loader_size = 2 * batch_size if batch_size else 1000
    load = UniqueConversations(count=rows, text=ROW_TEXT, batch_size=loader_size)
    leaves = [SplitByOutcome(name=kind, keep=kind, **batches) for kind in ("accepted", "rejected")]
    steps = [load, task(GenerateSystemMessage), FilterTags(**batches), task(VerifyFunctionalities)]
    steps += [ComposeSystemMessage(**batches), task(GenerateAlignedResponse)]
    for before, after in pairwise(steps):
        before >> after
    steps[-1] >> leaves


DAGS: dict[str, Callable[[int, int | None], None]] = {
    "noop": add_noop_steps,
    "llm": add_llm_steps,
    "sysgen": add_sysgen_steps,
}
FOLDER_VARIABLE = "BENCHMARK_FOLDER"


def measure_here(dag: str, case: Case) -> None:
    """Run one case in this process and print its seconds."""
    from distilabel.pipeline import Pipeline

    from sysgen_distilabel.host.pipeline import SysGenPipeline

    folder = tempfile.mkdtemp()
    os.environ[FOLDER_VARIABLE] = folder
    try:
        with (Pipeline if case.stock else SysGenPipeline)(name="benchmark", cache_dir=folder) as pipeline:
            DAGS[dag](case.rows, case.batch_size)
        cpu_before, started = cpu_seconds(), time.perf_counter()
        distiset = pipeline.run(use_cache=False)
        seconds = time.perf_counter() - started
        found = sum(subset["train"].num_rows for subset in distiset.values())
        assert found == case.rows, f"{found} of {case.rows} rows came out"
        print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds() - cpu_before}))
    finally:
        shutil.rmtree(folder)


def measure(dag: str, case: Case) -> Case:
    """Run one case in a process of its own and watch the memory of its processes."""
    command = [sys.executable, "-W", "ignore", __file__, "--dag", dag, "--case", json.dumps(asdict(case))]
    quiet = os.environ | {"DISTILABEL_LOG_LEVEL": "WARNING", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_of_tree(process.pid))
        time.sleep(0.5)
    output = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{case.name} failed: {output}")
    measured = json.loads(output.splitlines()[-1])
    case.seconds, case.cpu_seconds = measured["seconds"], measured["cpu_seconds"]
    case.rows_per_second = case.rows / case.seconds
    case.peak_mb = peak >> 20
    return case


def cpu_seconds() -> float:
    """Seconds of computing of this process and of those it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def memory_of_tree(pid: int) -> int:
    """The memory of a process and its descendants; shared pages count once where the system tells."""
    total = 0
    try:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            memory = process.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
    except psutil.Error:
        pass
    return total


def cases(arguments: argparse.Namespace) -> list[Case]:
    few = arguments.rows if arguments.full else min(arguments.rows, arguments.stock_rows)
    size = arguments.batch_size
    return [
        Case("Pipeline, defaults", True, HOST_BATCH_SIZE, few),
        Case(f"Pipeline, batches of {size}", True, size, arguments.rows),
        Case("SysGenPipeline, defaults", False, None, arguments.rows),
        Case(f"SysGenPipeline, batches of {size}", False, size, arguments.rows),
    ]


def environment() -> str:
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("distilabel", "datasets", "pyarrow", "pydantic")
    )
    memory = psutil.virtual_memory().total >> 30
    load = os.getloadavg()[0]
    return (
        f"{platform.platform()}, {os.cpu_count()} cores, {memory} GiB, load {load:.1f};"
        f" Python {platform.python_version()}, {packages}"
    )


def table(done: list[Case]) -> str:
    """The results as Markdown; the last two columns compare with the host's Pipeline."""
    stock = {case.batch_size: case.rows_per_second for case in done if case.stock}
    defaults = stock.get(HOST_BATCH_SIZE)
    lines = [
        "| run | rows | s | CPU s per 1,000 rows | peak MB | rows/s | x Pipeline at defaults | x alike |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case in done:
        bases = [defaults, stock.get(case.batch_size)]
        ratios = [f"{case.rows_per_second / base:.1f}" if base else "" for base in bases]
        cpu = case.cpu_seconds / case.rows * 1000
        lines.append(
            f"| {case.name} | {case.rows:,} | {case.seconds:.1f} | {cpu:.2f} | {case.peak_mb:,}"
            f" | {case.rows_per_second:,.0f} | {ratios[0]} | {ratios[1]} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dag", choices=DAGS, default="sysgen")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--stock-rows", type=int, default=1_000, help="rows for the host at its defaults")
    parser.add_argument("--batch-size", type=int, default=BATCH_SIZE)
    parser.add_argument("--full", action="store_true", help="all rows for the host at its defaults, too")
    parser.add_argument("--only", default="", help="only the cases whose name holds this text")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        measure_here(arguments.dag, Case(**json.loads(arguments.case)))
        return
    print(f"DAG: {arguments.dag}. {environment()}\n", flush=True)
    done = [measure(arguments.dag, case) for case in cases(arguments) if arguments.only in case.name]
    print(table(done))
    if arguments.json:
        result = {
            "dag": arguments.dag,
            "environment": environment(),
            "cases": [asdict(case) for case in done],
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
