"""SysGen for distilabel: write, check and apply system messages for fine-tuning data that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sysgen_distilabel.host  # noqa: F401  (before distilabel is imported: silences its warnings)
from sysgen_distilabel.lazy_names import offer
from sysgen_distilabel.old_paths import keep_old_paths

if TYPE_CHECKING:
    from sysgen_distilabel.constraints.reward import ConstraintReward as ConstraintReward
    from sysgen_distilabel.constraints.reward import constraint_reward as constraint_reward
    from sysgen_distilabel.errors import ConfigError as ConfigError
    from sysgen_distilabel.errors import EngineGone as EngineGone
    from sysgen_distilabel.errors import FatalError as FatalError
    from sysgen_distilabel.errors import GuardFailed as GuardFailed
    from sysgen_distilabel.errors import HubError as HubError
    from sysgen_distilabel.errors import InputError as InputError
    from sysgen_distilabel.errors import Interrupted as Interrupted
    from sysgen_distilabel.errors import MachineLimit as MachineLimit
    from sysgen_distilabel.errors import ReviewError as ReviewError
    from sysgen_distilabel.errors import RunError as RunError
    from sysgen_distilabel.errors import StepFailed as StepFailed
    from sysgen_distilabel.errors import StoreError as StoreError
    from sysgen_distilabel.errors import SysGenError as SysGenError
    from sysgen_distilabel.export.export_for_training import ExportForTraining as ExportForTraining
    from sysgen_distilabel.export.export_run import export_run as export_run
    from sysgen_distilabel.host.pipeline import SysGenPipeline as SysGenPipeline
    from sysgen_distilabel.hub.distiset import with_card as with_card
    from sysgen_distilabel.hub.model_card import render_model_card as render_model_card
    from sysgen_distilabel.llms.endpoint import EndpointLLM as EndpointLLM
    from sysgen_distilabel.llms.simulated import SimulatedLLM as SimulatedLLM
    from sysgen_distilabel.llms.vllm import vLLM as vLLM
    from sysgen_distilabel.recorded.recorded_llm import Recorded as Recorded
    from sysgen_distilabel.review.apply_corrections import ApplyCorrections as ApplyCorrections
    from sysgen_distilabel.review.sysgen_to_argilla import SysGenToArgilla as SysGenToArgilla
    from sysgen_distilabel.runs.hold_out import is_held_out as is_held_out
    from sysgen_distilabel.runs.run_directory import RunDirectory as RunDirectory
    from sysgen_distilabel.serving.vllm_server import vllm_server as vllm_server
    from sysgen_distilabel.settings.run_config import RunConfig as RunConfig
    from sysgen_distilabel.steps.check_answer import CheckAnswer as CheckAnswer
    from sysgen_distilabel.steps.check_answer_faults import CheckAnswerFaults as CheckAnswerFaults
    from sysgen_distilabel.steps.check_constraints import CheckConstraints as CheckConstraints
    from sysgen_distilabel.steps.check_contradictions import CheckContradictions as CheckContradictions
    from sysgen_distilabel.steps.check_copies import CheckCopies as CheckCopies
    from sysgen_distilabel.steps.check_formulas import CheckFormulas as CheckFormulas
    from sysgen_distilabel.steps.check_fragments import CheckFragments as CheckFragments
    from sysgen_distilabel.steps.check_language import CheckLanguage as CheckLanguage
    from sysgen_distilabel.steps.check_leaks import CheckLeaks as CheckLeaks
    from sysgen_distilabel.steps.check_phrases import CheckPhrases as CheckPhrases
    from sysgen_distilabel.steps.check_responses import CheckResponses as CheckResponses
    from sysgen_distilabel.steps.check_tools import CheckTools as CheckTools
    from sysgen_distilabel.steps.compile_constraints import CompileConstraints as CompileConstraints
    from sysgen_distilabel.steps.compose_system_message import ComposeSystemMessage as ComposeSystemMessage
    from sysgen_distilabel.steps.contrast_system_message import ContrastSystemMessage as ContrastSystemMessage
    from sysgen_distilabel.steps.filter_tags import FilterTags as FilterTags
    from sysgen_distilabel.steps.load_conversations import LoadConversations as LoadConversations
    from sysgen_distilabel.steps.load_pairs import LoadPairs as LoadPairs
    from sysgen_distilabel.steps.measure_lift import MeasureLift as MeasureLift
    from sysgen_distilabel.steps.measure_response import MeasureResponse as MeasureResponse
    from sysgen_distilabel.steps.oppose_responses import OpposeResponses as OpposeResponses
    from sysgen_distilabel.steps.reject_near_duplicates import RejectNearDuplicates as RejectNearDuplicates
    from sysgen_distilabel.steps.require_violation import RequireViolation as RequireViolation
    from sysgen_distilabel.steps.sample_conditions import SampleConditions as SampleConditions
    from sysgen_distilabel.steps.select_preference_pairs import SelectPreferencePairs as SelectPreferencePairs
    from sysgen_distilabel.steps.split_by_outcome import SplitByOutcome as SplitByOutcome
    from sysgen_distilabel.tasks.add_conflicting_turn import AddConflictingTurn as AddConflictingTurn
    from sysgen_distilabel.tasks.answer_messages import AnswerMessages as AnswerMessages
    from sysgen_distilabel.tasks.check_alignment import CheckAlignment as CheckAlignment
    from sysgen_distilabel.tasks.check_criteria import CheckCriteria as CheckCriteria
    from sysgen_distilabel.tasks.extend_conversation import ExtendConversation as ExtendConversation
    from sysgen_distilabel.tasks.generate_aligned_response import (
        GenerateAlignedResponse as GenerateAlignedResponse,
    )
    from sysgen_distilabel.tasks.generate_contrast_response import (
        GenerateContrastResponse as GenerateContrastResponse,
    )
    from sysgen_distilabel.tasks.generate_system_message import GenerateSystemMessage as GenerateSystemMessage
    from sysgen_distilabel.tasks.judge_alignment import JudgeAlignment as JudgeAlignment
    from sysgen_distilabel.tasks.judge_answers import JudgeAnswers as JudgeAnswers
    from sysgen_distilabel.tasks.judge_coherence import JudgeCoherence as JudgeCoherence
    from sysgen_distilabel.tasks.judge_pair import JudgePair as JudgePair
    from sysgen_distilabel.tasks.score_rubrics import ScoreRubrics as ScoreRubrics
    from sysgen_distilabel.tasks.select_response import SelectResponse as SelectResponse
    from sysgen_distilabel.tasks.select_system_message import SelectSystemMessage as SelectSystemMessage
    from sysgen_distilabel.tasks.translate_texts import TranslateTexts as TranslateTexts
    from sysgen_distilabel.tasks.verify_functionalities import VerifyFunctionalities as VerifyFunctionalities
    from sysgen_distilabel.workflows.build_pipeline import build_pipeline as build_pipeline
    from sysgen_distilabel.workflows.merge_runs import merge as merge
    from sysgen_distilabel.workflows.prove.prove_function import prove as prove
    from sysgen_distilabel.workflows.prove.recipe import Recipe as Recipe
    from sysgen_distilabel.workflows.run import RunResult as RunResult
    from sysgen_distilabel.workflows.run import run as run
    from sysgen_distilabel.workflows.sysgen_function import sysgen as sysgen

__version__ = "0.2.0"

_HOMES: Final = {
    "sysgen_distilabel.constraints.reward": ("ConstraintReward", "constraint_reward"),
    "sysgen_distilabel.errors": (
        "ConfigError",
        "EngineGone",
        "FatalError",
        "GuardFailed",
        "HubError",
        "InputError",
        "Interrupted",
        "MachineLimit",
        "ReviewError",
        "RunError",
        "StepFailed",
        "StoreError",
        "SysGenError",
    ),
    "sysgen_distilabel.export.export_for_training": ("ExportForTraining",),
    "sysgen_distilabel.export.export_run": ("export_run",),
    "sysgen_distilabel.host.pipeline": ("SysGenPipeline",),
    "sysgen_distilabel.hub.distiset": ("with_card",),
    "sysgen_distilabel.hub.model_card": ("render_model_card",),
    "sysgen_distilabel.llms.endpoint": ("EndpointLLM",),
    "sysgen_distilabel.llms.simulated": ("SimulatedLLM",),
    "sysgen_distilabel.llms.vllm": ("vLLM",),
    "sysgen_distilabel.recorded.recorded_llm": ("Recorded",),
    "sysgen_distilabel.review.apply_corrections": ("ApplyCorrections",),
    "sysgen_distilabel.review.sysgen_to_argilla": ("SysGenToArgilla",),
    "sysgen_distilabel.runs.hold_out": ("is_held_out",),
    "sysgen_distilabel.runs.run_directory": ("RunDirectory",),
    "sysgen_distilabel.serving.vllm_server": ("vllm_server",),
    "sysgen_distilabel.settings.run_config": ("RunConfig",),
    "sysgen_distilabel.steps.check_constraints": ("CheckConstraints",),
    "sysgen_distilabel.steps.check_contradictions": ("CheckContradictions",),
    "sysgen_distilabel.steps.check_copies": ("CheckCopies",),
    "sysgen_distilabel.steps.check_formulas": ("CheckFormulas",),
    "sysgen_distilabel.steps.check_fragments": ("CheckFragments",),
    "sysgen_distilabel.steps.check_language": ("CheckLanguage",),
    "sysgen_distilabel.steps.check_answer": ("CheckAnswer",),
    "sysgen_distilabel.steps.check_answer_faults": ("CheckAnswerFaults",),
    "sysgen_distilabel.steps.check_responses": ("CheckResponses",),
    "sysgen_distilabel.steps.check_leaks": ("CheckLeaks",),
    "sysgen_distilabel.steps.check_phrases": ("CheckPhrases",),
    "sysgen_distilabel.steps.check_tools": ("CheckTools",),
    "sysgen_distilabel.steps.compile_constraints": ("CompileConstraints",),
    "sysgen_distilabel.steps.compose_system_message": ("ComposeSystemMessage",),
    "sysgen_distilabel.steps.contrast_system_message": ("ContrastSystemMessage",),
    "sysgen_distilabel.steps.filter_tags": ("FilterTags",),
    "sysgen_distilabel.steps.load_conversations": ("LoadConversations",),
    "sysgen_distilabel.steps.load_pairs": ("LoadPairs",),
    "sysgen_distilabel.steps.measure_lift": ("MeasureLift",),
    "sysgen_distilabel.steps.measure_response": ("MeasureResponse",),
    "sysgen_distilabel.steps.oppose_responses": ("OpposeResponses",),
    "sysgen_distilabel.steps.reject_near_duplicates": ("RejectNearDuplicates",),
    "sysgen_distilabel.steps.require_violation": ("RequireViolation",),
    "sysgen_distilabel.steps.sample_conditions": ("SampleConditions",),
    "sysgen_distilabel.steps.select_preference_pairs": ("SelectPreferencePairs",),
    "sysgen_distilabel.steps.split_by_outcome": ("SplitByOutcome",),
    "sysgen_distilabel.tasks.add_conflicting_turn": ("AddConflictingTurn",),
    "sysgen_distilabel.tasks.answer_messages": ("AnswerMessages",),
    "sysgen_distilabel.tasks.check_alignment": ("CheckAlignment",),
    "sysgen_distilabel.tasks.check_criteria": ("CheckCriteria",),
    "sysgen_distilabel.tasks.extend_conversation": ("ExtendConversation",),
    "sysgen_distilabel.tasks.generate_aligned_response": ("GenerateAlignedResponse",),
    "sysgen_distilabel.tasks.generate_contrast_response": ("GenerateContrastResponse",),
    "sysgen_distilabel.tasks.generate_system_message": ("GenerateSystemMessage",),
    "sysgen_distilabel.tasks.judge_alignment": ("JudgeAlignment",),
    "sysgen_distilabel.tasks.judge_answers": ("JudgeAnswers",),
    "sysgen_distilabel.tasks.judge_coherence": ("JudgeCoherence",),
    "sysgen_distilabel.tasks.judge_pair": ("JudgePair",),
    "sysgen_distilabel.tasks.score_rubrics": ("ScoreRubrics",),
    "sysgen_distilabel.tasks.select_response": ("SelectResponse",),
    "sysgen_distilabel.tasks.select_system_message": ("SelectSystemMessage",),
    "sysgen_distilabel.tasks.translate_texts": ("TranslateTexts",),
    "sysgen_distilabel.tasks.verify_functionalities": ("VerifyFunctionalities",),
    "sysgen_distilabel.workflows.build_pipeline": ("build_pipeline",),
    "sysgen_distilabel.workflows.merge_runs": ("merge",),
    "sysgen_distilabel.workflows.prove.prove_function": ("prove",),
    "sysgen_distilabel.workflows.prove.recipe": ("Recipe",),
    "sysgen_distilabel.workflows.run": (
        "RunResult",
        "run",
    ),
    "sysgen_distilabel.workflows.sysgen_function": ("sysgen",),
}
keep_old_paths()
__all__, __getattr__, __dir__ = offer(__name__, _HOMES)
