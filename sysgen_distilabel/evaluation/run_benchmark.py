"""An evaluation from start to finish: find the data, answer, judge, score, account for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import OUTCOME, USAGE
from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.evaluation.benchmarks import multifacet, sysbench
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.items import Item, ReadItems
from sysgen_distilabel.evaluation.benchmarks.owners_wording import OURS, read_wording
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.benchmarks.sources import FoundData, find_data
from sysgen_distilabel.evaluation.evaluation_directory import EvaluationDirectory
from sysgen_distilabel.evaluation.evaluation_settings import EvaluationSettings, identity_of
from sysgen_distilabel.evaluation.evaluation_stage import WaitListener, run_stage, write_rows
from sysgen_distilabel.evaluation.results.hub_results import write_hub_results
from sysgen_distilabel.evaluation.translate_items import Translation, translate_items
from sysgen_distilabel.host.batches import BatchListener
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, is_live
from sysgen_distilabel.runs.provenance import hash_prompts
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.secrets import redact

_EXAMPLES: Final = 5
_JUDGE_ATTEMPTS: Final = 3
ANSWER, JUDGE = "answer", "judge"


def evaluate(
    settings: EvaluationSettings,
    output: Path,
    on_batch: BatchListener = lambda step, rows: None,
    on_wait: WaitListener = lambda seconds, line: None,
) -> dict[str, Any]:
    """Run an evaluation, or go on with one in the same directory; a finished one is scored anew.

    Args:
        settings: what to do.
        output: the directory; it has the layout of a run.
        on_batch: told of every batch that is done, with the name of the stage.
        on_wait: told now and then that an engine that was started is not ready.

    Returns:
        The report, as it is in `evaluation.json`.

    Raises:
        InputError: if the data cannot be had, or no row of it is in the published schema.
        ConfigError: if a setting is wrong, or a package is missing.
        RunError: if the directory is of another evaluation or cannot be written.
        FatalError: if the engine or the store is gone; what was answered is kept.
    """
    benchmark = BENCHMARKS[settings.benchmark]
    if benchmark.judge is not None:
        settings.judge()
    if settings.subsets is not None:
        multifacet.read_subsets(Path(settings.subsets))  # before anything is paid for
    read_wording(settings.judge_prompt)
    data = find_data(benchmark.origin, settings.data)
    found = benchmark.read(data.location, settings.limit)
    if not found.items:
        problem = found.malformed[0] if found.malformed else "there are none"
        raise InputError(f"No row of {data.location} is of the schema of {benchmark.title}: {problem}.")
    if settings.sessions and benchmark.draw:
        found = found._replace(items=benchmark.draw(found.items, settings.sessions, settings.seed))
    stage = partial(run_stage, on_batch=on_batch, on_wait=on_wait)
    translation = None
    if settings.translate is not None:
        folder = Path(settings.translate)
        translation = translate_items(benchmark, found.items, settings.judge(), folder, stage)
        found = found._replace(items=translation.items)
    directory = EvaluationDirectory(output)
    with directory.locked():
        identity, provenance = identity_of(settings), _provenance(benchmark, found.items)
        directory.check(identity, provenance, "if_possible")
        if directory.is_finished():
            rows = read_rows(directory.dataset)
        else:
            if not directory.exists():
                directory.start(identity, provenance)
            directory.clear_work()
            with directory.explain_os_errors():
                rows = _ask(benchmark, settings, found.items, partial(stage, directory=directory))
        report = _make_report(benchmark, settings, data, found, translation, rows, directory)
        with directory.explain_os_errors():
            _finish(directory, rows, report)
    return report


def _ask(
    benchmark: Benchmark,
    settings: EvaluationSettings,
    items: Sequence[Item],
    stage: Callable[..., list[Row]],
) -> list[Row]:
    """Have the rows answered, and judged where the benchmark needs it; one engine at a time."""
    from sysgen_distilabel.tasks import AnswerMessages

    answer = partial(
        AnswerMessages,
        history=settings.history,
        turns=benchmark.turns,
        system_role=settings.system_role,
        decoding=benchmark.decoding,
    )
    rows = [item.to_row(run) for run in range(settings.runs) for item in items]
    rows = stage(ANSWER, rows, answer, settings.answering, fail_on_truncated=False)
    if benchmark.judge is not None:
        wording = read_wording(settings.judge_prompt)
        judge = partial(benchmark.judge, settings.history, max_attempts=_JUDGE_ATTEMPTS, **wording)
        rows = stage(JUDGE, rows, judge, settings.judge(), fail_on_truncated=True)
    return [row | ({OUTCOME: Outcome.ACCEPTED.value} if is_live(row) else {}) for row in rows]


def _make_report(
    benchmark: Benchmark,
    settings: EvaluationSettings,
    data: FoundData,
    found: ReadItems,
    translation: Translation | None,
    rows: Sequence[Row],
    directory: RunDirectory,
) -> dict[str, Any]:
    answered = [row for row in rows if row[OUTCOME] == Outcome.ACCEPTED]
    rejected = Counter(row[OUTCOME] for row in rows if row[OUTCOME] != Outcome.ACCEPTED)
    if len(rows) != len(found.items) * settings.runs:
        raise RunError(f"{len(found.items) * settings.runs} rows went in and {len(rows)} came out.")
    untranslated = translation.rejected if translation else {}
    return {
        "kind": "evaluation",
        "benchmark": benchmark.name,
        "title": benchmark.title,
        "model": _model_name(rows, ANSWER),
        "judge": _model_name(rows, JUDGE),
        "simulated": bool(settings.notice()),
        "simulation_notice": settings.notice(),
        "settings": redact(identity_of(settings)),
        "decoding": benchmark.decoding,
        "data": data.described,
        "cautions": _caution(benchmark, settings, translation),
        **({"translation": translation.describe()} if translation else {}),
        "rows": {
            "read": len(found.items) + len(found.malformed) + sum(untranslated.values()),
            "untranslated": untranslated,
            "malformed": len(found.malformed),
            "malformed_examples": found.malformed[:_EXAMPLES],
            "asked": len(rows),
            "answered": len(answered),
            "rejected": dict(rejected),
        },
        "figures": _score(benchmark, settings, answered),
        "usage": directory.usage(),
    }


def _caution(
    benchmark: Benchmark, settings: EvaluationSettings, translation: Translation | None
) -> list[str]:
    """What has to be said beside the figures, without what the settings have settled."""
    settled = [] if settings.judge_prompt == OURS else [multifacet.OUR_WORDING]
    settled += [sysbench.CHINESE] if translation else []
    said = [caution for caution in benchmark.cautions if caution not in settled]
    return [translation.caution(), *said] if translation else said


def _score(benchmark: Benchmark, settings: EvaluationSettings, rows: Sequence[Row]) -> dict[str, Any]:
    if settings.subsets is None:
        return benchmark.score(rows)
    return multifacet.score_rows(rows, multifacet.read_subsets(Path(settings.subsets)))


def _model_name(rows: Sequence[Row], stage: str) -> str:
    """Who answered at a stage, as the accounts of the rows say."""
    names = (spent["model_name"] for row in rows for spent in row[USAGE] if spent["task"] == stage)
    return str(next(names, ""))


def _provenance(benchmark: Benchmark, items: Sequence[Item]) -> dict[str, Any]:
    """What must not change while an evaluation is resumed: the rows, and the prompt of the judge."""
    fingerprint = hash_content({"items": [asdict(item) for item in items]})
    return {"input": {"fingerprint": fingerprint}, "prompts": hash_prompts(benchmark.judge_prompts)}


def _finish(directory: RunDirectory, rows: Sequence[Row], report: Mapping[str, Any]) -> None:
    """Put rows and report in place."""
    directory.clear_work()
    new_dataset = directory.work / "rows"
    new_dataset.mkdir(parents=True)
    write_rows(rows, new_dataset / "00000-of-00001.parquet")
    directory.finish(new_dataset, report)
    write_hub_results(report, directory.path)


def read_rows(dataset: Path) -> list[Row]:
    """The rows of a finished evaluation."""
    import pyarrow.parquet as pq

    return [row for file in sorted(dataset.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
