"""What to say where a package is missing that only an extra installs."""

from __future__ import annotations

import importlib.util

from sysgen_distilabel.errors import ConfigError


def is_installed(module: str) -> bool:
    """Whether a module can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def missing_extra(purpose: str, extra: str, package: str | None) -> ConfigError:
    """The error of one who asks for something that an extra brings, to be raised.

    Args:
        purpose: what was asked for, as the start of a sentence: "Measuring responses".
        extra: its name in `pyproject.toml`.
        package: what could not be imported; the `name` of an `ImportError`.
    """
    return ConfigError(
        f"{purpose} needs a package that is missing: {package}.", f"Run: {install_line(extra)}"
    )


def install_line(extra: str) -> str:
    """The command that installs an extra."""
    return f'pip install "sysgen-distilabel[{extra}]"'
