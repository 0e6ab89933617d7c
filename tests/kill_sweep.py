"""Kills commands at each event at which they change files, call a server or keep replies, and has them go on.

    python -m tests.kill_sweep FOLDER --scenario run --points 6

Each point is a process of its own, forked from this one, which has imported everything and has run every
command once in another folder. It gets SIGKILL at its n-th event; then the same command runs to its end,
and what it leaves is held against an undisturbed run. Once every event of a command has had its turn, the
command that goes on is killed as well. One line of JSON per point.
"""

import argparse
import gc
import importlib
import json
import os
import random
import shutil
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from tests.commands import write_rows
from tests.kill_scenarios import SCENARIOS
from tests.killed_command import run_forked, run_here, silence
from tests.warm_parent import prepare

ROWS = 12
_MORE_IMPORTED = ("sysgen_distilabel.workflows.run", "datasets", "huggingface_hub", "pyarrow.parquet")
_LEFT = (".new", ".old", ".tmp", ".work", ".next")
_GOLDEN = 0.618033988749895


def sweep(names, folder, points, seconds, seed):
    """The outcome of each point of some scenarios, those first that have got least.

    Args:
        names: of the scenarios.
        folder: an empty directory.
        points: how many points a scenario has at most; those of one round lie spread over all its events.
        seconds: after how many no further point begins.
        seed: where a round begins.
    """
    ends = time.monotonic() + seconds
    with ExitStack() as stack:
        for service in dict.fromkeys(SCENARIOS[name].service for name in names):
            if service:  # before the import of its client, which reads the environment
                os.environ.update(stack.enter_context(service(folder)))
        prepare()
        for module in _MORE_IMPORTED:
            importlib.import_module(module)
        _draw_plots_once()
        for name in names:
            _rehearse(SCENARIOS[name], _make_folder(folder, name, "rehearsed"))
        gc.collect()
        gc.freeze()  # what is not looked at is not copied
        commands = [_Killed(name, _make_folder(folder, name, "mine"), seed) for name in names]
        while open_ones := [one for one in commands if one.tried < points]:
            if time.monotonic() > ends:
                break
            yield min(open_ones, key=lambda one: divmod(one.tried, one.events)).kill_next()


def _make_folder(folder, name, kind):
    mine = folder / name.replace(" ", "-") / kind
    mine.mkdir(parents=True)
    write_rows(mine / "rows.jsonl", ROWS)
    return mine


def _draw_plots_once():
    """Draw each plot of a page one time only: it touches no file, and takes half of a report's time."""
    from sysgen_distilabel.report.page import plots

    draw, drawn = plots._render, {}

    def draw_once(figure, image_format, salt):
        if (image_format, salt) not in drawn:
            drawn[image_format, salt] = draw(figure, image_format, salt)
        return drawn[image_format, salt]

    plots._render = draw_once


def _rehearse(scenario, folder):
    """Run the commands in this process, so that its forks have imported what they import."""
    from huggingface_hub import close_session

    streams = [os.dup(1), os.dup(2)]
    silence()
    try:
        for step in (*scenario.prepare(folder), scenario.command(folder, "rehearsed")):
            _check(step() if callable(step) else run_here(step), step)
    finally:
        for number, stream in enumerate(streams, 1):
            os.dup2(stream, number)
    close_session()  # forks do not share a connection


class _Killed:
    """A command, what it leaves if nobody disturbs it, and which of its events are next."""

    def __init__(self, name, folder, seed):
        self.tried = 0
        self._name, self._scenario, self._folder = name, SCENARIOS[name], folder
        self._base = folder.with_name("base")
        self._chance = random.Random(f"{seed} {name}")
        for step in self._scenario.prepare(folder):
            _check(step() if callable(step) else run_forked(step)[0], step)
        shutil.copytree(folder, self._base)
        code, self.events = run_forked(
            self._scenario.command(folder, "undisturbed"), at_replies=self._scenario.at_replies
        )
        _check(code or int(not self.events), name)
        self._rows, self._files = self._scenario.count(folder, "undisturbed"), _list(folder)
        self._calls = _count_calls(folder)
        self._more = self._scenario.count_more("undisturbed") if self._scenario.count_more else 0
        start = self._chance.random()  # beginnings of an order by this lie evenly over all events
        self._order = sorted(range(1, self.events + 1), key=lambda number: (number * _GOLDEN + start) % 1)

    def kill_next(self):
        """Kill the command at the next event, from the second round on twice, and have it go on."""
        rounds, place = divmod(self.tried, self.events)
        self.tried += 1
        shutil.rmtree(self._folder)
        shutil.copytree(self._base, self._folder)
        more = [self._chance.randint(1, self.events)] if rounds else []
        return self._kill([self._order[place], *more], f"killed-{self.tried}")

    def _kill(self, numbers, published):
        scenario, folder = self._scenario, self._folder
        kills, repeated = 0, 0
        for number in (*numbers, 0):
            calls, is_done = _count_calls(folder), (folder / "run" / "report.json").exists()
            code, _ = run_forked(scenario.command(folder, published), number, scenario.at_replies)
            if not (self._name == "retry" and kills and is_done):  # that is a further retry
                repeated += max(0, _count_calls(folder) - max(self._calls, calls))
            if code != -signal.SIGKILL:
                break
            kills += 1
        if scenario.count_more:
            repeated += max(0, scenario.count_more(published) - self._more)
        return {
            "scenario": self._name,
            "point": numbers,
            "events": self.events,
            "kills": kills,
            "exit": code,
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

    number = 0
    for calls in {path.parent for path in folder.rglob("*.sqlite")}:
        if "part" not in str(calls) and calls.name != "shared":
            with Store.open_read(calls) as store:
                number += sum(usage.calls for usage in store.usage().values())
    return number


def _check(code, what):
    if code:
        raise SystemExit(f"{what} ended with {code}")


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenario", choices=SCENARIOS, action="append")
    parser.add_argument("--points", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.scenario or list(SCENARIOS)
    for outcome in sweep(names, options.folder, options.points, options.seconds, options.seed):
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
