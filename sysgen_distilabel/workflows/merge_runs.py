"""Puts the runs of all shards of an input together, as if it had been one run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from sysgen_distilabel.columns import TOOLS
from sysgen_distilabel.errors import RunError, StoreError
from sysgen_distilabel.outcome import SUBSETS
from sysgen_distilabel.recorded.shard import BrokenShard, EmptyShard, Shard
from sysgen_distilabel.runs.dataset import write_dataset
from sysgen_distilabel.runs.row_counts import Accounts, count_outcomes
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.engine_config import describe
from sysgen_distilabel.settings.run_config import NOT_IDENTITY, RunConfig
from sysgen_distilabel.workflows.run import RunResult, complete_page, finish_run, lacks_page, write_page

if TYPE_CHECKING:
    from sysgen_distilabel.host.write_buffer import LeafFiles

_EVERY_SHARD: Final = "Name the directories of all shards, each finished by `sysgen run --shard`."


@dataclass(frozen=True, slots=True)
class _Part:
    """The finished run of one shard."""

    run: RunDirectory
    config: dict[str, Any]
    provenance: dict[str, Any]
    number: int
    of: int
    rows: int
    fingerprint: str
    prompts: dict[str, str]
    seconds: float


def merge(directories: Sequence[Path], output: Path) -> RunResult:
    """Make one finished run out of those of all shards; they stay as they are.

    The rows are in the order of the input, as in a single run. The store holds every reply, so the
    report tells of all calls and `sysgen run --retry` goes on from it. A merge that was killed is
    repeated by the same call.

    Args:
        directories: the run directories, one of each shard, in any order.
        output: the directory of the run they make up.

    Raises:
        RunError: if one is missing, not finished or of another run, or the counts do not add up.
    """
    parts = sorted((_read_part(path) for path in directories), key=lambda part: part.number)
    _check_parts(parts)
    directory = RunDirectory(output)
    with directory.locked(), directory.explain_os_errors():
        if directory.is_finished() and not lacks_page(directory):
            raise RunError(f"There is a run in {output} already.", "Name another directory with --output.")
        config = _settings_of_all(parts[0])
        directory.check(config, parts[0].provenance, "if_possible")  # what a killed merge has left is ours
        if directory.is_finished():  # all but the page, for a merge that was killed at its very end
            accounts = count_outcomes(directory.require_finished().dataset)
            complete_page(directory)
        else:
            accounts = _merge_into(directory, parts, config)
            write_page(directory)
    return RunResult(directory, accounts, resumed=False, was_finished=False)


def _merge_into(directory: RunDirectory, parts: Sequence[_Part], config: RunConfig) -> Accounts:
    import pyarrow.parquet as pq

    from sysgen_distilabel.workflows.build_pipeline import build_pipeline

    directory.clear_work()
    directory.work.mkdir()
    directory.calls.mkdir(exist_ok=True)
    for part in parts:
        _copy_store(part, directory.calls)
    new_dataset, rows = directory.work / "dataset", parts[0].rows
    write_dataset({subset: _find_files(parts, subset) for subset in SUBSETS}, new_dataset)
    count_outcomes(new_dataset).check(rows)  # before the directory becomes a run
    schema = pq.read_schema(next(new_dataset.rglob("*.parquet")))
    pipeline = build_pipeline(config, has_tools=TOOLS in schema.names)
    directory.start(config, parts[0].provenance, pipeline.dump())
    if rounds := _merge_retries(parts):
        directory.reopen(rounds)
    return finish_run(directory, config, rows, sum(part.seconds for part in parts))


def _settings_of_all(part: _Part) -> RunConfig:
    try:
        return RunConfig(**{**part.config, "shard": None})
    except ValidationError as error:
        raise RunError(
            f"The settings of the run in {part.run.path} are not known here: {describe(error)}.",
            "Merge with the version of sysgen-distilabel that made the shards.",
        ) from None


def _read_part(path: Path) -> _Part:
    run = RunDirectory(path).require_finished()
    try:
        config, provenance = run.read_config(), run.read_provenance()
        facts = {name: provenance["input"][name] for name in ("rows", "fingerprint")}
        facts |= {"prompts": provenance["prompts"], "seconds": run.read_report()["seconds_of_last_session"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(
            f"The files of the run in {path} are broken: {type(error).__name__}: {error}.",
            "Run this shard again, in another directory.",
        ) from None
    if run.corrections_file.exists():
        raise RunError(f"The run in {path} has been corrected in a review.", "Review the merged run instead.")
    if not (match := re.fullmatch(r"(\d+)/(\d+)", config.get("shard") or "")):
        raise RunError(f"The run in {path} is not of a shard, it has the whole input.", _EVERY_SHARD)
    return _Part(run, config, provenance, int(match[1]), int(match[2]), **facts)


def _check_parts(parts: Sequence[_Part]) -> None:
    """Every shard once, all of the same run."""
    first = parts[0]
    for part in parts:
        differences = [
            name
            for name in first.config
            if name not in {*NOT_IDENTITY, "shard"} and part.config.get(name) != first.config[name]
        ]
        if part.of != first.of:
            differences.append("the number of shards")
        if part.fingerprint != first.fingerprint:
            differences.append("the rows of the input")
        if part.prompts != first.prompts:
            differences.append("the prompts")
        if differences:
            raise RunError(
                f"The runs in {first.run.path} and {part.run.path} do not belong together; they differ in:"
                f" {', '.join(differences)}.",
                _EVERY_SHARD,
            )
    numbers = [part.number for part in parts]
    missing = sorted(set(range(1, first.of + 1)) - set(numbers))
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    for problem, found in (("missing", missing), ("given twice", twice)):
        if found:
            names = ", ".join(f"{number}/{first.of}" for number in found)
            raise RunError(f"Shards are {problem}: {names}.", _EVERY_SHARD)


def _find_files(parts: Sequence[_Part], subset: str) -> LeafFiles:
    """The files of a subset in the order of the input, and the columns that hold what is in all of them."""
    import pyarrow.parquet as pq

    from sysgen_distilabel.host.arrow_types import merge_schemas
    from sysgen_distilabel.host.write_buffer import LeafFiles

    files = [file for part in parts for file in sorted((part.run.dataset / subset).glob("*.parquet"))]
    schemas = [pq.read_schema(file).remove_metadata() for file in files]
    return LeafFiles(merge_schemas(schemas), [file for file in files if pq.read_metadata(file).num_rows])


def _copy_store(part: _Part, target: Path) -> None:
    """Copy the replies under names that no machine takes for its own."""
    for path in sorted(part.run.calls.glob("*.sqlite")):
        copy = target / f"shard{part.number}-of-{part.of}-{path.name}"
        copy.unlink(missing_ok=True)
        try:
            with closing(Shard(path, writable=False)) as shard:  # also where nobody may write
                shard.copy_to(copy)
        except EmptyShard:
            continue
        except (BrokenShard, StoreError) as error:
            raise RunError(
                f"The replies in {path} cannot be copied to {target}: {error}.",
                "Make room if the disk is full. If the file is broken, move it away: the rows are all"
                " there, and what is missing then are its replies and counts of calls.",
            ) from error


def _merge_retries(parts: Sequence[_Part]) -> dict[str, dict[str, int]]:
    """How often each row was asked again; no row is in two shards."""
    rounds: dict[str, dict[str, int]] = {}
    for part in parts:
        for task, rows in part.run.read_retries().items():
            rounds.setdefault(task, {}).update(rows)
    return rounds
