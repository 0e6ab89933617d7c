"""Puts system messages with a rule that a program can check before conversations: what `prove_on_gpu` takes.

    python -m tests.benchmarks.gpu.sources FILE... --output DIR

Rules, personas and wordings are those of messages.yaml. Held-out rows have other questions, personas and
wordings; those of the group `new` also have kinds of rules that are trained nowhere.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import yaml

from sysgen_distilabel.constraints.verifiers import Constraint, check_constraint
from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.conversation import to_messages

Row = dict[str, Any]
_QUESTION, _ANSWER = 150, 200
"""Most words of a question and an answer."""


def main() -> None:
    """Write `sources.jsonl` and `heldout.jsonl`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="conversations in any layout `sysgen run` reads")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--per-question", type=int, default=4, help="system messages for each of them")
    parser.add_argument("--held-out", type=int, default=500, help="questions that are not trained on")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    parts = yaml.safe_load(Path(__file__).with_name("messages.yaml").read_text(encoding="utf-8"))
    conversations = [chat for file in options.files for chat in read_short(file)]
    Random(options.seed).shuffle(conversations)
    held_out, trained = conversations[: options.held_out], conversations[options.held_out :]
    options.output.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("sources", make_sources(trained, parts, options.per_question, options.seed)),
        ("heldout", make_held_out(held_out, parts, options.seed)),
    ):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (options.output / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(lines)} rows")


def read_short(file: str) -> Iterator[list[dict[str, str]]]:
    """The conversations of one short question and one short answer."""
    for row in open_input(file).rows():
        try:
            messages = to_messages(row.values).messages
        except BadInput:
            continue
        lengths = [len(message["content"].split()) for message in messages]
        if len(messages) == 2 and lengths[0] <= _QUESTION and lengths[1] <= _ANSWER:
            yield messages


def make_sources(
    conversations: Sequence[list[dict[str, str]]], parts: Mapping[str, Any], number: int, seed: int
) -> Iterator[Row]:
    """So many rows for each conversation, no rule twice for one."""
    random = Random(seed)
    rules = [rule for rule in parts["rules"] if "train" in rule]
    for place, messages in enumerate(conversations):
        for rule in random.sample(rules, number):
            yield {
                "source_id": f"{place}-{rule['verifier']}",
                "messages": messages,
                **draw(rule, "train", rule["variants"], parts["personas"]["train"], random),
            }


def make_held_out(
    conversations: Sequence[list[dict[str, str]]], parts: Mapping[str, Any], seed: int
) -> Iterator[Row]:
    """One row for each conversation, every kind of rule equally often."""
    random = Random(seed)
    for place, messages in enumerate(conversations):
        rule = parts["rules"][place % len(parts["rules"])]
        variants = rule.get("held_out_variants", rule["variants"])
        yield {
            "source_id": f"held-out-{place}",
            "group": "trained" if "train" in rule else "new",
            "messages": messages[:1],
            **draw(rule, "held_out", variants, parts["personas"]["held_out"], random),
        }


def draw(
    rule: Mapping[str, Any],
    wording: str,
    variants: Sequence[Mapping[str, Any]],
    personas: Iterable[str],
    random: Random,
) -> Row:
    """A system message with its constraint; persona and rule stand in either order.

    Raises:
        BadConstraint: if no verifier can check what messages.yaml says.
    """
    variant = random.choice(variants)
    sentences = [random.choice(list(personas)), random.choice(rule[wording]).format(**variant)]
    if random.random() < 0.5:
        sentences.reverse()
    arguments = {name: value for name, value in variant.items() if not name.startswith("_")}
    constraint = Constraint(rule["verifier"], arguments)
    check_constraint(constraint)
    return {"system_message": " ".join(sentences), "constraints": [constraint.to_row()]}


if __name__ == "__main__":
    main()
