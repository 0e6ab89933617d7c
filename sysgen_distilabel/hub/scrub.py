"""Takes what concerns only this machine out of what is published: paths, user names, addresses, secrets."""

from __future__ import annotations

import getpass
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.host.hide_secrets import without_secrets
from sysgen_distilabel.secrets import HIDDEN, hide_secrets, secrets_at_hand

_LEFT_OUT: Final = frozenset({"base_url", "cache_dir", "ray"})
_FILES: Final = frozenset({"input", "location", "source", "store", "retries"})
"""Settings that name a file or a directory, also without a leading slash."""

_REST: Final = r"(?:[/\\][^\s\"'`<>|,;:()\[\]{}]*)*"
_ROOTS: Final = (
    r"home|Users|root|tmp|var|mnt|media|data|scratch|work|workspace|srv|opt|private|nfs|lustre|gpfs|fsx|usr"
    r"|content|kaggle|Volumes|projects?|storage|datasets?|models?|cluster|shared"
)
_ANY_PATH: Final = rf"(?<![\w:/.@~-])(?:file://)?(?:/(?:{_ROOTS})(?=/)|~[\w.-]*(?=/)|[A-Za-z]:(?=\\)){_REST}"
_WHOLE_PATH: Final = re.compile(r"(?:file://)?(?:/|~|\.{1,2}/|[A-Za-z]:\\)\S*")
_HOME: Final = re.compile(r"(?:/(?:home|Users)/[^/]+|/root|~[\w.-]*|[A-Za-z]:\\Users\\[^\\]+)[/\\]?")
_IPV4: Final = r"\d{1,3}(?:\.\d{1,3}){3}"
_PRIVATE_ADDRESS: Final = re.compile(
    rf"(\b[a-z][a-z0-9+.-]{{0,15}}://)(?:localhost|{_IPV4}|\[[0-9a-f:]+\]|[\w-]+(?=:[\d*])"
    r"|(?:(?<=http://)|(?<=https://)|(?<=ray://))[\w-]+|[\w.-]+\.(?:local|internal|lan|corp|intranet))"
    r"(?::[\d*]+)?(?=[/\s\"'`),;>\]}]|\.(?:\s|$)|$)"
    rf"|(?<![\w./@-])(?:localhost|{_IPV4}):\d{{1,5}}(?!\d)",
    re.IGNORECASE,
)


class Scrubber:
    """Scrubs texts and settings.

    Args:
        here: directories whose paths are cut whatever they are called, such as the run's own.
        secrets: texts that must not be published wherever they stand.
    """

    def __init__(self, here: Iterable[Path], secrets: Iterable[str]) -> None:
        roots = sorted({str(path) for path in here if len(path.parts) > 1}, key=len, reverse=True)
        known = "|".join(f"{re.escape(root)}(?![\\w-]){_REST}" for root in roots)
        self._path = re.compile(f"{known}|{_ANY_PATH}" if known else _ANY_PATH)
        self._secrets = list(secrets)

    @classmethod
    def of_this_machine(cls, *here: Path) -> Scrubber:
        """A scrubber that knows this process's directories and secrets."""
        places = [Path.home(), Path.cwd(), Path(tempfile.gettempdir())]
        places += [path.absolute() for path in here] + [path.resolve() for path in here]
        return cls(places, secrets_at_hand())

    def text(self, text: str) -> str:
        """The text with each local path cut to its last part, and addresses and secrets hidden."""
        text = hide_secrets(text, self._secrets)
        if _WHOLE_PATH.fullmatch(text):
            return _last_part(text)
        return _PRIVATE_ADDRESS.sub(rf"\1{HIDDEN}", self._path.sub(lambda found: _last_part(found[0]), text))

    def data(self, data: Any) -> Any:
        """A copy of JSON-like data: texts and keys scrubbed, secrets and local addresses left out."""
        return self._walk(without_secrets(data))

    def _walk(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            kept = [key for key in data if key not in _LEFT_OUT]
            names = self._name_apart([str(key) for key in kept])
            return {
                name: self._file(data[key]) if key in _FILES else self._walk(data[key])
                for name, key in zip(names, kept, strict=True)
            }
        if isinstance(data, list | tuple):
            return [self._walk(item) for item in data]
        return self.text(data) if isinstance(data, str) else data

    def _name_apart(self, keys: Sequence[str]) -> list[str]:
        """The keys scrubbed; those that come out alike get numbers, so that no value is lost."""
        names = [self.text(key) for key in keys]
        taken = {name for name, key in zip(names, keys, strict=True) if name == key}
        apart = []
        for name, key in zip(names, keys, strict=True):
            numbered, number = name, 2
            while name != key and numbered in taken:
                numbered, number = f"{name} ({number})", number + 1
            taken.add(numbered)
            apart.append(numbered)
        return apart

    def _file(self, value: Any) -> Any:
        if isinstance(value, str) and not value.startswith("hf://"):
            return _last_part(hide_secrets(value, self._secrets))
        return self._walk(value)


def _last_part(path: str) -> str:
    """The name a path ends in; of a home directory itself not even that."""
    inside = _HOME.sub("~/", path.removeprefix("file://"))
    name = re.split(r"[/\\]", inside.rstrip("/\\"))[-1]
    return "~" if name in ("", "~", _user()) else name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return os.environ.get("USER", "")
