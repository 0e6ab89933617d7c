"""What `sysgen export` says at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sysgen_distilabel.export.export_run import Exported
from sysgen_distilabel.export.mixture import Guise
from sysgen_distilabel.export.trainers import note_on_template


def describe_export(exported: Exported, output: Path) -> Iterator[str]:
    """What became of the rows and of the chat template, line by line."""
    counts, plan = exported.counts, exported.plan
    options = plan.options
    yield f"{counts.exported:,} of {counts.rows:,} rows exported as {options.layout}"
    for problem, number in counts.dropped.items():
        yield f"  {number:,} dropped: {problem.explanation}"
    for arm, number in counts.lines.items():
        yield f"  {number:,} lines{f' for the arm {arm}' if len(options.arms) > 1 else ''}"
        tokens = table.trained if (table := counts.tokens.get(arm)) else 0
        if trained := counts.trained_answers[arm]:
            yield f"    {trained:,} answers to train on" + (f", of {tokens:,} tokens" if tokens else "")
    if counts.with_untrained:
        yield f"  {counts.with_untrained:,} rows have answers not given under the message: not trained on"
    if counts.without_offer:
        yield f"  {counts.without_offer:,} rows have tools that the model was not offered for a response"
    if counts.with_source_calls:
        learnt = "trained on" if options.layout.facts.learns_calls else "not trained on"
        yield (
            f"  {counts.with_source_calls:,} rows have tool calls of the source that the model did not make"
            f" under the message: {learnt}"
        )
    for guise in Guise:
        if number := counts.guises[guise]:
            yield f"  {number:,} rows {guise.explanation}"
    for path, mixed in counts.mixed.items():
        yield (
            f"  {mixed.taken - mixed.dropped:,} rows of {path} mixed in, of {mixed.read:,}; left out: "
            f"{mixed.duplicates:,} asked already, {mixed.unreadable:,} unreadable, {mixed.dropped:,} unfit"
        )
    for found, number in counts.pairs.lines().items():
        yield f"  {number:,} of {counts.pairs.pairs:,} pairs {found}"
    if counts.shortened:
        yield f"  {counts.shortened:,} rows were over the limit and lost their last turns (cut)"
    if options.system_role == "fold":
        yield "  system messages open the first user turn (fold)"
    if options.tokenizer is None:
        yield "  not checked against a chat template, as no --tokenizer was named"
        return
    yield f"  checked with the tokenizer of {options.tokenizer}; the longest: {counts.longest:,} tokens"
    if counts.with_tools and plan.loss_of_tools:
        yield f"  {counts.with_tools:,} rows have tools, but {plan.loss_of_tools}"
    if plan.is_repaired:
        places = [output / arm if len(options.arms) > 1 else output for arm in options.arms]
        yield f"  its chat template was repaired: train, evaluate and serve with {places[0] / 'tokenizer'}"
        if note := note_on_template(options.layout, is_repaired=True):
            yield f"  {note}"
