"""What `sysgen export` says at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sysgen_distilabel.export.counts import Counts
from sysgen_distilabel.export.export_run import Exported
from sysgen_distilabel.export.mixture import Guise
from sysgen_distilabel.export.plan import Options, Plan
from sysgen_distilabel.export.trainers import note_on_template
from sysgen_distilabel.plural import count_of

_HAVING: Final = ("row has", "rows have")


def describe_export(exported: Exported, output: Path) -> Iterator[str]:
    """What became of the rows and of the chat template, line by line."""
    yield from _describe_lines(exported.counts, exported.plan.options)
    yield from _describe_responses(exported.counts, exported.plan)
    yield from _describe_mixture(exported.counts)
    yield from _describe_template(exported, output)


def _describe_lines(counts: Counts, options: Options) -> Iterator[str]:
    yield f"{counts.exported:,} of {count_of(counts.rows, 'row')} exported as {options.layout}"
    for problem, number in counts.dropped.items():
        yield f"  {number:,} dropped: {problem.explanation}"
    for arm, number in counts.lines.items():
        yield f"  {count_of(number, 'line')}{f' for the arm {arm}' if len(options.arms) > 1 else ''}"
        tokens = table.trained if (table := counts.tokens.get(arm)) else 0
        if trained := counts.trained_answers[arm]:
            yield f"    {count_of(trained, 'answer')} to train on" + (
                f", of {tokens:,} tokens" if tokens else ""
            )


def _describe_responses(counts: Counts, plan: Plan) -> Iterator[str]:
    """What is said of responses that were not given as the others were."""
    if counts.with_untrained:
        having = count_of(counts.with_untrained, *_HAVING)
        yield f"  {having} answers not given under the message: not trained on"
    if plan.reasoning:
        place = f"in `{plan.reasoning.written}`" if plan.reasoning.written else "in front of it, as <think>"
        having = count_of(counts.with_reasoning, *_HAVING)
        yield f"  {having} what the model thought before an answer, {place}"
    if counts.without_offer:
        having = count_of(counts.without_offer, *_HAVING)
        yield f"  {having} tools that the model was not offered for a response"
    if counts.with_source_calls:
        learnt = "trained on" if plan.options.layout.facts.learns_calls else "not trained on"
        having = count_of(counts.with_source_calls, *_HAVING)
        yield f"  {having} tool calls of the source that the model did not make under the message: {learnt}"


def _describe_mixture(counts: Counts) -> Iterator[str]:
    for guise in Guise:
        if number := counts.guises[guise]:
            yield f"  {count_of(number, 'row')} {guise.explanation}"
    for path, mixed in counts.mixed.items():
        yield (
            f"  {count_of(mixed.taken - mixed.dropped, 'row')} of {path} mixed in,"
            f" of {mixed.read:,}; left out: "
            f"{mixed.duplicates:,} asked already, {mixed.unreadable:,} unreadable, {mixed.dropped:,} unfit"
        )
    for found, number in counts.pairs.lines().items():
        yield f"  {number:,} of {counts.pairs.pairs:,} pairs {found}"


def _describe_template(exported: Exported, output: Path) -> Iterator[str]:
    counts, plan = exported.counts, exported.plan
    options = plan.options
    if counts.shortened:
        over = count_of(counts.shortened, "row was", "rows were")
        yield f"  {over} over the limit and lost the last turns (cut)"
    if options.system_role == "fold":
        yield "  system messages open the first user turn (fold)"
    if options.tokenizer is None:
        yield "  not checked against a chat template, as no --tokenizer was named"
        return
    yield f"  checked with the tokenizer of {options.tokenizer}; the longest: {counts.longest:,} tokens"
    if counts.with_tools and plan.loss_of_tools:
        yield f"  {count_of(counts.with_tools, *_HAVING)} tools, but {plan.loss_of_tools}"
    if plan.is_repaired:
        places = [output / arm if len(options.arms) > 1 else output for arm in options.arms]
        yield f"  its chat template was repaired: train, evaluate and serve with {places[0] / 'tokenizer'}"
        if note := note_on_template(options.layout, is_repaired=True):
            yield f"  {note}"
