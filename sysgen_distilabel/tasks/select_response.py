"""Choose the aligned response that follows most of its system message."""

import asyncio
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ALIGNMENT_JUDGEMENTS,
    OUTCOME,
    PHRASES,
    RESPONSE_CANDIDATES,
)
from sysgen_distilabel.replies.judgements import share_followed
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.judge_alignment import JudgeAlignment

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class SelectResponse(JudgeAlignment):
    """Judge every candidate and keep the one with the largest share of verdicts in its favour.

    Best-of-N after phase 4, on the candidates that `GenerateAlignedResponse` gives with
    `candidates=N`. The question is that of `JudgeAlignment`: is the system message followed, as a
    whole and functionality by functionality? Of equals the first is kept, and so it is where no
    verdict can be read. A judge from another family than the generator's is the better one.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the turns of one candidate.
        - response_candidates (`List[Dict[str, Any]]`): The `answers` of each candidate.
        - phrases (`List[Dict[str, str]]`): Optional. The phrases with their verdicts; without them
            only the whole is judged.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` cost no call.

    Output columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the turns of the best one.
        - response_candidates (`List[Dict[str, Any]]`): The same answers, scored by the share of the
            verdicts for or against them that are for them, null if there are none.
        - alignment_judgements (`List[Dict[str, str]]`): The verdicts on the best one, see
            `JudgeAlignment`. Empty for a rejected row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Choose one of two:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import SelectResponse

        task = SelectResponse(llm=SimulatedLLM())
        task.load()
        texts = ["Buckets, found by hash.", "Well, a hash table, as it happens, is a table."]
        row = {
            "aligned_messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is a hash table?"},
                {"role": "assistant", "content": texts[0]},
            ],
            "response_candidates": [{"answers": [text], "score": 0.0} for text in texts],
        }
        print(next(task.process([row]))[0]["aligned_messages"][-1]["content"])
        ```

    Citations:
        ```
        @article{jeong2025sysgen,
            title = {System Message Generation for User Preferences using Open-Source Models},
            author = {Jeong, Minbyul and Cho, Jungho and Khang, Minsoo and Jung, Dawoon and Hong, Teakgyu},
            journal = {arXiv preprint arXiv:2502.11330},
            year = {2025}
        }
        ```
    """

    @property
    def inputs(self) -> "StepColumns":
        """The candidates, and the phrases and the outcome if there are any."""
        return {ALIGNED_MESSAGES: True, RESPONSE_CANDIDATES: True, PHRASES: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The best candidate, all of them with scores, and the verdicts on the best."""
        return [ALIGNED_MESSAGES, RESPONSE_CANDIDATES, ALIGNMENT_JUDGEMENTS]

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask about all candidates side by side."""
        ask_about = super().judge
        candidates = row[RESPONSE_CANDIDATES]
        versions = [_put_in(row[ALIGNED_MESSAGES], candidate["answers"]) for candidate in candidates]
        judged = await asyncio.gather(
            *(ask_about({**row, ALIGNED_MESSAGES: version}, ask) for version in versions)
        )
        scores = [share_followed(verdicts[ALIGNMENT_JUDGEMENTS], "aligned") for verdicts in judged]
        known = [-1.0 if score is None else score for score in scores]
        best = known.index(max(known))
        return {
            ALIGNED_MESSAGES: versions[best],
            RESPONSE_CANDIDATES: [
                {**candidate, "score": score} for candidate, score in zip(candidates, scores, strict=True)
            ],
            **judged[best],
        }


def _put_in(aligned: list[dict[str, str]], answers: list[str]) -> list[dict[str, Any]]:
    """The conversation with other answers."""
    texts = dict(zip(find_answers(aligned), answers, strict=True))
    return [{**turn, "content": texts.get(place, turn["content"])} for place, turn in enumerate(aligned)]
