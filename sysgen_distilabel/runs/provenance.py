"""Where a dataset comes from: versions, prompts and input, so that a run can be told from another."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sysgen_distilabel.inputs import InputSummary

_PACKAGES: Final = (
    "sysgen-distilabel",
    "distilabel",
    "datasets",
    "huggingface-hub",
    "openai",
    "vllm",
    "argilla",
)


def collect_provenance(location: str, summary: InputSummary, templates: Iterable[str]) -> dict[str, Any]:
    """What is known of a run before it starts.

    Args:
        location: path or address of the input.
        summary: what the pass over the input told.
        templates: the files that the prompts of the run are made of, see `SysGenTask.templates`.
    """
    return {
        "input": {"location": location, "rows": summary.rows, "fingerprint": summary.fingerprint},
        "prompts": hash_prompts(templates),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }


def hash_prompts(templates: Iterable[str]) -> dict[str, str]:
    """The sha256 of each of these files of `sysgen_distilabel.prompts`, by name."""
    folder = resources.files("sysgen_distilabel.prompts")
    return {
        name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest()
        for name in sorted(set(templates))
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
