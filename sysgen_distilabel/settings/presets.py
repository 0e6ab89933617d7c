"""Files with settings: a user's own, or one of the presets that are shipped."""

from __future__ import annotations

from pathlib import Path

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.resources import find


def find_config(given: Path | None) -> Path | None:
    """The file itself, or a preset of that name shipped in `pipelines/presets`.

    Raises:
        ConfigError: if there is neither.
    """
    if given is None or given.exists() or given.suffix:
        return given
    try:
        return find(f"pipelines/presets/{given}.yaml")
    except FileNotFoundError:
        raise ConfigError(
            f"There is neither a file nor a preset called '{given}'.",
            f"The presets are: {', '.join(list_presets())}.",
        ) from None


def list_presets() -> list[str]:
    """The names of the presets that are shipped."""
    return sorted(path.stem for path in find("pipelines/presets").glob("*.yaml"))
