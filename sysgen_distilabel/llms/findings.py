"""What a run found out about its engines, kept beside its replies: asked once, and the same to its end."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.llms.capabilities import VLLM, Capabilities

FILE: Final = "engines.json"


class Findings:
    """Findings about one engine.

    Args:
        directory: where they are kept; without one they are found anew each time.
        urls: the addresses that share the requests, of which only a hash is written.
        model: the model asked for.
        extra_body: what is sent with every request.
    """

    def __init__(
        self, directory: Path | None, urls: Sequence[str], model: str, extra_body: Mapping[str, Any]
    ) -> None:
        self._path = None if directory is None else directory / FILE
        identity = json.dumps([model, sorted(urls), extra_body], sort_keys=True, default=str)
        self._key = f"{model} {blake2b(identity.encode(), digest_size=8).hexdigest()}"

    def recall(self, find: Callable[[], Capabilities]) -> Capabilities:
        """What was found before, or else what `find` finds now; other processes wait for it."""
        with self._opened() as found:
            if "capabilities" not in found:
                found["capabilities"] = _dump(find())
            return _load(found["capabilities"])

    def recall_tools(self, find: Callable[[], str]) -> str:
        """Why no tools can be offered, as it was found before or `find` finds now; empty if they can."""
        with self._opened() as found:
            if "no_tools" not in found:
                found["no_tools"] = find()
            return str(found["no_tools"])

    def check_once(self, sampling: Mapping[str, Any], check: Callable[[], bool]) -> None:
        """Call `check`, unless these parameters passed it before, which it says; what it raises passes."""
        wanted = json.dumps(sampling, sort_keys=True, default=str)
        with self._opened() as found:
            if wanted not in found.get("takes", []) and check():
                found["takes"] = [*found.get("takes", []), wanted]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[dict[str, Any]]:
        """The findings about this engine; what is changed in them is written, unless there was an error."""
        if self._path is None:
            yield {}
            return
        with _locked(self._path.with_suffix(".lock")):
            everything = _read(self._path)
            found = everything.setdefault(self._key, {})
            before = json.dumps(found)
            yield found
            if json.dumps(found) != before:
                write_whole(self._path, json.dumps(everything, indent=1))


def has_vllm(directory: Path) -> bool:
    """Whether one of the engines of a run was found to be a vLLM server."""
    found = (engine.get("capabilities", {}) for engine in _read(directory / FILE).values())
    return any(capabilities.get("server") == VLLM for capabilities in found)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or of a run that was killed: it is found anew
        return {}
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        with contextlib.suppress(OSError):  # some file systems know no locks; then each process asks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _dump(found: Capabilities) -> dict[str, Any]:
    return {
        "system_role": found.system_role.value,
        "structured_outputs": sorted(found.structured_outputs),
        "max_model_len": found.max_model_len,
        "server": found.server,
        "version": found.version,
        "limit_name": found.limit_name,
    }


def _load(found: Mapping[str, Any]) -> Capabilities:
    return Capabilities(
        **{
            **found,
            "system_role": SystemRole(found["system_role"]),
            "structured_outputs": frozenset(found["structured_outputs"]),
        }
    )
