"""The items of a benchmark in English, translated once for all evaluations that share the translation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import OUTCOME, SOURCE_ID, TEXTS, TRANSLATIONS
from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.items import Item
from sysgen_distilabel.evaluation.evaluation_directory import EvaluationDirectory
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.rows import Row, is_live
from sysgen_distilabel.settings.engine_config import EngineConfig

TRANSLATE: Final = "translate"
"""Name of the stage, and of its Task."""

LANGUAGE: Final = "English"


@dataclass(frozen=True, slots=True)
class Translation:
    """What became of the items.

    Attributes:
        items: those that are translated.
        translator: the model.
        rejected: how many others there are, by reason.
    """

    items: list[Item]
    translator: str
    rejected: dict[str, int]

    def describe(self) -> dict[str, Any]:
        """What the report of an evaluation says of it."""
        return {
            "language": LANGUAGE,
            "translator": self.translator,
            "translated": len(self.items),
            "rejected": self.rejected,
        }

    def caution(self) -> str:
        """What has to be said beside the figures."""
        return f"Translated into {LANGUAGE} by {self.translator}; this is not the published data."


def translate_items(
    benchmark: Benchmark,
    items: Sequence[Item],
    engine: EngineConfig,
    folder: Path,
    stage: Callable[..., list[Row]],
) -> Translation:
    """Translate the items, or take the translation that another evaluation has left in the folder.

    Args:
        benchmark: whose items they are; it can change their texts.
        items: what to translate.
        engine: what translates.
        folder: where replies and translations are; a text that was translated there is not paid again.
        stage: `run_stage` with its listeners.

    Raises:
        RunError: if the folder holds something else, or cannot be written.
        InputError: if nothing could be translated.
        FatalError: if the engine or the store is gone; what was translated is kept.
    """
    rows = [{SOURCE_ID: item.id, TEXTS: _collect_texts(benchmark, item)} for item in items]
    by = {name: getattr(engine, name) for name in ("model", "llm", "llm_args")}
    directory = EvaluationDirectory(folder)
    file = folder / f"{hash_content({'rows': rows, 'by': by})}.json"
    with directory.locked(), directory.explain_os_errors():
        _begin(directory)
        if not file.exists():
            write_whole(file, json.dumps(_ask(rows, engine, directory, stage), ensure_ascii=False))
        found = json.loads(file.read_text(encoding="utf-8"))
    translated = [
        _put_texts(benchmark, item, found["texts"][item.id]) for item in items if item.id in found["texts"]
    ]
    if not translated:
        raise InputError(f"Nothing could be translated: {found['rejected']}.", f"See {directory.log}.")
    return Translation(translated, found["translator"], found["rejected"])


def _begin(directory: EvaluationDirectory) -> None:
    """Mark the directory as one of translations, or make sure that it is one."""
    if not directory.exists():
        directory.start({TRANSLATE: LANGUAGE}, {})
    elif directory.read_config().get(TRANSLATE) != LANGUAGE:
        raise RunError(f"{directory.path} holds no translation.", "Name another directory with --translate.")


def _ask(
    rows: Sequence[Row], engine: EngineConfig, directory: EvaluationDirectory, stage: Callable[..., list[Row]]
) -> dict[str, Any]:
    from sysgen_distilabel.tasks import TranslateTexts

    directory.clear_work()
    answered = stage(TRANSLATE, rows, TranslateTexts, engine, directory=directory, fail_on_truncated=True)
    directory.clear_work()
    live = [row for row in answered if is_live(row)]
    return {
        "translator": next((row["model_name"] for row in live), ""),
        "texts": {row[SOURCE_ID]: row[TRANSLATIONS] for row in live},
        "rejected": dict(Counter(row[OUTCOME] for row in answered if not is_live(row))),
    }


def _collect_texts(benchmark: Benchmark, item: Item) -> list[str]:
    assert benchmark.change_texts is not None
    texts: list[str] = []

    def keep(text: str) -> str:
        texts.append(text)
        return text

    benchmark.change_texts(item, keep)
    return texts


def _put_texts(benchmark: Benchmark, item: Item, texts: Sequence[str]) -> Item:
    assert benchmark.change_texts is not None
    left = iter(texts)
    return benchmark.change_texts(item, lambda text: next(left))
