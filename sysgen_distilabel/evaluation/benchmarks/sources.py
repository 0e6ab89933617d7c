"""Where the owners of the benchmarks publish them; files are fetched once and checked, never shipped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.hub_datasets import HubDataset
from sysgen_distilabel.secrets import hide_all_secrets

_TIMEOUT: Final = 60.0
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a benchmark is published.

    Attributes:
        page: where people read about it.
        licence: of the data, as its owners state it.
        revision: the commit that is used.
        address: what the names of the files are put behind, or the dataset on the Hub.
        files: git's checksum of each file (its blob id), by name; none for a dataset on the Hub.
    """

    page: str
    licence: str
    address: str
    revision: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundData:
    """The data of an evaluation.

    Attributes:
        location: a file, a directory, or a dataset on the Hub.
        described: what the report says of it.
    """

    location: str
    described: dict[str, Any]


def find_data(origin: Origin | None, given: str | None) -> FoundData:
    """The data given, or else the published files, which are fetched if they are not there yet.

    Args:
        origin: where the benchmark is published.
        given: a file, a directory or a dataset on the Hub to use in its place.

    Raises:
        InputError: if there is nothing to use, a file cannot be fetched, or is not what it was.
    """
    if given is not None:
        return FoundData(given, {"location": hide_all_secrets(given), "pinned": False})
    if origin is None:
        raise InputError("No data is given.", "Name the file with the held-out rows.")
    described = {"page": origin.page, "licence": origin.licence, "revision": origin.revision}
    if (dataset := HubDataset.parse(origin.address)) is not None:
        pinned = dataset.pin()
        described |= {"revision": pinned.revision or ""}
        return FoundData(
            pinned.location, {"location": pinned.location, "pinned": pinned == dataset, **described}
        )
    folder = _cache_folder() / origin.revision
    for name, checksum in origin.files.items():
        _fetch(f"{origin.address}/{name}", folder / name, checksum, origin.page)
    location = folder / next(iter(origin.files)) if len(origin.files) == 1 else folder
    return FoundData(str(location), {"location": origin.address, "pinned": True, **described})


def git_checksum(content: bytes) -> str:
    """The id git gives a file of this content, which `git ls-tree` shows."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _cache_folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "sysgen-distilabel" / "benchmarks"


def _fetch(address: str, file: Path, checksum: str, page: str) -> None:
    import requests

    if file.exists() and git_checksum(file.read_bytes()) == checksum:
        return
    by_hand = f"Download it from {page} and give its path."
    try:
        with requests.get(address, timeout=_TIMEOUT, stream=True) as response:
            response.raise_for_status()
            content = b"".join(response.iter_content(_CHUNK))
    except requests.RequestException as error:
        raise InputError(f"{address} cannot be fetched: {_explain(error)}.", by_hand) from None
    if git_checksum(content) != checksum:
        raise InputError(f"{address} is not the file it was; nothing was evaluated.", by_hand)
    partial = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.", "Set XDG_CACHE_HOME.") from None


def _explain(error: Exception) -> str:
    response = getattr(error, "response", None)
    return f"status {response.status_code}" if response is not None else type(error).__name__
