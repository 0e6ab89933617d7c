"""What makes a run the same run: its settings but for a few, the rows of its input, and its prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.secrets import redact
from sysgen_distilabel.settings.run_config import NOT_IDENTITY, RunConfig
from sysgen_distilabel.simulated_notice import SIMULATED

Settings = RunConfig | Mapping[str, Any]
"""The settings of a run, or what identifies another kind of work that is kept like one."""

FINGERPRINT: Final = "fingerprint"

_KINDS: Final = {"input": "a run", "benchmark": "an evaluation", "translate": "a translation"}
"""The kinds of work, by the setting that no other kind has."""


def tell_kinds_apart(old_config: Mapping[str, Any], config: Settings) -> tuple[str, str] | None:
    """The two kinds of work that settings are of, `None` where they are of one kind or it is not known."""
    names = [{*old_config}, {*dump_settings(config)}]
    old, new = (next((kind for name, kind in _KINDS.items() if name in each), None) for each in names)
    return (old, new) if old and new and old != new else None


def find_differences(
    old_config: Mapping[str, Any],
    old_provenance: Mapping[str, Any],
    config: Settings,
    provenance: Mapping[str, Any],
) -> list[tuple[str, str]]:
    """What differs between the run that was begun and the one that is to go on, each with how.

    Args:
        old_config: the settings as they were written, secrets hidden.
        old_provenance: what was known of the run, see `collect_provenance`.
        config: the settings now.
        provenance: what is known now.

    Raises:
        KeyError: if something is missing in the provenance.
        ValueError: if the settings of a run name no engine.
    """
    new_config = dump_settings(config)
    if isinstance(config, RunConfig):
        if not (old_config.get("llm") or old_config.get("model")):
            raise ValueError("it names no engine")
        old_config = {
            **dump_settings(RunConfig(input="", llm=SIMULATED)),
            **old_config,
        }  # it may lack newer ones
    differences = [
        (name, _tell(name, old_config.get(name), new_config.get(name)))
        for name in {**old_config, **new_config}
        if name not in NOT_IDENTITY and old_config.get(name) != new_config.get(name)
    ]
    if old_provenance["input"]["fingerprint"] != provenance["input"]["fingerprint"]:
        differences.append((FINGERPRINT, "the rows of the input have changed"))
    before, now = old_provenance["prompts"], provenance["prompts"]
    if changed := [name for name in now if now[name] != before.get(name)]:
        told = f"another version of sysgen-distilabel changed the prompt {', '.join(changed)}"
        differences.append(("prompts", told))
    return differences


def _tell(name: str, old: Any, new: Any) -> str:
    """How a setting differs; of one that has parts, such as `checks`, those that do."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        both = {part: (old.get(part), new.get(part)) for part in {**old, **new}}
        parts = [_tell(f"{name}.{part}", *values) for part, values in both.items() if values[0] != values[1]]
        if parts:
            return "; ".join(parts)
    return f"{name} was {old!r}, is {new!r}"


def dump_settings(config: Settings) -> dict[str, Any]:
    """The settings as they are written, secrets hidden."""
    plain = dict(config) if isinstance(config, Mapping) else config.model_dump(mode="json")
    dumped: dict[str, Any] = redact(plain)
    return dumped
