"""Drives the command line as a user does."""

import json
import math
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from sysgen_distilabel.llms.simulation.simulator import simulate
from tests.patience import PATIENCE
from tests.warm import ROOT, run_warm

SYSGEN = Path(sys.executable).with_name("sysgen")
EXAMPLES = ROOT / "examples" / "data"


def sysgen(*arguments, cwd=ROOT, timeout=PATIENCE, **environment):
    """Run `sysgen` to its end and return the completed process; variables are set in its environment."""
    if not environment:
        return run_warm(*arguments, cwd=cwd, timeout=timeout)
    return subprocess.run(
        [str(SYSGEN), *map(str, arguments)],
        cwd=cwd,
        timeout=timeout,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def write_rows(path, number, text="Explain the number {n} in one sentence."):
    """A jsonl file of question and answer rows with ids."""
    rows = (
        {"id": f"row-{n:05d}", "question": text.format(n=n), "answer": f"{n} is the number after {n - 1}."}
        for n in range(number)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_dataset(directory):
    """All rows of a run by subset, in their order."""
    import pyarrow.parquet as pq

    return {
        subset: [
            row
            for file in sorted((Path(directory) / "dataset" / subset).glob("*.parquet"))
            for row in pq.read_table(file).to_pylist()
        ]
        for subset in ("accepted", "rejected")
    }


def simulated_answer(messages):
    """What the engine behind `engine_server` answers."""
    return simulate(messages, max_new_tokens=1024).text


@contextmanager
def engine_server(log, *arguments):
    """An OpenAI-compatible server in a process of its own; yields what `sysgen run` needs to use it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.engine_process", "--log", str(log),
         "--answer", "tests.commands:simulated_answer", *map(str, arguments)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        base_url = server.stdout.readline().strip()
        yield EngineServer(server, base_url)
    finally:
        server.kill()
        server.wait()


class EngineServer:
    """The server's process, and the arguments that make `sysgen run` use it."""

    def __init__(self, process, base_url):
        self.process = process
        self.base_url = base_url

    def allow(self, number=math.inf):
        """Answer the first so many requests only; those behind them wait for more to be allowed."""
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()

    @property
    def flags(self):
        fields = {"model": "engine", "base_url": self.base_url, "api_key": "none", "max_retries": 0}
        pairs = [f"{name}={value}" for name, value in fields.items()]
        return [
            "--llm",
            "distilabel.models.OpenAILLM",
            *(flag for pair in pairs for flag in ("--llm-arg", pair)),
        ]
