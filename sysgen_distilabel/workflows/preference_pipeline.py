"""Build the pipeline that makes preference pairs out of the accepted rows of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import MESSAGES, REJECTED_MESSAGES
from sysgen_distilabel.host.pipeline import pipeline_class
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.settings.engine_config import EngineConfig
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import (
    ContrastSystemMessage,
    LoadPairs,
    OpposeResponses,
    RequireViolation,
    SelectPreferencePairs,
    SplitByOutcome,
)
from sysgen_distilabel.steps.load_pairs import PairKind
from sysgen_distilabel.tasks import GenerateContrastResponse, JudgeAlignment, JudgePair
from sysgen_distilabel.variety.contrast import Contrast

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM
    from distilabel.pipeline import Pipeline

TASKS: Final = ("generate_contrast_response", "judge_rejected", "judge_chosen", "judge_pair")
"""The names of the Tasks, in their order."""

_JUDGE_ATTEMPTS: Final = 3
_RESPONDER: Final = "generate_aligned_response"


@dataclass(frozen=True, slots=True)
class PreferenceSettings:
    """What pairs to make of a run.

    Attributes:
        responder: settings of the engine that answers under contrastive system messages, those of
            the run: it answers as `GenerateAlignedResponse` does.
        judge: settings of the engine that judges.
        kinds: `original` and `contrastive` pairs, or one of them.
        contrasts: what is done to a functionality for a contrastive system message.
        max_length_ratio: how many times as long as the shorter response the longer one may be.
        min_margin: leave out original pairs with a lower margin, of those of which it was measured.
        seed: other seeds contrast other functionalities.
    """

    responder: RunConfig
    judge: EngineConfig
    kinds: list[PairKind] = field(default_factory=lambda: ["original", "contrastive"])
    contrasts: list[Contrast] = field(default_factory=lambda: list(Contrast))
    max_length_ratio: float | None = None
    min_margin: float | None = None
    seed: int = 0


def build_preference_pipeline(
    dataset: Path, settings: PreferenceSettings, store: Path | None = None, cache_dir: Path | None = None
) -> Pipeline:
    """The pipeline from accepted rows to the leaves `pairs` and `left_out`.

    The judges read the rejected turns in the place of the original conversation.

    Args:
        dataset: the `dataset` directory of a finished run.
        settings: what pairs to make; with `engine: server` with the addresses of the servers.
        store: directory for the replies; without it nothing is remembered.
        cache_dir: where distilabel keeps its working files, its own default without it.

    Raises:
        ConfigError: if an engine cannot be made.
    """
    rows = settings.responder.batch_size
    judge = partial(_judge, settings.judge, store, input_batch_size=rows)
    with pipeline_class()(name="sysgen-preferences", cache_dir=cache_dir) as pipeline:
        steps: list[Any] = [
            LoadPairs(name="load_pairs", dataset=str(dataset), kinds=settings.kinds, batch_size=2 * rows),
            ContrastSystemMessage(
                name="contrast_system_message",
                contrasts=[contrast.value for contrast in settings.contrasts],
                seed=settings.seed,
            ),
            GenerateContrastResponse(input_batch_size=rows, **_respond(settings.responder, store)),
            OpposeResponses(name="oppose_responses", max_length_ratio=settings.max_length_ratio),
            JudgeAlignment(response="original", **judge(TASKS[1])),
            RequireViolation(name="require_violation"),
            JudgeAlignment(response="aligned", **judge(TASKS[2])),
            JudgePair(questions=["system_message"], **judge(TASKS[3])),
            SelectPreferencePairs(name="select_preference_pairs", min_margin=settings.min_margin),
        ]
        leaves = [
            SplitByOutcome(name="pairs", keep="accepted"),
            SplitByOutcome(name="left_out", keep="rejected"),
        ]
        for step, following in pairwise(steps):
            step >> following
        steps[-1] >> leaves
    return pipeline


def load_groups(settings: PreferenceSettings) -> list[list[str]] | None:
    """What distilabel loads one after the other: with an engine inside the process, the Tasks."""
    in_process = settings.responder.is_in_process or settings.judge.is_in_process
    return [[name] for name in TASKS[1:]] if in_process else None


def _respond(config: RunConfig, store: Path | None) -> dict[str, Any]:
    """It answers as the Task of the run does."""
    llm = choose_llm(config.engine_of(_RESPONDER))
    sampling = config.generation_kwargs.get(_RESPONDER, {})
    llm.generation_kwargs = {**(llm.generation_kwargs or {}), **sampling}
    return {"max_attempts": config.max_attempts, **_task(TASKS[0], config, llm, store)}


def _judge(engine: EngineConfig, store: Path | None, name: str, **fields: Any) -> dict[str, Any]:
    rejected_side = {MESSAGES: REJECTED_MESSAGES}
    common = _task(name, engine, choose_llm(engine), store)
    return {"input_mappings": rejected_side, "max_attempts": _JUDGE_ATTEMPTS, **common, **fields}


def _task(name: str, engine: EngineConfig, llm: LLM, store: Path | None) -> dict[str, Any]:
    """What the Tasks have in common."""
    return {
        "name": name,
        "llm": Recorded(llm=llm, store=str(store) if store else None, max_concurrency=engine.max_concurrency),
        "structured_outputs": engine.structured_outputs,
    }
