"""Kills a command at each event at which it changes files or talks to a server, and has it go on.

    python -m tests.kill_sweep SCENARIO FOLDER --points 6

Each point is a process of its own, forked once everything is imported, that gets SIGKILL at its n-th
event; then the same command runs to its end, and what it leaves is held against an undisturbed run. One
line of JSON per point.
"""

import argparse
import contextlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import write_rows
from tests.kill_services import (
    answer_some,
    count_commits,
    count_published,
    count_records,
    local_argilla,
    local_hub,
)
from tests.warm_parent import IMPORTED_BEFORE

ROWS = 12
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
_EVENTS |= {"shutil.rmtree", "shutil.copytree", "shutil.copyfile", "sqlite3.connect", "socket.connect"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_MORE_IMPORTED = ("sysgen_distilabel.workflows.run", "datasets", "huggingface_hub", "pyarrow.parquet")
_LEFT = (".new", ".old", ".tmp", ".work", ".next")


@dataclass(frozen=True)
class Scenario:
    """What is prepared, what is killed, and how many rows must be there at the end.

    Attributes:
        prepare: commands that are run to their end first, in a folder, and functions that are called there.
        command: the command, in a folder and for a name that it publishes under.
        count: the rows that are there in the end; it is given the same.
        service: what the commands talk to; it is given a folder, and yields their environment.
        count_more: what else is not to be done twice.
    """

    prepare: Callable[[Path], list]
    command: Callable[[Path, str], list]
    count: Callable[[Path, str], int]
    service: Callable[[Path], Any] | None = None
    count_more: Callable[[str], int] | None = None


def _run(folder, *more, name="run", llm="simulated"):
    return ["run", folder / "rows.jsonl", "--output", folder / name, "--llm", llm, "-q", *more]


def _rows_of(*subsets, name="run"):
    def count(folder, _):
        import pyarrow.parquet as pq

        files = [
            file for subset in subsets for file in (folder / name / "dataset" / subset).glob("*.parquet")
        ]
        ids = [one for file in files for one in pq.read_table(file).column("source_id").to_pylist()]
        return len(ids) if len(set(ids)) == len(ids) else -len(ids)

    return count


def _lines(folder, _):
    file = folder / "out" / "train.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _review(folder, action, name):
    return ["review", action, folder / "run", "--dataset", name, "--workspace", "review"]


def _answered(folder):
    """A run that is pushed, and of which somebody has answered some records."""
    return [_run(folder), _review(folder, "push", "pulled"), lambda: answer_some("pulled")]


_OUTCOMES = _rows_of("accepted", "rejected")
_CUT = ("--llm-arg", "truncated_rate=0.3")
_WRITER = "tests.services.hub.writer.WriterLLM"
SCENARIOS = {
    "run": Scenario(lambda f: [], lambda f, _: _run(f), _OUTCOMES),
    "shared store": Scenario(
        lambda f: [_run(f, "--store", f / "shared", name="first")],
        lambda f, _: _run(f, "--store", f / "shared", "--llm-arg", "seed=1"),
        _OUTCOMES,
    ),
    "retry": Scenario(
        lambda f: [_run(f, *_CUT)], lambda f, _: _run(f, *_CUT, "--retry", "truncated_reply"), _OUTCOMES
    ),
    "merge": Scenario(
        lambda f: [_run(f, "--shard", f"{n}/2", name=f"part{n}") for n in (1, 2)],
        lambda f, _: ["merge", f / "part1", f / "part2", "--output", f / "run"],
        _OUTCOMES,
    ),
    "report": Scenario(lambda f: [_run(f)], lambda f, _: ["report", f / "run"], _OUTCOMES),
    "export": Scenario(
        lambda f: [_run(f), ["export", f / "run", "--format", "sharegpt", "--output", f / "out"]],
        lambda f, _: ["export", f / "run", "--format", "sharegpt", "--output", f / "out"],
        _lines,
    ),
    "preferences": Scenario(
        lambda f: [_run(f)],
        lambda f, _: ["preferences", f / "run", "--judge-llm", "simulated", "-q"],
        _OUTCOMES,
    ),
    "responses": Scenario(
        lambda f: [_run(f)],
        lambda f, _: ["evaluate", "responses", f / "run", "--judge-llm", "simulated"],
        _OUTCOMES,
    ),
    "push": Scenario(
        lambda f: [_run(f, llm=_WRITER)],
        lambda f, name: ["push", f / "run", f"acme/{name}", "--license", "mit"],
        lambda _, name: count_published(name),
        local_hub,
        count_commits,
    ),
    "review push": Scenario(
        lambda f: [_run(f)],
        lambda f, name: _review(f, "push", name),
        lambda _, name: count_records(name),
        local_argilla,
    ),
    "review pull": Scenario(
        _answered, lambda f, _: _review(f, "pull", "pulled"), _rows_of("review"), local_argilla
    ),
    "apply review": Scenario(
        lambda f: [*_answered(f), _review(f, "pull", "pulled")],
        lambda f, _: _run(f, "--apply-review"),
        _OUTCOMES,
        local_argilla,
    ),
}
"""What is killed, by the name of the command."""


def sweep(name, folder, points, first=0.0):
    """The outcome of each point of a scenario.

    Args:
        name: of the scenario.
        folder: an empty directory.
        points: how many points at most, spread over all events, in an order that chance gives.
        first: the share of the way to the second point at which the first one is.
    """
    scenario = SCENARIOS[name]
    base, mine = folder / "base", folder / "mine"
    mine.mkdir(parents=True)
    write_rows(mine / "rows.jsonl", ROWS)
    with ExitStack() as stack:
        if scenario.service:
            os.environ.update(stack.enter_context(scenario.service(folder)))
        for module in (*IMPORTED_BEFORE, *_MORE_IMPORTED):
            importlib.import_module(module)
        for step in scenario.prepare(mine):
            step() if callable(step) else _check(_child(step), step)
        shutil.copytree(mine, base)
        if scenario.service:  # what its clients keep for the next time spares requests, and with them events
            _check(_child(scenario.command(mine, "rehearsed")), name)
            shutil.rmtree(mine)
            shutil.copytree(base, mine)
        whole = _Whole(scenario, mine, name)
        step = max(1.0, whole.events / points)
        numbers = {int(first * step + place * step) + 1 for place in range(points)}
        for number in random.Random(first).sample(sorted(numbers), len(numbers)):
            if number > whole.events:
                continue
            shutil.rmtree(mine)
            shutil.copytree(base, mine)
            yield whole.kill(number)


class _Whole:
    """What the command leaves that nobody disturbs, to hold the others against."""

    def __init__(self, scenario, folder, name):
        self._scenario, self._folder, self._name = scenario, folder, name
        code, self.events = _child(scenario.command(folder, "undisturbed"))
        _check((code, self.events), name)
        self._rows, self._files = scenario.count(folder, "undisturbed"), _list(folder)
        self._calls = _count_calls(folder)
        self._more = scenario.count_more("undisturbed") if scenario.count_more else 0

    def kill(self, number):
        """Kill the command at an event and start it again."""
        scenario, folder = self._scenario, self._folder
        published = f"killed-{number}"
        killed, _ = _child(scenario.command(folder, published), number)
        answered = _count_calls(folder)
        was_done = (
            self._name == "retry" and (folder / "run" / "report.json").exists()
        )  # then it is a further one
        again, _ = _child(scenario.command(folder, published))
        repeated = 0 if was_done else max(0, _count_calls(folder) - max(self._calls, answered))
        if scenario.count_more:
            repeated += max(0, scenario.count_more(published) - self._more)
        return {
            "scenario": self._name,
            "point": number,
            "events": self.events,
            "killed": killed == -signal.SIGKILL,
            "exit": again,
            "lost": self._rows - scenario.count(folder, published),
            "repeated": repeated,
            "left": sorted(path for path in _list(folder) if path.endswith(_LEFT) or ".new" in path),
            "missing": sorted(self._files - _list(folder)),
        }


def _list(folder):
    """The files, without what SQLite keeps beside its own while they are open."""
    paths = (path.relative_to(folder) for path in folder.rglob("*"))
    return {str(path) for path in paths if not str(path).endswith(("-shm", "-wal", ".lock"))}


def _count_calls(folder):
    """How many calls were made and recorded, in all stores below a folder."""
    from sysgen_distilabel.recorded.store import Store

    return sum(
        usage.calls
        for calls in sorted({path.parent for path in folder.rglob("*.sqlite")})
        if "part" not in str(calls) and calls.name != "shared"
        for usage in Store.open_read(calls).usage().values()
    )


def _child(command, kill_at=0):
    """Run a command in a process of its own; its exit code, and the number of its events."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            from sysgen_distilabel import cli

            counted = _count_events(kill_at)
            sys.argv = ["sysgen", *map(str, command)]
            try:
                cli.main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            os.write(writer, str(counted[0]).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    events = os.read(reader, 100)
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), int(events or 0)


def _count_events(kill_at):
    """Count the events of this process, and end it at one of them."""
    counted, mine = [0], os.getpid()

    def count():
        counted[0] += 1
        if counted[0] == kill_at and os.getpid() == mine:
            os.kill(mine, signal.SIGKILL)

    def hear(event, arguments):
        if os.getpid() != mine:
            return  # a step's own process
        is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if event in _EVENTS or (is_writing and not str(arguments[0]).startswith("/dev/")):
            count()

    sys.addaudithook(hear)
    for module in ("httpx", "httpx2"):
        with contextlib.suppress(ImportError):
            _hear_requests(importlib.import_module(module).Client, count)
    return counted


def _hear_requests(client, count):
    """Count each request twice: before it is sent, and once it is answered."""
    send = client.send

    def counted(self, *arguments, **options):
        count()
        answer = send(self, *arguments, **options)
        count()
        return answer

    client.send = counted


def _check(outcome, what):
    if outcome[0] != 0:
        raise SystemExit(f"{what} ended with {outcome[0]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--points", type=int, default=6)
    parser.add_argument("--first", type=float, default=0.0)
    options = parser.parse_args()
    for outcome in sweep(options.scenario, options.folder, options.points, options.first):
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
