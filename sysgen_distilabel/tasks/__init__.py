"""The Tasks of SysGen: one per phase that asks an engine, the judges, and what benchmarks need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sysgen_distilabel.lazy_names import offer

if TYPE_CHECKING:
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

_HOMES: Final = {
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
}
__all__, __getattr__, __dir__ = offer(__name__, _HOMES)
