"""What the shell offers for the values of options."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sysgen_distilabel.simulated_notice import SIMULATED


def complete_config(incomplete: str) -> Iterator[str]:
    """Presets, and files with settings."""
    from sysgen_distilabel.settings.presets import list_presets

    yield from (name for name in list_presets() if name.startswith(incomplete))
    yield from (str(path) for path in Path().glob(f"{incomplete}*") if path.suffix in (".yaml", ".yml"))


def complete_llm(incomplete: str) -> Iterator[str]:
    """The engine without a model; import paths are not looked for."""
    yield from (name for name in (SIMULATED,) if name.startswith(incomplete))


def complete_check(incomplete: str) -> Iterator[str]:
    """Checks with each of their policies."""
    from sysgen_distilabel.checks.check_table import CHECKS

    for check in CHECKS.values():
        pairs = (f"{check.name}={policy}" for policy in check.policies)
        yield from (pair for pair in pairs if pair.startswith(incomplete))


def complete_reason(incomplete: str) -> Iterator[str]:
    """Reasons that asking again may mend."""
    from sysgen_distilabel.outcome import INPUT_REASONS, REASONS

    yield from (r for r in REASONS if r not in INPUT_REASONS and r.startswith(incomplete))
