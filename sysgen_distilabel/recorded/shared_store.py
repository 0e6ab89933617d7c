"""A store that runs of several directories share, each beside the store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.record import Record
from sysgen_distilabel.recorded.store import Store

_AT_ONCE: Final = 1000


def find_shared_store(name: str, run: Path) -> Path:
    """The directory that a user names as the store that runs share.

    Args:
        name: what they name.
        run: the directory of their run.

    Raises:
        ConfigError: if it is the store of one run, whose counts would then be those of all.
    """
    shared = Path(name).expanduser().absolute()
    if (shared.parent / "config.yaml").exists() or shared.resolve().is_relative_to(run.resolve()):
        raise ConfigError(
            f"{shared} lies in the directory of one run, and cannot be the store that several share.",
            "Name a directory of its own with --store. Start that run again with the same --store to have its"
            " replies put there; a run that is finished asks nothing then.",
        )
    return shared


def hand_in(calls: Path, shared: Path) -> int:
    """Put the answers of a run into the store that it shares, those that are missing there.

    Args:
        calls: the store of the run.
        shared: the one that runs share, created if it is missing.

    Returns:
        How many they were.

    Raises:
        StoreError: if one of them cannot be used.
    """
    number = 0
    with Store.open_read(calls) as own, Store.open(shared) as target:
        missing = _missing(own, target)
        while records := list(islice(missing, _AT_ONCE)):
            target.append(records)
            number += len(records)
    return number


def _missing(own: Store, target: Store) -> Iterator[Record]:
    for record in own.records():
        if record.reply.tries and target.find(record.key) is None:
            yield record
