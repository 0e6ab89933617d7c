"""Where input lies: a file, a directory or a pattern of shards, here or behind an address."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.inputs.input_files import PACKED, File, is_missing, name_problem
from sysgen_distilabel.inputs.json_files import read_json, read_json_lines
from sysgen_distilabel.inputs.raw_rows import Rows
from sysgen_distilabel.inputs.tables import read_arrow, read_csv, read_parquet
from sysgen_distilabel.secrets import hide_all_secrets

_READERS: Final[dict[str, Callable[[File], Rows]]] = {
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
}
_UNPACKED: Final = (".parquet", ".arrow")
"""The formats that are packed in themselves, and have to be read from any place."""

_DESCRIPTIONS: Final = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")
"""Files that say something of a dataset and hold none of its rows."""

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_MANGLED: Final = re.compile(r"((?:https?|s3|gs|hf|ftp|file):)/(?!/)", re.IGNORECASE)
_HUB_PAGE: Final = re.compile(
    r"(?P<hub>https?://(?:huggingface\.co|hf\.co)/datasets)/(?P<name>[\w.-]+/[\w.-]+)"
    r"(?:/?|/blob/(?P<file>[^?#]+)|/tree/(?P<revision>[\w.-]+)/?|/viewer\b[^?#]*)(?:[?#].*)?"
)
_GLOB: Final = re.compile(r"[*?\[]")
_KINDS: Final = ", ".join(_READERS)


def is_address(text: str) -> bool:
    """Whether a text is the address of something elsewhere, such as `s3://...`."""
    return bool(_SCHEME.match(text))


def write_address(text: str) -> str:
    """An address as it is meant, and any other text as it is.

    A `Path` eats one slash of an address, schemes are written in capitals, `file://` is this machine, and
    pages of the Hub stand for the dataset or the file that they show.
    """
    if mangled := _MANGLED.match(text):
        text = f"{mangled[1]}//{text[mangled.end() :]}"
    if scheme := _SCHEME.match(text):
        text = scheme[0].lower() + text[scheme.end() :]
    if text.startswith("file://"):
        return url2pathname(urlsplit(text).path)
    page = _HUB_PAGE.fullmatch(text)
    if page is None:
        return text
    if page["file"]:
        return f"{page['hub']}/{page['name']}/resolve/{page['file']}"
    return f"hf://datasets/{page['name']}" + (f"@{page['revision']}" if page["revision"] else "")


def is_file_name(text: str) -> bool:
    """Whether a text is written like a file, so that it is no name of a dataset on the Hub."""
    return File.local(Path(text)).suffix in _READERS or bool(_GLOB.search(text))


def find_files(text: str) -> list[File]:
    """The files that a path, a pattern or an address stands for, in their order.

    Args:
        text: a file, a directory, which stands for all files in it, or a pattern such as `data/*.jsonl`;
            or the address of one of them that fsspec reads.

    Raises:
        InputError: there is none, it is empty, or its name tells no format; or they are of several formats.
        ConfigError: a package to read the address with is lacking.
    """
    files = _find_remote(text) if is_address(text) else _find_local(text)
    kinds = {file.suffix for file in files}
    if len(kinds) > 1:
        raise InputError(
            f"{_show(text)} holds files of several formats: {', '.join(sorted(kinds))}.",
            "Name those of one format, such as DIRECTORY/*.parquet.",
        )
    return files


def read_files(files: list[File]) -> Rows:
    """The rows of the files one after the other; with several, places begin with the name of the file."""
    for file in files:
        for place, values in _READERS[file.suffix](file):
            yield (place if len(files) == 1 else f"{file.name} {place}"), values


def _find_local(text: str) -> list[File]:
    path = Path(text).expanduser()
    if _GLOB.search(text) and not path.exists():
        found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
        return _choose([File.local(name) for name in found if name.is_file()], text)
    file = File.local(path)
    with file.explain_errors():
        size = path.stat().st_size
    if path.is_dir():
        return _choose([File.local(name) for name in sorted(path.rglob("*")) if name.is_file()], text)
    return [_check(file, size)]


def _find_remote(text: str) -> list[File]:
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(text)
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"{_show(text)} is an address that cannot be read: {name_problem(error)}.",
            "Install what reads it, such as s3fs for s3:// or aiohttp for https://, or download the file.",
        ) from error
    except Exception as error:
        raise _explain(text, error) from error
    try:
        if not text.lower().startswith("http"):  # whose directories are pages, and ? no pattern
            if _GLOB.search(path):
                return _choose([_remote(system, name) for name in sorted(system.glob(path))], text)
            if system.isdir(path):
                return _choose([_remote(system, name) for name in sorted(system.find(path))], text)
        size = system.info(path).get("size")
        return [_check(_remote(system, path), -1 if size is None else size)]
    except (InputError, ConfigError):
        raise
    except Exception as error:  # every store and every network has exceptions of its own
        raise _explain(text, error) from error


def _explain(text: str, error: Exception) -> InputError:
    problem = name_problem(error)
    if isinstance(error, FileNotFoundError):
        if is_missing(error):
            return InputError(f"There is no file {_show(text)}.", "Check the address.")
        problem = name_problem(error.__cause__ or error)
    hint = "Check the address and your rights to it, or download the file."
    if "CERTIFICATE_VERIFY_FAILED" in problem:
        hint = "If a CA of your own has signed it, name the file of that CA in SSL_CERT_FILE."
    return InputError(f"{_show(text)} cannot be read: {problem}.", hint)


def _choose(files: list[File], text: str) -> list[File]:
    """Those of several files that hold rows."""
    chosen = [file for file in files if _holds_rows(file)]
    if not chosen:
        raise InputError(f"{_show(text)} holds no file to read.", f"Name files that end in {_KINDS}.")
    return chosen


def _holds_rows(file: File) -> bool:
    return (
        file.suffix in _READERS
        and not (file.packing and file.suffix in _UNPACKED)
        and not file.name.startswith((".", "_", "cache-"))
        and file.name not in _DESCRIPTIONS
    )


def _check(file: File, size: int) -> File:
    if not size:
        raise InputError(f"{file} is empty.", "Give a file with at least one conversation.")
    if file.suffix not in _READERS or (file.packing and file.suffix in _UNPACKED):
        raise InputError(
            f"{file} has no extension that tells its format.",
            f"Name it {_KINDS}; all but the last two also with {', '.join(PACKED)} behind.",
        )
    return file


def _remote(system: Any, path: str) -> File:
    shown = _show(system.unstrip_protocol(path))
    name = PurePosixPath(path.partition("?")[0]).name
    return File(shown, name, lambda: system.open(path, "rb"), errors=(Exception,))


def _show(text: str) -> str:
    return str(hide_all_secrets(text))
