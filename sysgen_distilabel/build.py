"""Build the pipeline of a run out of its settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.config import TASKS, RunConfig
from sysgen_distilabel.llms.choose import choose_llm
from sysgen_distilabel.llms.recorded import Recorded
from sysgen_distilabel.pipeline import pipeline_class
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags, LoadConversations, SplitByOutcome
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

if TYPE_CHECKING:
    from distilabel.pipeline import Pipeline

NAME = "sysgen"


def build_pipeline(
    config: RunConfig,
    store: Path | None = None,
    retries: Path | None = None,
    cache_dir: Path | None = None,
) -> Pipeline:
    """The four phases as a distilabel pipeline with the leaves `accepted` and `rejected`.

    Args:
        config: the settings of the run.
        store: directory for the replies; without it nothing is remembered.
        retries: JSON file naming the rows to ask again, see `SysGenTask.retries`.
        cache_dir: where the host keeps its working files, its own default without it.

    Raises:
        ConfigError: if the LLM cannot be made.
    """
    loader_rows = 2 * config.batch_size  # so that a batch waits whenever a Task has finished one
    with pipeline_class()(
        name=NAME, description="SysGen (arXiv 2502.11330)", cache_dir=cache_dir
    ) as pipeline:
        load = LoadConversations(
            name="load_conversations",
            source=config.input,
            columns=config.columns,
            id_column=config.id_column,
            keep_columns=config.keep_columns,
            limit=config.limit,
            batch_size=loader_rows,
        )
        generate = GenerateSystemMessage(
            repair=config.repair, **_task("generate_system_message", config, store, retries)
        )
        filter_tags = FilterTags(name="filter_tags", repair=config.repair, input_batch_size=config.batch_size)
        verify = VerifyFunctionalities(
            verdict_per=config.verdict_per, **_task("verify_functionalities", config, store, retries)
        )
        compose = ComposeSystemMessage(name="compose_system_message", input_batch_size=config.batch_size)
        respond = GenerateAlignedResponse(
            keep_earlier_turns=config.keep_earlier_turns,
            **_task("generate_aligned_response", config, store, retries),
        )
        leaves = [
            SplitByOutcome(name=kind, keep=kind, input_batch_size=config.batch_size)
            for kind in ("accepted", "rejected")
        ]
        load >> generate >> filter_tags >> verify >> compose >> respond >> leaves
    return pipeline


def load_groups(config: RunConfig) -> list[list[str]] | None:
    """What the host loads one after the other: with the engine inside the process, the Tasks.

    Each process of a Task would load the model, so that there would be three at once.
    """
    in_process = config.model is not None and config.base_url is None and config.engine == "inprocess"
    return [[name] for name in TASKS[1:]] if in_process else None


def _task(name: str, config: RunConfig, store: Path | None, retries: Path | None) -> dict[str, Any]:
    """What the three Tasks have in common."""
    llm = choose_llm(config, name)
    llm.generation_kwargs = {
        **(llm.generation_kwargs or {}),
        **config.generation_kwargs.get(name, {}),  # type: ignore[call-overload]
    }
    return {
        "name": name,
        "llm": Recorded(llm=llm, store=str(store) if store else None, max_concurrency=config.max_concurrency),
        "max_attempts": config.max_attempts,
        "structured_outputs": config.structured_outputs,
        "input_batch_size": config.batch_size,
        "retries": str(retries) if retries else None,
    }
