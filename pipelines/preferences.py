"""Preference pairs out of the accepted rows of a run, written as a user would write it.

Make a run first; the steps are those of `sysgen preferences`, here for contrastive pairs alone:

    sysgen run examples/data/mixed.jsonl --output out --llm simulated
    python pipelines/preferences.py
"""

from sysgen_distilabel import SysGenPipeline
from sysgen_distilabel.llms import Recorded, SimulatedLLM
from sysgen_distilabel.steps import (
    ContrastSystemMessage,
    LoadPairs,
    OpposeResponses,
    SelectPreferencePairs,
    SplitByOutcome,
)
from sysgen_distilabel.tasks import GenerateContrastResponse, JudgeAlignment, JudgePair

# The judges compare an original with an aligned conversation; here the rejected one takes its place.
REJECTED_SIDE = {"messages": "rejected_messages"}

with SysGenPipeline(name="preferences") as pipeline:
    load = LoadPairs(name="load", dataset="out/dataset", kinds=["contrastive"])
    contrast = ContrastSystemMessage(name="contrast", contrasts=["flip"])
    respond = GenerateContrastResponse(name="respond", llm=Recorded(llm=SimulatedLLM()))
    oppose = OpposeResponses(name="oppose", max_length_ratio=2)
    judge_chosen = JudgeAlignment(name="judge_chosen", llm=Recorded(llm=SimulatedLLM()))
    judge_pair = JudgePair(
        name="judge_pair",
        llm=Recorded(llm=SimulatedLLM()),
        questions=["system_message"],
        input_mappings=REJECTED_SIDE,
    )
    select = SelectPreferencePairs(name="select")
    pairs = SplitByOutcome(name="pairs", keep="accepted")
    left_out = SplitByOutcome(name="left_out", keep="rejected")

    load >> contrast >> respond >> oppose >> judge_chosen >> judge_pair >> select >> [pairs, left_out]

if __name__ == "__main__":
    print(pipeline.run(use_cache=False))
