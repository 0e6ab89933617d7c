"""Measures and judges the responses of a finished run, on a sample of its accepted rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from sysgen_distilabel.columns import SOURCE_ID
from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.recorded.store import read_usage
from sysgen_distilabel.response_turns import turns_given_under_message
from sysgen_distilabel.runs.row_counts import explain_rejected
from sysgen_distilabel.serving.start_engine import running_engine

if TYPE_CHECKING:
    from distilabel.pipeline import Pipeline

    from sysgen_distilabel.runs.run_directory import RunDirectory
    from sysgen_distilabel.settings.engine_config import EngineConfig

Question = Literal["request", "system_message", "paper", "alignment"]

QUESTIONS: Final[tuple[Question, ...]] = ("request", "system_message", "alignment")
"""What a judge is asked if nothing else is wanted: all but the paper's own question."""

_JUDGE_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class ResponseSettings:
    """What to find out about the responses of a run.

    Attributes:
        judge: settings of the engine that judges; without them nothing is judged.
        questions: what to ask it.
        sample: how many accepted rows to look at; always the same ones of a run.
        embeddings: a sentence-transformers model for the similarity of embeddings.
        bertscore_model: an encoder for BERTScore.
        bertscore_layers: its layers to use.
    """

    judge: EngineConfig | None = None
    questions: Sequence[Question] = QUESTIONS
    sample: int = 1000
    embeddings: str | None = None
    bertscore_model: str | None = None
    bertscore_layers: int | None = None


def read_questions(names: Sequence[str] | None) -> Sequence[Question]:
    """The questions of these names, or the usual ones.

    Raises:
        ConfigError: if a name is unknown.
    """
    for name in names or ():
        if name not in get_args(Question):
            raise ConfigError(f"There is no question '{name}'.", f"Use {', '.join(get_args(Question))}.")
    return cast(Sequence[Question], names) if names else QUESTIONS


def evaluate_responses(run: RunDirectory, settings: ResponseSettings) -> dict[str, Any]:
    """Measure and judge; what was answered before is not asked again.

    The rows with their measures and verdicts are in `evaluation/accepted` of the run directory, the
    figures in `evaluation/responses.json` and in the report of the run.

    Args:
        run: a finished run.
        settings: what to find out.

    Returns:
        The figures.

    Raises:
        RunError: if there is no finished run, or no accepted row in it.
        ConfigError: if a package is missing or an engine cannot be made.
        FatalError: if the engine or the store is gone; what was answered is kept.
    """
    from sysgen_distilabel.report.write_report import write_report

    run.require_finished()
    with run.locked(), run.explain_os_errors():
        rows = sample_rows(run.dataset / "accepted", settings.sample)
        if not rows:
            why = explain_rejected(run.read_report())
            raise RunError(f"The run in {run.path} has no accepted row. {why}", "Look at its report.json.")
        figures = _evaluate(run, settings, rows)
        write_report(run)
    return figures


def sample_rows(subset: Path, number: int) -> list[dict[str, Any]]:
    """So many rows, in their order: those whose `source_id` has the least hash, so always the same.

    Args:
        subset: a directory of parquet files.
        number: how many at most.
    """
    import pyarrow.dataset as ds

    rows = ds.dataset(subset, format="parquet")
    ids = rows.to_table(columns=[SOURCE_ID]).column(SOURCE_ID).to_pylist()
    chosen = nsmallest(number, range(len(ids)), key=lambda place: _hash(ids[place]))
    sampled: list[dict[str, Any]] = rows.take(sorted(chosen)).to_pylist()
    return sampled


def _hash(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()


def _evaluate(run: RunDirectory, settings: ResponseSettings, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from sysgen_distilabel.report.figures.response_figures import read_response_figures
    from sysgen_distilabel.report.write_report import EVALUATION_NAME

    directory = run.evaluation
    directory.mkdir(exist_ok=True)
    if settings.judge is None:
        _run_pipeline(run, settings, None, rows)
    else:
        with running_engine(settings.judge, directory / "engine.log") as served:
            _run_pipeline(run, settings, served, rows)
    figures = {
        **read_response_figures(directory),
        "sample_of": _count_rows(run.dataset / "accepted"),
        "simulation_notice": settings.judge.judge_notice if settings.judge else "",
        "usage": read_usage(directory / "calls"),
    }
    write_whole(directory / EVALUATION_NAME, json.dumps(figures, indent=2) + "\n")
    return figures


def _run_pipeline(
    run: RunDirectory, settings: ResponseSettings, judge: EngineConfig | None, rows: list[dict[str, Any]]
) -> None:
    from sysgen_distilabel.host.logs import log_file_handler

    run.clear_work()
    pipeline = _build_pipeline(run, settings, judge, rows)
    distiset = pipeline.run(use_cache=False, logging_handlers=[log_file_handler(run.log)])
    folder = run.evaluation / "accepted"
    folder.mkdir(exist_ok=True)
    distiset["default"]["train"].to_parquet(folder / "rows.parquet.new")
    (folder / "rows.parquet.new").replace(folder / "rows.parquet")
    run.clear_work()


def _build_pipeline(
    run: RunDirectory, settings: ResponseSettings, judge: EngineConfig | None, rows: list[dict[str, Any]]
) -> Pipeline:
    """Load, measure, and judge if there is a judge."""
    from distilabel.models.embeddings import SentenceTransformerEmbeddings
    from distilabel.steps import LoadDataFromDicts

    from sysgen_distilabel.host.pipeline import pipeline_class
    from sysgen_distilabel.steps import MeasureResponse

    embeddings = SentenceTransformerEmbeddings(model=settings.embeddings) if settings.embeddings else None
    with pipeline_class()(name="evaluate-responses", cache_dir=run.work) as pipeline:
        load = LoadDataFromDicts(name="load", data=rows)
        step = MeasureResponse(
            name="measure_response",
            turns=_turns_of(run),
            embeddings=embeddings,
            bertscore_model=settings.bertscore_model,
            bertscore_layers=settings.bertscore_layers,
        )
        load >> step
        for task in _make_judges(run, settings, judge) if judge else ():
            step >> task
            step = task
    return pipeline


def _make_judges(run: RunDirectory, settings: ResponseSettings, judge: EngineConfig) -> list[Any]:
    from sysgen_distilabel.llms.choose_llm import choose_llm
    from sysgen_distilabel.recorded.recorded_llm import Recorded
    from sysgen_distilabel.tasks import JudgeAlignment, JudgePair

    def common(name: str) -> dict[str, Any]:
        store = str(run.evaluation / "calls")
        recorded = Recorded(llm=choose_llm(judge), store=store, max_concurrency=judge.max_concurrency)
        return {
            "name": name,
            "llm": recorded,
            "max_attempts": _JUDGE_ATTEMPTS,
            "structured_outputs": judge.structured_outputs,
        }

    tasks: list[Any] = []
    if questions := [question for question in settings.questions if question != "alignment"]:
        tasks.append(JudgePair(questions=questions, **common("judge_pair")))
    if "alignment" in settings.questions:
        tasks.append(JudgeAlignment(**common("judge_alignment")))
    return tasks


def _turns_of(run: RunDirectory) -> Literal["all", "last"]:
    """Earlier turns that the run kept as they were say nothing about responses."""
    return turns_given_under_message(run.read_config().get("turns", "regenerate"))


def _count_rows(subset: Path) -> int:
    import pyarrow.dataset as ds

    return int(ds.dataset(subset, format="parquet").count_rows())
