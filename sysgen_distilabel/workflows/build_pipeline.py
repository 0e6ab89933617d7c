"""Build the pipeline of a run out of its settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distilabel.constants import STEP_ATTR_NAME
from distilabel.steps.base import StepResources

from sysgen_distilabel.checks.check_table import Subject, policies_of
from sysgen_distilabel.host.pipeline import pipeline_class
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.outcome import SUBSETS
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.response_turns import Turns, turns_given_under_message
from sysgen_distilabel.review.apply_corrections import ApplyCorrections
from sysgen_distilabel.settings.run_config import RunConfig, task_names
from sysgen_distilabel.steps import (
    CheckConstraints,
    CheckPhrases,
    CheckResponses,
    CompileConstraints,
    ComposeSystemMessage,
    FilterTags,
    LoadConversations,
    MeasureLift,
    MeasureResponse,
    RejectNearDuplicates,
    SampleConditions,
    SplitByOutcome,
)
from sysgen_distilabel.tasks import (
    AddConflictingTurn,
    CheckAlignment,
    ExtendConversation,
    GenerateAlignedResponse,
    GenerateSystemMessage,
    JudgeAnswers,
    JudgeCoherence,
    SelectResponse,
    SelectSystemMessage,
    VerifyFunctionalities,
)
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.pipeline import Pipeline

    from sysgen_distilabel.inputs import Source

NAME = "sysgen"


def build_pipeline(
    config: RunConfig,
    store: Path | None = None,
    retries: Path | None = None,
    corrections: Path | None = None,
    cache_dir: Path | None = None,
    block: tuple[int, int] | None = None,
    data: Source | None = None,
    digests: Path | None = None,
    has_tools: bool = False,
) -> Pipeline:
    """The four phases as a distilabel pipeline with the leaves `accepted` and `rejected`.

    Args:
        config: the settings of the run.
        store: directory for the replies; without it nothing is remembered.
        retries: JSON file naming the rows to ask again, see `SysGenTask.retries`.
        corrections: JSON file with what people corrected, see `ApplyCorrections`.
        cache_dir: where distilabel keeps its working files, its own default without it.
        block: the first row of the input to work on and the one behind the last, all without it.
        data: rows in memory to work on, in place of `config.input`.
        digests: file with what each row was when the input was scanned, see `LoadConversations`.
        has_tools: whether rows come with tools in a place that is known.

    Raises:
        ConfigError: if the LLM cannot be made.
    """
    with pipeline_class()(
        name=NAME, description="SysGen (arXiv 2502.11330)", cache_dir=cache_dir
    ) as pipeline:
        task = partial(_task, config=config, store=store, retries=retries)
        has_tools |= config.variety.tools_column is not None
        loader = _load(config, data, block, digests, has_tools)
        steps = [loader, *_make_steps(config, task, corrections, has_tools)]
        leaves = [
            SplitByOutcome(name=kind, keep=kind, input_batch_size=config.batch_size) for kind in SUBSETS
        ]
        for step, following in pairwise(steps):
            step >> following
        steps[-1] >> leaves
    return pipeline


def _make_steps(
    config: RunConfig, task: Callable[..., dict[str, Any]], corrections: Path | None, has_tools: bool
) -> list[Any]:
    """The phases in their order, with what `variety` and a review ask for between them."""
    rows = {"input_batch_size": config.batch_size}
    steps = [*_generate(config, task, rows, has_tools), *_verify(config, task, rows)]
    if corrections:
        steps.append(ApplyCorrections(name="apply_corrections", corrections=str(corrections), **rows))
    return [*steps, *_compose(config, rows), *_respond(config, task, rows, has_tools)]


def _load(
    config: RunConfig,
    data: Source | None,
    block: tuple[int, int] | None,
    digests: Path | None,
    has_tools: bool,
) -> LoadConversations:
    return LoadConversations(
        name="load_conversations",
        source=config.input if data is None else None,
        dataset=data,
        columns=config.columns,
        roles=config.roles,
        turn_keys=config.turn_keys,
        trailing_user=config.trailing_user,
        prompts_only=config.prompts_only,
        id_column=config.id_column,
        keep_columns=config.keep_columns,
        tools_column=config.variety.tools_column,
        find_tools=has_tools,
        existing_system=config.existing_system,
        digests=str(digests) if digests else None,
        skip=block[0] if block else 0,
        limit=block[1] if block else config.limit,
        batch_size=2 * config.batch_size,  # so that a batch waits whenever a Task has finished one
    )


def _generate(
    config: RunConfig, task: Callable[..., dict[str, Any]], rows: dict[str, int], has_tools: bool
) -> list[Any]:
    """Phase 1, with the conditions drawn before it."""
    variety = config.variety
    conditions = variety.conditions
    steps: list[Any] = []
    if conditions:
        steps.append(SampleConditions(name="sample_conditions", **dict(conditions), **rows))
    steps.append(
        GenerateSystemMessage(
            repair=config.repair,
            conditioned=bool(conditions or has_tools),
            candidates=variety.candidates,
            prompts=config.prompts,
            show_existing=config.existing_system == "show",
            max_phrases=config.max_phrases,
            max_phrase_length=config.max_phrase_length,
            **task("generate_system_message"),
        )
    )
    return steps


def _verify(config: RunConfig, task: Callable[..., dict[str, Any]], rows: dict[str, int]) -> list[Any]:
    """Phases 2 and 3, with the choice among candidates before and the checks of phrases between them."""
    judging: dict[str, Any] = {
        "verdict_per": config.verdict_per,
        "ask_about_leaks": config.ask_about_leaks,
        "prompts": config.prompts,
    }
    steps: list[Any] = []
    if "select_system_message" in task_names(config):
        verifier = task("verify_functionalities") | {"name": "select_system_message"}
        steps.append(SelectSystemMessage(repair=config.repair, **judging, **verifier))
    return [
        *steps,
        FilterTags(name="filter_tags", repair=config.repair, order=config.phrase_order, **rows),
        *_check_phrases(config, rows),
        VerifyFunctionalities(votes=config.verdict_votes, **judging, **task("verify_functionalities")),
    ]


def _compose(config: RunConfig, rows: dict[str, int]) -> list[Any]:
    """The system message, and what looks at it as a whole."""
    steps: list[Any] = [ComposeSystemMessage(name="compose_system_message", layout=config.layout, **rows)]
    similarity = config.variety.max_similarity
    if similarity is not None:
        steps.append(RejectNearDuplicates(name="reject_near_duplicates", max_similarity=similarity, **rows))
    if config.constraints != "off":
        steps.append(CompileConstraints(name="compile_constraints", **rows))
    return steps


def _respond(
    config: RunConfig, task: Callable[..., dict[str, Any]], rows: dict[str, int], has_tools: bool
) -> list[Any]:
    """Phase 4, with the turns added before it and what looks at the responses behind it."""
    variety, tasks = config.variety, task_names(config)
    steps: list[Any] = []
    if "add_conflicting_turn" in tasks:
        steps.append(AddConflictingTurn(share=variety.conflicting_share, **task("add_conflicting_turn")))
    steps.append(
        GenerateAlignedResponse(
            turns=config.turns,
            candidates=variety.response_candidates,
            keep_reasoning=config.keep_reasoning,
            check_constraints=config.constraints in ("regenerate", "reject"),
            offer_tools=has_tools,
            **task("generate_aligned_response"),
        )
    )
    if "select_response" in tasks:
        steps.append(SelectResponse(**task("select_response")))
    turns = turns_given_under_message(config.turns)
    if config.constraints != "off":
        reject = config.constraints == "reject"
        steps.append(CheckConstraints(name="check_constraints", turns=turns, reject=reject, **rows))
    steps += _check_responses(config, turns, rows)
    if "judge_answers" in tasks:
        policy = "reject" if config.checks["answers"] == "reject" else "mark"
        steps.append(JudgeAnswers(policy=policy, **task("judge_answers")))
    if "check_alignment" in tasks:
        policy = config.checks["alignment"]
        steps.append(CheckAlignment(policy=policy, turns=turns, **task("check_alignment")))
    if "judge_coherence" in tasks:
        steps.append(JudgeCoherence(**task("judge_coherence")))
    if config.measure_responses:
        steps.append(MeasureResponse(name="measure_response", turns=turns))
    if config.measure_lift:
        steps.append(_measure_lift(config))
    if "extend_conversation" in tasks:
        steps.append(ExtendConversation(turns=variety.added_turns, **task("extend_conversation")))
    return steps


def _measure_lift(config: RunConfig) -> MeasureLift:
    """It asks the engine that has answered; of several servers, which hold the same model, the first."""
    engine = config.engine_of("generate_aligned_response")
    url = engine.base_url[0] if isinstance(engine.base_url, list) else engine.base_url
    return MeasureLift(name="measure_lift", model=engine.model, base_url=url, share=config.measure_lift)


def _check_phrases(config: RunConfig, rows: dict[str, int]) -> list[CheckPhrases]:
    """The checks of phrases in one Step, so in one process, if any is on."""
    if not policies_of(config.checks, Subject.PHRASES):
        return []
    return [CheckPhrases(name="check_phrases", checks=config.checks, **rows)]


def _check_responses(config: RunConfig, turns: Turns, rows: dict[str, int]) -> list[CheckResponses]:
    """The checks of responses in one Step, so in one process, if any is on."""
    if not policies_of(config.checks, Subject.RESPONSES):
        return []
    return [CheckResponses(name="check_responses", checks=config.checks, turns=turns, **rows)]


def used_templates(pipeline: Pipeline) -> list[str]:
    """The files of `sysgen_distilabel.prompts` that the prompts of a pipeline are made of."""
    return sorted({name for task in _tasks_of(pipeline) for name in task.templates})


def resolve_sampling(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """How each Task of a pipeline samples: as in the paper, but for what the settings change."""
    return {
        task.name: {**task.sampling, **(task.llm.llm.generation_kwargs or {})} for task in _tasks_of(pipeline)
    }


def _tasks_of(pipeline: Pipeline) -> list[SysGenTask]:
    steps = [pipeline.dag.get_step(name)[STEP_ATTR_NAME] for name in pipeline.dag]
    return [step for step in steps if isinstance(step, SysGenTask)]


def load_groups(config: RunConfig) -> list[list[str]] | None:
    """What distilabel loads one after the other: with the engine inside the process, the Tasks.

    Each process of a Task would load the model, so that there would be three at once.
    """
    return [[name] for name in task_names(config)[1:]] if config.is_in_process else None


def _checks_of(name: str, config: RunConfig) -> dict[str, str]:
    """The checks that the replies to a Task have to pass."""
    subjects = [Subject.REPLIES]
    subjects += [Subject.PHRASES] if name == "generate_system_message" else []
    subjects += [Subject.RESPONSES] if name == "generate_aligned_response" else []
    return {name: policy.value for name, policy in policies_of(config.checks, *subjects).items()}


def _task(name: str, *, config: RunConfig, store: Path | None, retries: Path | None) -> dict[str, Any]:
    """What the Tasks have in common."""
    llm = choose_llm(config.engine_of(name))
    llm.generation_kwargs = {
        **(llm.generation_kwargs or {}),
        **config.generation_kwargs.get(name, {}),  # type: ignore[call-overload]
    }
    return {
        "name": name,
        "resources": StepResources(replicas=config.engines if config.engine == "inprocess" else 1),
        "llm": Recorded(
            llm=llm,
            store=str(store) if store else None,
            shared_store=config.store,
            max_concurrency=config.max_concurrency,
        ),
        "max_attempts": config.max_attempts,
        "checks": _checks_of(name, config),
        "structured_outputs": config.structured_outputs,
        "input_batch_size": config.batch_size,
        "retries": str(retries) if retries else None,
    }
