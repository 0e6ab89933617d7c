"""The four phases of SysGen as a distilabel pipeline, written as a user would write it.

Run it as it is, with distilabel's command line, or import it and exchange the LLM:

    python pipelines/sysgen.py
    distilabel pipeline run --config pipelines/sysgen.yaml --ignore-cache
"""

from sysgen_distilabel import SysGenPipeline
from sysgen_distilabel.llms import Recorded, SimulatedLLM
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags, LoadConversations, SplitByOutcome
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

with SysGenPipeline(name="sysgen") as pipeline:
    load = LoadConversations(name="load", source="examples/data/mixed.jsonl")
    generate = GenerateSystemMessage(name="generate", llm=Recorded(llm=SimulatedLLM()))
    filter_tags = FilterTags(name="filter")
    verify = VerifyFunctionalities(name="verify", llm=Recorded(llm=SimulatedLLM()))
    compose = ComposeSystemMessage(name="compose")
    respond = GenerateAlignedResponse(name="respond", llm=Recorded(llm=SimulatedLLM()))
    accepted = SplitByOutcome(name="accepted", keep="accepted")
    rejected = SplitByOutcome(name="rejected", keep="rejected")

    load >> generate >> filter_tags >> verify >> compose >> respond >> [accepted, rejected]

if __name__ == "__main__":
    print(pipeline.run(use_cache=False))
