"""Where things were before 0.2: YAML and imports of that time still work. It goes with 1.0."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

OLD_MODULES: Final[Mapping[str, str]] = {
    "sysgen_distilabel.build": "sysgen_distilabel.workflows.build_pipeline",
    "sysgen_distilabel.config": "sysgen_distilabel.settings.run_config",
    "sysgen_distilabel.evaluation.load_items": "sysgen_distilabel.evaluation.benchmarks.load_items",
    "sysgen_distilabel.llms.recorded": "sysgen_distilabel.recorded.recorded_llm",
    "sysgen_distilabel.llms.server": "sysgen_distilabel.serving.vllm_server",
    "sysgen_distilabel.pipeline": "sysgen_distilabel.host.pipeline",
    "sysgen_distilabel.ray_pipeline": "sysgen_distilabel.host.ray_pipeline",
    "sysgen_distilabel.rewards": "sysgen_distilabel.constraints.reward",
    "sysgen_distilabel.steps.apply_corrections": "sysgen_distilabel.review.apply_corrections",
    "sysgen_distilabel.steps.argilla": "sysgen_distilabel.review.sysgen_to_argilla",
    "sysgen_distilabel.steps.export_for_training": "sysgen_distilabel.export.export_for_training",
}
"""Modules that users imported, or that YAML names, and where their names are now.

Not `run` and `merge`: the package offers functions of these names.
"""

OLD_SETTINGS: Final[Mapping[str, str]] = {"harder_data": "variety"}
"""Settings of a run under the names they had."""


KEEP_EARLIER_TURNS: Final = "keep_earlier_turns"
"""What `turns: last` was called when it was set, and `turns: regenerate` when it was not."""


def with_new_names(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that were written under old names, under those of today."""
    renamed = {OLD_SETTINGS.get(name, name): value for name, value in settings.items()}
    if KEEP_EARLIER_TURNS in renamed:
        kept = renamed.pop(KEEP_EARLIER_TURNS)
        renamed.setdefault("turns", "last" if kept else "regenerate")
    return renamed


class _OldModules(MetaPathFinder):
    """Finds old modules once nothing else has."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, _Forward(OLD_MODULES[fullname])) if fullname in OLD_MODULES else None


class _Forward(Loader):
    """Makes a module that takes every name from another."""

    def __init__(self, home: str) -> None:
        self._home = home

    def exec_module(self, module: ModuleType) -> None:
        warnings.warn(
            f"{module.__name__} is now {self._home}; its public names are importable from sysgen_distilabel.",
            FutureWarning,
            stacklevel=2,
        )
        home = import_module(self._home)
        module.__dict__["__getattr__"] = lambda name: getattr(home, name)


def keep_old_paths() -> None:
    """Let old modules be imported; once is enough."""
    if not any(isinstance(finder, _OldModules) for finder in sys.meta_path):
        sys.meta_path.append(_OldModules())
