"""The settings of one evaluation: the benchmark, the engine that answers, and the one that judges."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.settings.run_config import load_config as load_run_config

BenchmarkName = Literal["multifacet", "sysbench", "s-ifeval", "iheval", "heldout"]

_ENGINE: Final = ("model", "base_url", "engine", "engine_args", "llm", "llm_args", "structured_outputs")


class EvaluationSettings(BaseModel):
    """What an evaluation does.

    Attributes:
        benchmark: which one.
        data: a local file or directory in the published schema; without it the published data.
        limit: number of rows to use, of each file where there are several.
        runs: how often every row is answered (and judged).
        history: what the model sees of earlier turns, in SysBench.
        subsets: file that says which column of Multifacet's published table a source belongs to.
        answering: the engine settings of `RunConfig` for the model under test.
        judging: the same for the judge; empty for benchmarks that need none.
        max_concurrency: requests in flight at an engine.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    benchmark: BenchmarkName
    data: str | None = None
    limit: PositiveInt | None = None
    runs: PositiveInt = 1
    history: Literal["own", "reference"] = "own"
    subsets: str | None = None
    answering: dict[str, Any]
    judging: dict[str, Any] = Field(default_factory=dict)
    max_concurrency: PositiveInt = 64

    def model_post_init(self, context: Any, /) -> None:
        """Check the engines at once, before anything is fetched."""
        self.engine()
        if self.judging:
            self.judge()

    def engine(self) -> RunConfig:
        """The engine of the model under test, as settings of a run.

        Raises:
            ConfigError: if none is chosen, or a setting is wrong.
        """
        return self._run_config(self.answering)

    def judge(self) -> RunConfig:
        """The engine that judges, as settings of a run.

        Raises:
            ConfigError: if none is chosen, or a setting is wrong.
        """
        if not any(self.judging.get(name) for name in ("model", "llm")):
            raise ConfigError(
                f"{self.benchmark} needs a judge.",
                "Choose one with --judge-model and --judge-base-url, or --judge-llm; "
                "best of another family than the model under test.",
            )
        return self._run_config(self.judging)

    def notice(self) -> str:
        """What has to be said if a stand-in answers or judges, else empty."""
        parts = [self.engine().simulation_notice, self.judge().simulation_notice if self.judging else ""]
        return next(filter(None, parts), "")

    def _run_config(self, engine: dict[str, Any]) -> RunConfig:
        known = {name: engine[name] for name in _ENGINE if engine.get(name) is not None}
        return load_run_config(None, {**known, "input": self.data or self.benchmark})


def identity_of(settings: EvaluationSettings) -> dict[str, Any]:
    """What must be the same for an evaluation to be resumed: everything but addresses and speed."""
    dumped = settings.model_dump(mode="json", exclude={"max_concurrency", "data", "subsets"})
    for name in ("answering", "judging"):
        dumped[name] = {
            key: dumped[name].get(key) for key in ("model", "llm", "llm_args", "structured_outputs")
        }
    return dumped
