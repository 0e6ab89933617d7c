"""Where a dataset comes from: versions, prompts and input, so that a run can be told from another."""

from __future__ import annotations

import hashlib
import platform
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


def collect_provenance(location: str, summary: InputSummary) -> dict[str, Any]:
    """What is known of a run before it starts.

    Args:
        location: path or address of the input.
        summary: what the pass over the input told.
    """
    return {
        "input": {"location": location, "rows": summary.rows, "fingerprint": summary.fingerprint},
        "prompts": hash_prompts(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }


def hash_prompts() -> dict[str, str]:
    """The sha256 of every file the prompts are made of, by file name."""
    folder = resources.files("sysgen_distilabel.prompts")
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith((".jinja2", ".yaml"))),
        key=lambda e: e.name,
    )
    return {entry.name: hashlib.sha256(entry.read_bytes()).hexdigest() for entry in files}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
