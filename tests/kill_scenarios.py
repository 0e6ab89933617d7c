"""The commands that are killed: what each finds, what it does, and how many rows it has to leave."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import ROOT
from tests.kill_services import (
    answer_some,
    count_commits,
    count_published,
    count_records,
    local_argilla,
    local_hub,
)


@dataclass(frozen=True)
class Scenario:
    """What is prepared, what is killed, and how many rows must be there at the end.

    Attributes:
        prepare: commands that are run to their end first, in a folder, and functions that are called there.
        command: the command, in a folder and for a name that it publishes under.
        count: the rows that are there in the end; it is given the same.
        service: what the commands talk to; it is given a folder, and yields their environment.
        count_more: what else is not to be done twice.
        at_replies: whether it is killed between its calls of an engine, with all its processes.
    """

    prepare: Callable[[Path], list]
    command: Callable[[Path, str], list]
    count: Callable[[Path, str], int]
    service: Callable[[Path], Any] | None = None
    count_more: Callable[[str], int] | None = None
    at_replies: bool = False


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


def _apart(option):
    """Has the replies come one by one."""
    return [option, "latency=0.05", option, "latency_spread=1.0"]


def _evaluate(folder):
    return ["evaluate", "heldout", _HELD_OUT, "--output", folder / "run", "--llm", "simulated"]


def _evaluated(folder, _):
    import pyarrow.parquet as pq

    files = (folder / "run" / "rows").glob("*.parquet")
    return len({one for file in files for one in pq.read_table(file).column("source_id").to_pylist()})


def _lines(folder, _):
    file = folder / "out" / "train.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _review(folder, action, name):
    return ["review", action, folder / "run", "--dataset", name, "--workspace", "review"]


def _answered(folder):
    """A run that is pushed, and of which somebody has answered some records."""
    name = _pulled(folder)
    return [_run(folder), _review(folder, "push", name), lambda: answer_some(name)]


def _pulled(folder):
    return f"{folder.parent.name}-{folder.name}"


_OUTCOMES = _rows_of("accepted", "rejected")
_HELD_OUT = ROOT / "examples" / "evaluation" / "heldout.jsonl"
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
    "heldout": Scenario(lambda f: [], lambda f, _: _evaluate(f), _evaluated),
    "run, at replies": Scenario(
        lambda f: [], lambda f, _: _run(f, *_apart("--llm-arg")), _OUTCOMES, at_replies=True
    ),
    "preferences, at replies": Scenario(
        lambda f: [_run(f, *_apart("--llm-arg"))],
        lambda f, _: ["preferences", f / "run", "--judge-llm", "simulated", "-q", *_apart("--judge-llm-arg")],
        _OUTCOMES,
        at_replies=True,
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
        _answered, lambda f, _: _review(f, "pull", _pulled(f)), _rows_of("review"), local_argilla
    ),
    "apply review": Scenario(
        lambda f: [*_answered(f), _review(f, "pull", _pulled(f))],
        lambda f, _: _run(f, "--apply-review"),
        _OUTCOMES,
        local_argilla,
    ),
}
"""What is killed, by the name of the command."""
