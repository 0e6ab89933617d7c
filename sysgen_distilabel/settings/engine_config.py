"""The settings of an engine, of a run, of one Task, of an evaluation or of a judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.secrets import remember_secrets
from sysgen_distilabel.simulated_notice import notice_of_judge, notice_of_llm


class EngineConfig(BaseModel):
    """One engine: a served model, or any distilabel LLM.

    Attributes:
        model: the model: a Hub repo id or directory to serve with vLLM, or, with `base_url`, the
            name it is served under.
        base_url: address of an OpenAI-compatible endpoint that runs already, or several of them.
        engine: how vLLM runs when there is no `base_url`: `server` starts one `vllm serve` for
            all phases, `inprocess` loads the model in one phase after the other.
        engine_args: options of vLLM, such as `{tensor_parallel_size: 2, max_model_len: 8192}`.
        llm: instead of a model, `simulated` or the import path of any distilabel LLM.
        llm_args: fields of that LLM.
        structured_outputs: keep replies to the format asked for by a grammar: `auto` where the
            engine can, `on` insists on it, `off` leaves it to the model as the paper does.
        max_concurrency: requests in flight at the engine, all Tasks together.
        ray: address of a Ray cluster to start it on, see
            `sysgen_distilabel.serving.ray_cluster.connected`.
        engines: how many engines Ray starts: vLLM servers that share the requests, or, with the
            engine `inprocess`, processes per Task that load the model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = None
    base_url: str | list[str] | None = None
    engine: Literal["server", "inprocess"] = "server"
    engine_args: dict[str, Any] = Field(default_factory=dict)
    llm: str | None = None
    llm_args: dict[str, Any] = Field(default_factory=dict)
    structured_outputs: Literal["auto", "on", "off"] = "auto"
    max_concurrency: PositiveInt = 64
    ray: str | None = None
    engines: PositiveInt = 1

    @model_validator(mode="after")
    def _check_engine(self) -> Self:
        """One engine has to be chosen, and settings of another are a mistake."""
        if (self.llm is None) == (self.model is None):
            raise ValueError("choose one engine, either `model` or `llm`")
        if self.llm_args and self.llm is None:
            raise ValueError("`llm_args` are fields of an `llm`; use `engine_args` with a `model`")
        if (self.base_url or self.engine_args) and self.model is None:
            raise ValueError("`base_url` and `engine_args` need a `model`")
        if self.base_url and self.engine_args:
            raise ValueError("`engine_args` are for an engine that the run starts, which `base_url` is not")
        if self.engines > 1 and (self.ray is None or self.model is None or self.base_url):
            raise ValueError(
                "`engines` are started by Ray, for a `model` without `base_url`; on one machine use"
                " `engine_args: {data_parallel_size: N}`"
            )
        return self

    @property
    def is_in_process(self) -> bool:
        """Whether each Task loads the model into a process of its own."""
        return self.model is not None and self.base_url is None and self.engine == "inprocess"

    @property
    def simulation_notice(self) -> str:
        """What has to be said of the data if no language model answers, else empty."""
        return notice_of_llm(self.llm)

    @property
    def judge_notice(self) -> str:
        """What has to be said of its verdicts if no language model judges, else empty."""
        return notice_of_judge(self.llm)


def load_engine(settings: Mapping[str, Any]) -> EngineConfig:
    """The engine that these settings choose; those that are `None` are not given.

    Raises:
        ConfigError: if none is chosen, or a setting is unknown or wrong.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        engine = EngineConfig(**given)
        remember_secrets(given)
        return engine
    except ValidationError as error:
        raise ConfigError(
            f"Wrong settings of an engine: {describe(error)}.", "Name one model, or one LLM, and its options."
        ) from None


def describe(error: ValidationError) -> str:
    """The problems pydantic found, in one line and without the values, which may be secret."""
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            problems.append(f"there is no setting '{place}'")
            continue
        message = problem["msg"].removeprefix("Value error, ")
        problems.append(f"'{place}': {message[:1].lower()}{message[1:]}" if place else message)
    return "; ".join(problems)
