"""A run of the paper's size: rows/s and memory against the number of rows, a kill half way, the report.

    python tests/benchmarks/scale.py --rows 10000 100000 --folder FOLDER
    python tests/benchmarks/scale.py --rows 806796 --kill-at 0.5 --folder FOLDER

`sysgen run` as a user starts it, over rows of the paper's lengths (`paper_rows.py`), with the
simulated engine at latency 0. Memory is the PSS of all processes, so that shared pages count once.
On a machine that others use compare the CPU seconds, not the rows/s. FOLDER needs 6 KB for each row.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import pyarrow.parquet as pq

SYSGEN = Path(sys.executable).with_name("sysgen")
ENGINE = ["--llm", "simulated", "--llm-arg", "malformed_rate=0.02", "--llm-arg", "truncated_rate=0.01"]
PAUSE = 2.0


@dataclass
class Sample:
    """What a run was like at one moment: seconds since its start, rows at the leaves, and its cost."""

    seconds: float
    rows: int
    cpu: float
    pss: int


class Session:
    """One start of `sysgen run`, watched until it ends or is killed."""

    def __init__(self, source, run):
        self.run = run
        self.samples = []
        self.marks = {}
        self._rows = {}
        self._started, self._born = time.monotonic(), time.time()
        command = [str(SYSGEN), "run", str(source), "--output", str(run), "--quiet", *ENGINE]
        self.process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)

    @property
    def seconds(self):
        return time.monotonic() - self._started

    def watch(self, kill_at=None):
        """Take samples until the run ends, or until so many rows have come to a leaf: then kill it."""
        while self.process.poll() is None:
            self._take_sample()
            if kill_at and self.samples[-1].rows >= kill_at:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                return
            time.sleep(PAUSE)
        self.marks["end"] = self.seconds
        if self.process.returncode:
            raise SystemExit(f"the run failed with exit code {self.process.returncode}")

    def time_to(self, rows):
        """Seconds until so many rows had come to a leaf."""
        return next(sample.seconds for sample in self.samples if sample.rows >= rows)

    @staticmethod
    def between(samples, first, last):
        """CPU seconds and seconds per 1,000 rows between two numbers of rows; `None` if too few tell."""
        chosen = [sample for sample in samples if first <= sample["rows"] <= last]
        chosen = [
            sample
            for sample, before in zip(chosen, [None, *chosen], strict=False)
            if before is None or sample["rows"] > before["rows"]
        ]
        if len(chosen) < 2:
            return None
        thousands = (chosen[-1]["rows"] - chosen[0]["rows"]) / 1000
        return {
            "cpu": (chosen[-1]["cpu"] - chosen[0]["cpu"]) / thousands,
            "wall": (chosen[-1]["seconds"] - chosen[0]["seconds"]) / thousands,
        }

    @property
    def peak(self):
        return max(sample.pss for sample in self.samples)

    def _take_sample(self):
        # What the steps have written goes away when the run is finished.
        if (self.run / ".work" / "dataset").exists():
            self.marks.setdefault("steps", self.seconds)
        if (self.run / "report.json").exists():
            self.marks.setdefault("dataset", self.seconds)
        cpu, pss = cost_of_tree(self.process.pid)
        self.samples.append(Sample(round(self.seconds, 1), self._count_rows(), round(cpu, 1), pss))

    def _count_rows(self):
        for file in self.run.glob(".work/**/steps_outputs/*/*.parquet"):
            try:
                if file not in self._rows and file.stat().st_mtime > self._born:
                    self._rows[file] = pq.read_metadata(file).num_rows
            except OSError:  # it was cleared away just now
                continue
        return sum(self._rows.values())


def cost_of_tree(pid):
    """CPU seconds and PSS in bytes of a process and its descendants, with those that have ended."""
    cpu, pss = 0.0, 0
    try:
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            times = process.cpu_times()
            cpu += times.user + times.system
            pss += process.memory_full_info().pss
        cpu += parent.cpu_times().children_user + parent.cpu_times().children_system
    except psutil.Error:
        pass
    return cpu, pss


def measure(rows, kill_at, folder):
    """Run so many rows and report on them; what was found as one dictionary."""
    from tests.benchmarks.paper_rows import write_rows

    source, run = folder / f"{rows}.jsonl", folder / f"run-{rows}"
    found = {"rows": rows, "input_mb": write_rows(source, rows) >> 20}
    sessions = [Session(source, run)]
    sessions[0].watch(kill_at=int(rows * kill_at) if kill_at else None)
    if kill_at:
        stored = size_of(run / "calls")
        sessions.append(Session(source, run))
        sessions[1].watch()
        found["killed_at"] = sessions[0].samples[-1].rows
        found["resume_seconds"] = sessions[1].time_to(found["killed_at"])
        found["store_mb_at_kill"] = stored >> 20
    first, last = sessions[0], sessions[-1]
    found["peak_mb"] = max(session.peak for session in sessions) >> 20
    found["marks"] = last.marks
    found["first_row"] = first.time_to(1)
    found["store_bytes_per_row"] = size_of(run / "calls") / rows
    found["dataset_bytes_per_row"] = size_of(run / "dataset") / rows
    found["report"] = time_command("report", run)
    counts = json.loads((run / "report.json").read_text())["rows"]
    found["counts"] = {"accepted": counts["accepted"], "rejected": sum(counts["rejected"].values())}
    assert sum(found["counts"].values()) == rows == counts["input"], counts
    calls = json.loads((run / "report.json").read_text())["usage"]
    found["calls"] = {task: (usage["calls"], usage["cached"]) for task, usage in calls.items()}
    found["samples"] = [[asdict(sample) for sample in session.samples] for session in sessions]
    return found


def table(found):
    """The runs as Markdown; CPU seconds are of all processes, per 1,000 rows."""
    lines = [
        "| rows | rows/s | CPU s | first fifth | last fifth | replayed | peak MB | store KB per row"
        " | dataset KB per row | report, s (CPU s) | its peak MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in found:
        first, last, rows = run["samples"][0], run["samples"][-1], run["rows"]
        killed_at = run.get("killed_at", 1)
        asked = Session.between(last, killed_at, rows)
        costs = [asked, Session.between(first, 1, rows * 0.2), Session.between(last, rows * 0.8, rows)]
        costs.append(Session.between(last, 1, killed_at))
        cells = [
            f"{run['rows']:,}",
            f"{1000 / asked['wall']:,.0f}",
            *("" if cost is None else f"{cost['cpu']:.2f}" for cost in costs),
            f"{run['peak_mb']:,}",
            f"{run['store_bytes_per_row'] / 1e3:.2f}",
            f"{run['dataset_bytes_per_row'] / 1e3:.2f}",
            f"{run['report']['seconds']:.0f} ({run['report']['cpu']:.0f})",
            f"{run['report']['peak_mb']:,}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def time_command(*arguments):
    """Seconds, CPU seconds and peak memory of a command of `sysgen`."""
    started, peak, cpu = time.monotonic(), 0, 0.0
    process = subprocess.Popen([str(SYSGEN), *map(str, arguments)], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        spent, pss = cost_of_tree(process.pid)
        peak, cpu = max(peak, pss), max(cpu, spent)
        time.sleep(0.5)
    assert process.returncode == 0, arguments
    return {"seconds": time.monotonic() - started, "cpu": cpu, "peak_mb": peak >> 20}


def size_of(directory):
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())


def environment():
    memory = psutil.virtual_memory().total >> 30
    return f"{platform.platform()}, {os.cpu_count()} cores, {memory} GiB; Python {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--kill-at", type=float, help="share of the rows after which to kill the run once")
    parser.add_argument("--folder", type=Path, required=True, help="where to work; it is removed at the end")
    parser.add_argument("--json", type=Path, help="write what was found to this file")
    arguments = parser.parse_args()
    arguments.folder.mkdir()
    print(environment(), flush=True)
    found = []
    try:
        for rows in arguments.rows:
            found.append(measure(rows, arguments.kill_at, arguments.folder))
            shown = {name: value for name, value in found[-1].items() if name != "samples"}
            print(json.dumps(shown, indent=1), "load:", os.getloadavg(), flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps(found) + "\n")
        print(table(found))
    finally:
        shutil.rmtree(arguments.folder)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
