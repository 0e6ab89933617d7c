"""Rows made from the example conversations."""

from itertools import count, islice

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities
from tests.commands import EXAMPLES


def example_conversations(number):
    """So many conversations, no two alike: after the last comes the first again, with a mark of its own."""
    return list(islice(_mark_rounds(), number))


def run_phases(llm, conversations):
    """The rows of all phases, one after the other, without a pipeline."""
    rows = [{"messages": conversation} for conversation in conversations]
    for step in (
        GenerateSystemMessage(name="generate", llm=llm),
        FilterTags(name="filter"),
        VerifyFunctionalities(name="verify", llm=llm),
        ComposeSystemMessage(name="compose"),
        GenerateAlignedResponse(name="respond", llm=llm),
    ):
        step.load()
        rows = next(step.process(rows))
        step.unload()
    return rows


def _mark_rounds():
    readable = list(_read_all())
    yield from readable
    for number in count(2):
        for [first, *rest] in readable:
            yield [{**first, "content": f"{first['content']} (Request {number}.)"}, *rest]


def _read_all():
    for row in open_input(EXAMPLES / "mixed.jsonl").rows():
        try:
            yield to_messages(row.values).messages
        except BadInput:
            continue
