"""One file of an input, on this machine or elsewhere: its bytes, unpacked and brought to UTF-8."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.file_signs import LONGEST_SIGN, find_kind
from sysgen_distilabel.secrets import hide_all_secrets

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD: Final = 8
_NOT_FOUND: Final = 404
_CHUNK: Final = 1 << 16


def _open_zstd(stream: IO[bytes]) -> IO[bytes]:
    import pyarrow as pa

    return cast(IO[bytes], io.BufferedReader(_Readable(pa.CompressedInputStream(stream, "zstd")), _CHUNK))


_UNPACKERS: Final[dict[str, Callable[[IO[bytes]], Any]]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _open_zstd,
}
PACKED: Final = tuple(_UNPACKERS)
"""The extensions of packed files."""

_BROKEN: Final = (gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError)


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read again and again.

    Attributes:
        shown: how messages name it.
        name: its name, whose extensions tell the format.
        open_raw: opens it at its beginning.
        errors: what opening and reading it may raise.
    """

    shown: str
    name: str
    open_raw: Callable[[], Any]
    errors: tuple[type[Exception], ...] = (OSError,)

    @classmethod
    def local(cls, path: Path) -> File:
        """A file of this machine."""
        return cls(str(path), path.name, lambda: path.open("rb"))

    def __str__(self) -> str:
        return self.shown

    @property
    def suffix(self) -> str:
        """The extension that tells the format, such as `.jsonl` of `a.jsonl.gz`."""
        path = PurePosixPath(self.name)
        return PurePosixPath(path.stem if self.packing else path.name).suffix.lower()

    @property
    def packing(self) -> str:
        """How it is packed, such as `.gz`; empty if it is not."""
        suffix = PurePosixPath(self.name).suffix.lower()
        return suffix if suffix in _UNPACKERS else ""

    @contextmanager
    def open_text(self) -> Iterator[IO[bytes]]:
        """The text in UTF-8, unpacked, and without the byte order mark of another encoding.

        Raises:
            InputError: it cannot be opened or read.
        """
        with self.explain_errors(), self.open_raw() as raw:
            stream = _UNPACKERS[self.packing](raw) if self.packing else raw
            buffered = stream if hasattr(stream, "peek") else io.BufferedReader(stream, _CHUNK)
            self.refuse_other_kinds(buffered.peek(LONGEST_SIGN))
            yield _transcode(buffered, self)

    def refuse_other_kinds(self, head: bytes) -> None:
        """Say so where the first bytes prove that the file is not what its name says.

        Raises:
            InputError: it is not.
        """
        kind = find_kind(head[:LONGEST_SIGN])
        if kind and kind.suffix != self.suffix:
            raise InputError(f"{self} is {kind.name}.", kind.fix)

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """Turn what the system, a network or an unpacker says of the file into an `InputError`."""
        try:
            yield
        except InputError:
            raise
        except _BROKEN as error:
            raise self._is_broken(error) from error
        except FileNotFoundError as error:
            if not is_missing(error):
                raise self._is_unreadable(error.__cause__ or error) from error
            raise InputError(f"There is no file {self}.", "Check the path.") from error
        except self.errors as error:
            if self.packing and not getattr(error, "errno", 1):
                raise self._is_broken(error) from error
            raise self._is_unreadable(error) from error

    def _is_unreadable(self, error: BaseException) -> InputError:
        problem = getattr(error, "strerror", "") or name_problem(error)
        return InputError(f"{self} cannot be read: {problem}.", "Check the file and its permissions.")

    def _is_broken(self, error: Exception) -> InputError:
        problem = str(error).partition("\n")[0].rstrip(".") or "it ends too early"
        kind = {".gz": "gzip", ".zst": "zstd"}.get(self.packing, self.packing.lstrip("."))
        return InputError(f"{self} is no readable {kind} file: {problem}.", "Write or download it again.")


def is_missing(error: FileNotFoundError) -> bool:
    """Whether a file is not there: of HTTP fsspec says so whatever goes wrong, with the cause behind it."""
    cause = error.__cause__
    if type(cause).__module__.partition(".")[0] != "aiohttp":
        return True
    return getattr(cause, "status", 0) == _NOT_FOUND


def name_problem(error: BaseException) -> str:
    """What a file system or a network says, in one line and without secrets."""
    if status := getattr(error, "status", 0):  # else the line has the address in it, for the second time
        return f"the server answers {status} {getattr(error, 'message', '')}".rstrip()
    text = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return str(hide_all_secrets(text))


def _transcode(stream: Any, file: File) -> IO[bytes]:
    encoding = _find_encoding(stream.peek(_HEAD)[:_HEAD])
    if not encoding:
        return cast(IO[bytes], stream)
    return cast(IO[bytes], io.BufferedReader(_InUtf8(stream, encoding, file), _CHUNK))


def _find_encoding(head: bytes) -> str:
    """The encoding that the first bytes prove, if it is not UTF-8: by a mark, or by ASCII between zeros."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in head]
    patterns = {
        "utf-16-le": [False, True] * 4,
        "utf-16-be": [True, False] * 4,
        "utf-32-le": [False, True, True, True] * 2,
        "utf-32-be": [True, True, True, False] * 2,
    }
    return next((name for name, pattern in patterns.items() if zeros == pattern), "")


class _Readable(io.RawIOBase):
    """What has `read` alone, as a stream of Python's."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _InUtf8(_Readable):
    """A stream in another encoding, read as UTF-8."""

    def __init__(self, source: Any, encoding: str, file: File) -> None:
        super().__init__(source)
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._name = encoding[: encoding.index("-", 4)].upper()
        self._file = file
        self._ready = b""
        self._is_first = True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and (data := self._source.read(_CHUNK)):
            self._ready = self._decode(data, is_last=False)
        if not self._ready:
            self._ready = self._decode(b"", is_last=True)
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _decode(self, data: bytes, is_last: bool) -> bytes:
        try:
            text = self._decoder.decode(data, is_last)
            text, self._is_first = text.removeprefix("\ufeff") if self._is_first else text, False
            return text.encode()
        except UnicodeError as error:
            raise InputError(
                f"{self._file} begins as {self._name} and goes on as something else.",
                f"Write it again, in UTF-8 or in {self._name} as a whole.",
            ) from error
