"""Kills a command at each event at which it changes files or talks to a server, and has it go on.

    python -m tests.kill_sweep SCENARIO FOLDER --points 6

Each point is a process of its own, forked once everything is imported, that gets SIGKILL at its n-th
event; then the same command runs to its end, and what it leaves is held against an undisturbed run. One
line of JSON per point.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from sysgen_distilabel import cli
from tests.commands import write_rows

ROWS = 12
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
_EVENTS |= {"shutil.rmtree", "shutil.copytree", "shutil.copyfile", "sqlite3.connect", "socket.connect"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_LEFT = (".new", ".old", ".tmp", ".work", ".next")


@dataclass(frozen=True)
class Scenario:
    """What is prepared, what is killed, and how many rows must be there at the end.

    Attributes:
        prepare: commands that are run to their end first, in a folder.
        command: the command.
        result: the directory it makes, in the folder.
        count: the rows in there.
    """

    prepare: Callable[[Path], list[list]]
    command: Callable[[Path], list]
    result: str
    count: Callable[[Path], int]


def _run(folder, *more, name="run"):
    return ["run", folder / "rows.jsonl", "--output", folder / name, "--llm", "simulated", "-q", *more]


def _rows_of(*subsets):
    def count(directory):
        files = [file for subset in subsets for file in (directory / subset).glob("*.parquet")]
        ids = [one for file in files for one in pq.read_table(file).column("source_id").to_pylist()]
        return len(ids) if len(set(ids)) == len(ids) else -len(ids)

    return count


def _lines(directory):
    return (directory / "train.jsonl").read_bytes().count(b"\n")


_OUTCOMES = _rows_of("dataset/accepted", "dataset/rejected")
_CUT = ("--llm-arg", "truncated_rate=0.3")
SCENARIOS = {
    "run": Scenario(lambda f: [], _run, "run", _OUTCOMES),
    "retry": Scenario(
        lambda f: [_run(f, *_CUT)], lambda f: _run(f, *_CUT, "--retry", "truncated_reply"), "run", _OUTCOMES
    ),
    "merge": Scenario(
        lambda f: [_run(f, "--shard", f"{n}/2", name=f"part{n}") for n in (1, 2)],
        lambda f: ["merge", f / "part1", f / "part2", "--output", f / "run"],
        "run",
        _OUTCOMES,
    ),
    "report": Scenario(lambda f: [_run(f)], lambda f: ["report", f / "run"], "run", _OUTCOMES),
    "export": Scenario(
        lambda f: [_run(f), ["export", f / "run", "--format", "sharegpt", "--output", f / "out"]],
        lambda f: ["export", f / "run", "--format", "sharegpt", "--output", f / "out"],
        "out",
        _lines,
    ),
    "preferences": Scenario(
        lambda f: [_run(f)],
        lambda f: ["preferences", f / "run", "--judge-llm", "simulated", "-q"],
        "run",
        _OUTCOMES,
    ),
    "responses": Scenario(
        lambda f: [_run(f)],
        lambda f: ["evaluate", "responses", f / "run", "--judge-llm", "simulated"],
        "run",
        _OUTCOMES,
    ),
}


def sweep(name, folder, points, first=0.0):
    """The outcome of each point of a scenario.

    Args:
        name: of the scenario.
        folder: an empty directory.
        points: how many points at most, spread over all events.
        first: the share of the way to the second point at which the first one is.
    """
    scenario = SCENARIOS[name]
    base, mine = folder / "base", folder / "mine"
    mine.mkdir(parents=True)
    write_rows(mine / "rows.jsonl", ROWS)
    for command in scenario.prepare(mine):
        _check(_child(command), command)
    shutil.copytree(mine, base)
    code, events = _child(scenario.command(mine))
    _check((code, events), name)
    wanted, files = scenario.count(mine / scenario.result), _list(mine)
    calls = _count_calls(mine)
    step = max(1.0, events / points)
    for number in sorted({int(first * step + place * step) + 1 for place in range(points)}):
        if number > events:
            break
        shutil.rmtree(mine)
        shutil.copytree(base, mine)
        killed, _ = _child(scenario.command(mine), number)
        answered = _count_calls(mine)
        was_done = name == "retry" and (mine / "run" / "report.json").exists()  # then it is a further retry
        again, _ = _child(scenario.command(mine))
        there = scenario.count(mine / scenario.result) if (mine / scenario.result).exists() else 0
        yield {
            "scenario": name,
            "point": number,
            "events": events,
            "killed": killed == -signal.SIGKILL,
            "exit": again,
            "lost": wanted - there,
            "repeated": 0 if was_done else max(0, _count_calls(mine) - max(calls, answered)),
            "left": sorted(path for path in _list(mine) if path.endswith(_LEFT) or ".new" in path),
            "missing": sorted(files - _list(mine)),
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
        if "part" not in str(calls)
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

    def hear(event, arguments):
        if os.getpid() != mine:
            return  # a step's own process
        is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if event in _EVENTS or (is_writing and not str(arguments[0]).startswith("/dev/")):
            counted[0] += 1
            if counted[0] == kill_at:
                os.kill(mine, signal.SIGKILL)

    sys.addaudithook(hear)
    return counted


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
