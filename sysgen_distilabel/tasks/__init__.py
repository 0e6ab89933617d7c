"""The Tasks of SysGen: one per phase that asks an engine, the judges, and what benchmarks need."""

from sysgen_distilabel.tasks.add_conflicting_turn import AddConflictingTurn
from sysgen_distilabel.tasks.answer_messages import AnswerMessages
from sysgen_distilabel.tasks.check_criteria import CheckCriteria
from sysgen_distilabel.tasks.generate_aligned_response import GenerateAlignedResponse
from sysgen_distilabel.tasks.generate_contrast_response import GenerateContrastResponse
from sysgen_distilabel.tasks.generate_system_message import GenerateSystemMessage
from sysgen_distilabel.tasks.judge_alignment import JudgeAlignment
from sysgen_distilabel.tasks.judge_pair import JudgePair
from sysgen_distilabel.tasks.score_rubrics import ScoreRubrics
from sysgen_distilabel.tasks.select_response import SelectResponse
from sysgen_distilabel.tasks.select_system_message import SelectSystemMessage
from sysgen_distilabel.tasks.verify_functionalities import VerifyFunctionalities

__all__ = [
    "AddConflictingTurn",
    "AnswerMessages",
    "CheckCriteria",
    "GenerateAlignedResponse",
    "GenerateContrastResponse",
    "GenerateSystemMessage",
    "JudgeAlignment",
    "JudgePair",
    "ScoreRubrics",
    "SelectResponse",
    "SelectSystemMessage",
    "VerifyFunctionalities",
]
