"""The settings of one evaluation: the benchmark, the engine that answers, and the one that judges."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.engine_config import EngineConfig


class EvaluationSettings(BaseModel):
    """What an evaluation does.

    Attributes:
        benchmark: which one, by its name in `BENCHMARKS`.
        data: a local file or directory in the published schema; without it the published data.
        limit: number of rows to use, of each file where there are several.
        runs: how often every row is answered (and judged).
        history: what the model sees of earlier turns, in SysBench.
        system_role: `native`, or `fold` for the system message in the first user turn (the paper's Table 7).
        sessions: number of sessions to draw, in SysBench; without it all.
        seed: of the drawing.
        translate: directory of an English translation by the judge's engine, in SysBench; what is there is
            not translated again.
        subsets: file that says which column of Multifacet's published table a source belongs to.
        judge_prompt: the wording the judge is asked in: `ours`, `owners` for that of the benchmark's owners,
            or a local copy of the file that holds it.
        answering: the engine of the model under test.
        judging: the engine that judges; none for benchmarks that need none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    benchmark: str
    data: str | None = None
    limit: PositiveInt | None = None
    runs: PositiveInt = 1
    history: Literal["own", "reference"] = "own"
    system_role: Literal["native", "fold"] = "native"
    sessions: PositiveInt | None = None
    seed: int = 0
    translate: str | None = None
    subsets: str | None = None
    judge_prompt: str = "ours"
    answering: EngineConfig
    judging: EngineConfig | None = None

    def judge(self) -> EngineConfig:
        """The engine that judges.

        Raises:
            ConfigError: if none is chosen.
        """
        if self.judging is None:
            raise ConfigError(
                f"{self.benchmark} needs a judge.",
                "Choose one with --judge-model and --judge-base-url, or --judge-llm; "
                "best of another family than the model under test.",
            )
        return self.judging

    def notice(self) -> str:
        """What has to be said if no language model answers or judges, else empty."""
        judging = self.judging.judge_notice if self.judging else ""
        return self.answering.simulation_notice or judging


_LATER: Final = {"system_role": "native", "judge_prompt": "ours", "sessions": None, "seed": 0}
"""Settings that older evaluations lack, and what they did."""


def identity_of(settings: EvaluationSettings) -> dict[str, Any]:
    """What must be the same for an evaluation to be resumed: everything but addresses and speed."""
    dumped = settings.model_dump(mode="json", exclude={"data", "subsets", "translate"})
    for name, old in _LATER.items():
        if dumped[name] == old:
            del dumped[name]  # as it was in evaluations that are older than the setting
    if settings.translate is not None:
        dumped["translated"] = True
    for name in ("answering", "judging"):
        engine = dumped[name] or {}
        dumped[name] = {key: engine.get(key) for key in ("model", "llm", "llm_args", "structured_outputs")}
    return dumped
