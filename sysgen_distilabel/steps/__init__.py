"""The Steps of SysGen that need no engine; those that are the leaf of another room are found here too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sysgen_distilabel.lazy_names import offer

if TYPE_CHECKING:
    from sysgen_distilabel import ApplyCorrections as ApplyCorrections
    from sysgen_distilabel import ExportForTraining as ExportForTraining
    from sysgen_distilabel import SysGenToArgilla as SysGenToArgilla
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

_HOMES: Final = {
    "sysgen_distilabel.export.export_for_training": ("ExportForTraining",),
    "sysgen_distilabel.review.apply_corrections": ("ApplyCorrections",),
    "sysgen_distilabel.review.sysgen_to_argilla": ("SysGenToArgilla",),
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
}
__all__, __getattr__, __dir__ = offer(__name__, _HOMES)
