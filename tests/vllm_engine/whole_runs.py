"""Drives whole runs of `sysgen` on an engine that the run starts itself."""

import contextlib
import json
import sqlite3
import subprocess
import time

import psutil
import yaml

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import TASKS
from tests.commands import ROOT, SYSGEN, write_rows
from tests.patience import PATIENCE
from tests.processes import group_of
from tests.vllm_engine.conftest import SMALL

# A row takes the model few tokens.
SHORT = {"max_phrases": 3, "max_phrase_length": 12}

# Most answers reach the end of a clause within so many tokens, and are accepted.
ENDS = {TASKS[2]: {"max_new_tokens": 48, "stop": [".", ",", "\n"]}}


TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def tool_exchange(number, city):
    """A question, the call of the tool for it, the result and the answer."""
    function = {"name": "weather", "arguments": json.dumps({"city": city})}
    call = {"id": f"c{number}", "type": "function", "function": function}
    return [
        {"role": "user", "content": f"Weather in {city}?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "20 °C", "tool_call_id": f"c{number}"},
        {"role": "assistant", "content": f"It is 20 °C in {city}."},
    ]


class WholeRun:
    """A run with its input and settings in one directory, as often as it is started.

    Attributes:
        output: the run directory.
    """

    def __init__(self, directory, model, rows, **settings):
        self.output = directory / "run"
        config = {
            "input": str(write_rows(directory / "rows.jsonl", rows)),
            "model": str(model),
            "engine_args": SMALL,
            "structured_outputs": "on",
            **SHORT,
            "generation_kwargs": ENDS,
            **settings,
        }
        self._config = directory / "run.yaml"
        self._config.write_text(yaml.safe_dump(json.loads(json.dumps(config))), encoding="utf-8")

    def start(self, *options):
        """The process of `sysgen run`, the leader of its own group."""
        command = ["run", "--config", self._config, "--output", self.output, "--quiet", *options]
        return subprocess.Popen(
            [SYSGEN, *command],
            cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_for_calls(self, number, process, timeout=PATIENCE):
        """Until so many replies are in the store, or the process has ended."""
        deadline = time.monotonic() + timeout
        while process.poll() is None and self.calls() < number:
            assert time.monotonic() < deadline, "the run does not get on"
            time.sleep(0.1)
        assert process.poll() is None, process.communicate()[1]

    def calls(self):
        """Calls of the engine so far, in all sessions."""
        with Store.open_read(self.output / "calls") as store:
            return sum(usage.calls for usage in store.usage().values())


def find_engines(process):
    """The processes below this one in which vLLM has an engine."""
    engines = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "EngineCore" in " ".join(child.cmdline()):
                engines.append(child.pid)
    return engines


def find_loaded(process):
    """The processes below this one that have loaded PyTorch, and so a model."""
    loaded = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error, OSError):
            if any("libtorch" in mapped.path for mapped in child.memory_maps()):
                loaded.append(child.pid)
    return loaded


class Watch:
    """Looks at a process from its start to its end.

    Attributes:
        seen: what `look` found at any time.
        most: how many of them at once.
        processes: all processes that ever ran below it.
    """

    def __init__(self, process, look):
        self.seen, self.most, self.processes = set(), 0, set()
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                found = look(process)
                self.seen.update(found)
                self.most = max(self.most, len(found))
                self.processes.update(group_of(process))
            time.sleep(0.5)


def count_records(calls):
    """Calls in the store; a second answer to a request would have taken the place of the first."""
    total = 0
    for shard in calls.glob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(shard)) as connection:
            total += connection.execute("SELECT count(*) FROM calls").fetchone()[0]
    return total
