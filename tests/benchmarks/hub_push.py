"""Time and memory of `sysgen push` against the number of rows, to a local Hub in this process.

Run: `python -m tests.benchmarks.hub_push [ROWS ...]`, 20,000 and 200,000 without arguments. With `scrubbed`
the model has a local path as its name, so that every file is copied without it.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import yaml

from sysgen_distilabel.inputs import InputSummary
from sysgen_distilabel.report.write_report import write_report
from sysgen_distilabel.runs.provenance import collect_provenance
from sysgen_distilabel.runs.run_directory import RunDirectory
from tests.benchmarks.report_scale import make_run
from tests.commands import ROOT, SYSGEN
from tests.services.hub.server import LocalHub

NAME = "acme/benchmark"
BASE = 5_000
"""Rows that are made; the others repeat them."""


def complete(directory):
    """What a push needs of a run beside what the report needs."""
    report = json.loads((directory / "report.json").read_text())
    report |= {"simulated": False, "simulation_notice": ""}
    (directory / "report.json").write_text(json.dumps(report))
    (directory / "config.yaml").write_text(yaml.safe_dump({"input": "rows.jsonl", "model": "benchmark"}))
    rows = report["rows"]["input"]
    summary = InputSummary(rows, rows, "0" * 64, (), "")
    (directory / "provenance.json").write_text(json.dumps(collect_provenance("rows.jsonl", summary, [])))


def multiply(directory, times):
    """Repeat the rows, after the report has been made: a push does not count anew."""
    import pyarrow.parquet as pq

    write_report(RunDirectory(directory))
    for file in (directory / "dataset").rglob("*.parquet"):
        table = pq.read_table(file)
        with pq.ParquetWriter(file, table.schema) as writer:
            for _ in range(times):
                writer.write_table(table)


def name_model_by_path(directory):
    """Let the column `model_name` hold a local path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in (directory / "dataset").rglob("*.parquet"):
        with pq.ParquetFile(file) as source, pq.ParquetWriter(f"{file}.new", source.schema_arrow) as writer:
            for batch in source.iter_batches(5_000):
                place = batch.schema.get_field_index("model_name")
                names = pa.array(["/home/somebody/models/benchmark"] * batch.num_rows)
                writer.write_batch(batch.set_column(place, "model_name", names))
        Path(f"{file}.new").replace(file)


def push(hub, directory):
    """Push once; returns the seconds and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as home:
        settings = {
            "HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_ownertoken", "HF_HUB_DISABLE_XET": "1", "HF_HOME": home,
        }  # fmt: skip
        command = [str(SYSGEN), "push", str(directory), NAME, "--license", "mit"]
        started = time.monotonic()
        child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        _, status, spent = os.wait4(child.pid, 0)
        assert status == 0
        return time.monotonic() - started, spent.ru_maxrss / 1e3


def main(arguments):
    sizes = [int(size) for size in arguments if size.isdigit()] or [20_000, 200_000]
    packages = ", ".join(f"{name} {version(name)}" for name in ("huggingface-hub", "datasets", "pyarrow"))
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}, {packages}\n")
    print(
        "| rows | parquet MB | first push s | peak MB | again s | peak MB |\n|---:|---:|---:|---:|---:|---:|"
    )
    for rows in sizes:
        with tempfile.TemporaryDirectory() as place, LocalHub() as hub:
            directory = Path(place)
            make_run(directory, BASE)
            complete(directory)
            multiply(directory, rows // BASE)
            if "scrubbed" in arguments:
                name_model_by_path(directory)
            size = sum(f.stat().st_size for f in (directory / "dataset").rglob("*.parquet")) / 1e6
            first, again = push(hub, directory), push(hub, directory)
            assert len(hub.dataset(NAME).history()) == 2
        figures = " | ".join(f"{figure:,.0f}" for figure in (rows, size, *first, *again))
        print(f"| {figures} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
