"""The Steps of SysGen that need no engine."""

from sysgen_distilabel.steps.check_constraints import CheckConstraints
from sysgen_distilabel.steps.compile_constraints import CompileConstraints
from sysgen_distilabel.steps.compose_system_message import ComposeSystemMessage
from sysgen_distilabel.steps.contrast_system_message import ContrastSystemMessage
from sysgen_distilabel.steps.filter_tags import FilterTags
from sysgen_distilabel.steps.load_conversations import LoadConversations
from sysgen_distilabel.steps.load_pairs import LoadPairs
from sysgen_distilabel.steps.measure_response import MeasureResponse
from sysgen_distilabel.steps.oppose_responses import OpposeResponses
from sysgen_distilabel.steps.reject_near_duplicates import RejectNearDuplicates
from sysgen_distilabel.steps.require_violation import RequireViolation
from sysgen_distilabel.steps.sample_conditions import SampleConditions
from sysgen_distilabel.steps.select_preference_pairs import SelectPreferencePairs
from sysgen_distilabel.steps.split_by_outcome import SplitByOutcome

__all__ = [
    "CheckConstraints",
    "CompileConstraints",
    "ComposeSystemMessage",
    "ContrastSystemMessage",
    "FilterTags",
    "LoadConversations",
    "LoadPairs",
    "MeasureResponse",
    "OpposeResponses",
    "RejectNearDuplicates",
    "RequireViolation",
    "SampleConditions",
    "SelectPreferencePairs",
    "SplitByOutcome",
]
