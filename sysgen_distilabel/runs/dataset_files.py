"""What the files of a dataset hold, as the report says it, so that a lost or changed one is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any


def describe_files(dataset: Path, without: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """The rows, bytes and sha256 of each parquet file, by its path in the dataset.

    Args:
        dataset: a directory with one subdirectory of parquet files per subset.
        without: subsets to leave out.
    """
    import pyarrow.parquet as pq

    return {
        path.relative_to(dataset).as_posix(): {
            "rows": pq.read_metadata(path).num_rows,
            "bytes": path.stat().st_size,
            "sha256": hash_file(path),
        }
        for path in sorted(dataset.glob("*/*.parquet"))
        if path.parent.name not in without
    }


def find_damage(
    dataset: Path,
    report: Mapping[str, Any],
    without: Collection[str] = (),
    contents: bool = True,
) -> str:
    """What is not as the report of the run says, as the beginning of a sentence; empty if all is well.

    The report of an older version lists no files; then the rows of each subset are counted.

    Args:
        dataset: the dataset of the run.
        report: its report.
        without: subsets that may be anything.
        contents: read the files through; without it their sizes have to do.
    """
    listed: Mapping[str, Mapping[str, Any]] | None = report.get("files")
    if listed is None:
        return _find_wrong_counts(dataset, report)
    for name, wanted in listed.items():
        if name.split("/")[0] not in without and (damage := _compare(dataset / name, wanted, contents)):
            return f"{name} {damage}"
    there = {path.relative_to(dataset).as_posix() for path in dataset.glob("*/*.parquet")}
    added = sorted(name for name in there - set(listed) if name.split("/")[0] not in without)
    return f"{added[0]} is not one of its files" if added else ""


def _compare(path: Path, wanted: Mapping[str, Any], contents: bool) -> str:
    try:
        size = path.stat().st_size
        if size != wanted["bytes"]:
            return f"has {size:,} bytes instead of {wanted['bytes']:,}"
        return "has changed" if contents and hash_file(path) != wanted["sha256"] else ""
    except FileNotFoundError:
        return f"is missing, with {wanted['rows']:,} rows"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _find_wrong_counts(dataset: Path, report: Mapping[str, Any]) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = report["rows"]
    for subset, wanted in (("accepted", rows["accepted"]), ("rejected", sum(rows["rejected"].values()))):
        try:
            there = sum(pq.read_metadata(path).num_rows for path in (dataset / subset).glob("*.parquet"))
        except (OSError, pa.ArrowException) as error:
            return f"{subset} has a broken file ({type(error).__name__})"
        if there != wanted:
            return f"{subset} has {there:,} rows instead of {wanted:,}"
    return ""


def hash_file(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
