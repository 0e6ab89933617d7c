"""An input: what it is, its rows in order, and what a pass over all of them tells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from sysgen_distilabel.errors import BadInput, InputError
from sysgen_distilabel.inputs.conversation import DEFAULT_READING, Conversation, Reading
from sysgen_distilabel.inputs.hf_dataset import read_dataset
from sysgen_distilabel.inputs.hub_datasets import HubDataset
from sysgen_distilabel.inputs.locations import find_files, is_address, is_file_name, read_files, write_address
from sysgen_distilabel.inputs.raw_rows import Rows, label_rows
from sysgen_distilabel.inputs.row_digests import RowDigests
from sysgen_distilabel.inputs.source_ids import canonical_json
from sysgen_distilabel.secrets import hide_all_secrets

if TYPE_CHECKING:
    import datasets

Source: TypeAlias = "str | Path | datasets.Dataset | datasets.IterableDataset | Sequence[Mapping[str, Any]]"

_BUCKETS: Final = "hf://buckets/"
_FINGERPRINT_SCHEME: Final = b"sysgen-input-1\n"
_KINDS: Final = {list: "a list", str: "text", int: "a number", float: "a number", type(None): "null"}


class SourceRow(NamedTuple):
    """One row as the source has it.

    Attributes:
        position: how many rows come before it.
        place: where a person finds it, such as `line 7` or `row 7`.
        values: its columns, untouched.
    """

    position: int
    place: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InputSummary:
    """What one pass over an input tells.

    Attributes:
        rows: how many rows there are, bad ones included.
        readable_rows: how many of them hold a conversation.
        fingerprint: a sha256 over the content of all rows in order, whatever the file format.
        columns: every column seen, in order of appearance.
        first_bad_row: place and problem of the first row that holds no conversation, else empty.
        hint: what may help against that problem.
        digests: what each row is, to hold against a later pass.
        has_tools: whether a conversation comes with tools.
    """

    rows: int
    readable_rows: int
    fingerprint: str
    columns: tuple[str, ...]
    first_bad_row: str
    hint: str = ""
    digests: RowDigests = field(default_factory=RowDigests, compare=False, repr=False)
    has_tools: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """Rows that can be read again and again, one at a time.

    Attributes:
        location: path or address, for people; a Hub address is pinned to a commit and can be opened again.
        read: starts a new pass.
        is_remote: whether a pass fetches the rows over the network.
        note: called by `scan` with the place of each row and its conversation, or why it has none.
    """

    location: str
    read: Callable[[], Rows]
    is_remote: bool = False
    note: Callable[[str, Conversation | BadInput], None] | None = None

    @property
    def shown(self) -> str:
        """The location as messages and files name it: without login and query."""
        return str(hide_all_secrets(self.location))

    def rows(self, offset: int = 0) -> Iterator[SourceRow]:
        """The rows from position `offset` on.

        Raises:
            InputError: the input as a whole cannot be read. Most causes are found at once, a wrong
                line when the iteration gets there.
        """
        pairs = self.read()
        first = next(pairs, None)
        if first is None:
            raise InputError(f"{self.shown} holds no rows.", "Give an input with at least one conversation.")
        return islice(self._number(chain([first], pairs)), offset, None)

    def check(self, limit: int | None = None) -> None:
        """Make sure that the rows that will be used can be read; of a remote input only the first.

        Raises:
            InputError: the input as a whole cannot be read.
        """
        for _ in islice(self.rows(), 1 if self.is_remote else limit):
            pass

    def scan(self, *, limit: int | None = None, reading: Reading = DEFAULT_READING) -> InputSummary:
        """Read the rows that will be used and say what is in them.

        Args:
            limit: how many rows will be used; None for all.
            reading: how conversations are read out of the rows.

        Raises:
            InputError: the input as a whole cannot be read.
        """
        digest = hashlib.sha256(_FINGERPRINT_SCHEME)
        seen: dict[str, None] = {}
        digests = RowDigests()
        total = readable = 0
        has_tools, first_bad_row, hint = False, "", ""
        for row in islice(self.rows(), limit):
            total += 1
            written = self._write(row)
            digest.update(written + b"\n")
            digests.add(written)
            seen.update(dict.fromkeys(row.values))
            conversation = _read(reading, row)
            if self.note is not None:
                self.note(row.place, conversation)
            if not isinstance(conversation, BadInput):
                has_tools |= bool(conversation.tools)
                readable += 1
            elif not first_bad_row:
                first_bad_row, hint = f"{row.place}: {conversation}", conversation.hint
        fingerprint, columns = digest.hexdigest(), tuple(seen)
        return InputSummary(total, readable, fingerprint, columns, first_bad_row, hint, digests, has_tools)

    def _write(self, row: SourceRow) -> bytes:
        try:
            return canonical_json(row.values)
        except RecursionError:
            raise InputError(f"{self.shown}, {row.place}: nested too deeply.", "Take the row out.") from None

    def expect(self, digests: RowDigests) -> Input:
        """The same input, read only as far as it was scanned, and only as long as it is what it was.

        Raises, when read:
            InputError: a row has changed since, or is no longer there.
        """
        return replace(self, read=lambda: self._compare(digests))

    def _compare(self, digests: RowDigests) -> Rows:
        number = 0
        for number, (place, values) in enumerate(islice(self.read(), len(digests)), 1):
            if not digests.matches(number - 1, values):
                raise self._changed(f"{place} is not what it was")
            yield place, values
        if number < len(digests):
            raise self._changed(f"it ends after row {number:,} of {len(digests):,}")

    def _changed(self, how: str) -> InputError:
        return InputError(
            f"{self.shown} has changed since the run began: {how}.",
            "Put it back as it was, or take it as it is with --extend; what was answered is kept.",
        )

    def _number(self, pairs: Rows) -> Iterator[SourceRow]:
        for position, (place, values) in enumerate(pairs):
            if not isinstance(values, Mapping):
                kind = _KINDS.get(type(values), f"a {type(values).__name__}")
                raise InputError(
                    f"{self.shown}, {place}: expected an object with named columns, found {kind}.",
                    'Each row must look like {"question": "...", "answer": "..."}.',
                )
            yield SourceRow(position, place, values)


def _read(reading: Reading, row: SourceRow) -> Conversation | BadInput:
    try:
        return reading.read(row.values)
    except BadInput as error:
        return error


def open_input(source: Source) -> Input:
    """Find out what the source is and how its rows are read.

    Args:
        source: a .jsonl, .json, .csv, .tsv, .parquet or .arrow file (all but the last two also packed as
            .gz, .bz2, .xz or .zst), a directory or a pattern of such files, or the address of one that
            fsspec reads; a Hub dataset as `ORG/NAME` or
            `hf://datasets/ORG/NAME[@REVISION][?config=C&split=S]`, a `datasets.Dataset`, or a list of dicts.

    Raises:
        InputError: it is none of these, is not there, or cannot be reached.
    """
    if isinstance(source, str | Path):
        return _open_location(source)
    if isinstance(source, Sequence):
        return Input("The list of rows", partial(label_rows, source))
    import datasets

    if isinstance(source, datasets.Dataset | datasets.IterableDataset):
        return Input("The dataset", partial(read_dataset, source))
    raise InputError(
        f"A {type(source).__name__} is not an input.",
        "Give a path, a Hub dataset, a datasets.Dataset (one split, no DatasetDict) or a list of dicts.",
    )


def _open_location(source: str | Path) -> Input:
    text = write_address(str(source))
    on_hub = text.startswith("hf://") and not text.startswith(_BUCKETS)
    is_file = is_address(text) or is_file_name(text) or Path(text).expanduser().exists()
    hub = HubDataset.parse(text) if on_hub or not is_file else None
    return _open_hub(hub) if hub else _open_files(text)


def _open_hub(dataset: HubDataset) -> Input:
    pinned = dataset.pin()
    return Input(pinned.location, pinned.read, is_remote=True)


def _open_files(text: str) -> Input:
    files = find_files(text)
    return Input(text, lambda: read_files(files), is_remote=is_address(text))
