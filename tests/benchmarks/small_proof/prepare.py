"""Conversations for the run of a small proof, and the held-out prompts that its models are asked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

import yaml

from sysgen_distilabel.constraints.verifiers import Constraint, follows
from sysgen_distilabel.functionalities import Functionality
from sysgen_distilabel.steps.compile_constraints import compile_phrases
from tests.benchmarks.gpu.sources import read_short

Row = dict[str, Any]
Split = Literal["train", "held_out"]

_DRAWS: Final = 20
_FOLDER: Final = Path(__file__).parents[1]
_PHRASES: Final = {"train": "constraint_phrases.jsonl", "held_out": "constraint_phrases_held_out.jsonl"}
TRAINED: Final = frozenset(
    {
        "length_constraints:number_words",
        "length_constraints:number_characters",
        "detectable_format:sentence_count",
        "detectable_format:number_paragraphs",
        "punctuation:no_comma",
        "sysgen:number_emojis",
        "startend:start_checker",
        "startend:end_checker",
        "keywords:forbidden_words",
    }
)
"""Kinds of rules that are trained; the held-out prompts have these in other wordings, and others."""


def read_parts(split: Split) -> tuple[list[str], dict[str, list[Row]]]:
    """Personas, and by kind the English phrases of one rule that our compiler reads as their label says."""
    parts = yaml.safe_load((_FOLDER / "gpu" / "messages.yaml").read_text(encoding="utf-8"))
    rules: dict[str, list[Row]] = defaultdict(list)
    with (_FOLDER / _PHRASES[split]).open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["language"] == "en" and len(row["constraints"]) == 1 and _is_read(row):
                kind = row["constraints"][0]["verifier"]
                if split == "held_out" or kind in TRAINED:
                    rules[kind].append(row)
    return parts["personas"][split], dict(rules)


def _is_read(row: Row) -> bool:
    phrase = {"functionality": Functionality.FORMAT, "text": row["phrase"], "verdict": "Good"}
    return [entry["verifier"] for entry in compile_phrases([phrase])] == [row["constraints"][0]["verifier"]]


def write_inputs(files: Iterable[str], output: Path, rows: int, held_out: int, seed: int) -> None:
    """Write `conversations.jsonl` and `heldout.jsonl`, unless they are there; no question is in both.

    Args:
        files: conversations in any layout that `sysgen run` reads; the short ones are taken.
        output: where to.
        rows: conversations of the run.
        held_out: prompts that are asked.
        seed: of the order.
    """
    if (output / "heldout.jsonl").exists():
        return
    chats = [chat for file in files for chat in read_short(file)]
    Random(seed).shuffle(chats)
    output.mkdir(parents=True, exist_ok=True)
    _write(output / "conversations.jsonl", ({"messages": chat} for chat in chats[held_out:][:rows]))
    _write(output / "heldout.jsonl", _make_prompts(chats[:held_out], seed))


def _make_prompts(chats: Sequence[list[dict[str, str]]], seed: int) -> Iterator[Row]:
    """One per conversation: every second one of a kind that is trained, the others of kinds that are not.

    A rule that the original answer follows already tells little and is not asked of its question.
    """
    personas, rules = read_parts("held_out")
    random = Random(seed)
    kinds = {
        "trained": [kind for kind in sorted(rules) if kind in TRAINED],
        "new": [kind for kind in sorted(rules) if kind not in TRAINED],
    }
    for number, chat in enumerate(chats):
        group = ("trained", "new")[number % 2]
        drawn = (random.choice(rules[random.choice(kinds[group])]) for _ in range(_DRAWS))
        found = next(
            ((rule, c) for rule in drawn if not follows(chat[1]["content"], c := _constraint(rule))), None
        )
        if found is None:
            continue
        rule, constraint = found
        yield {
            "source_id": f"held-out-{number}",
            "group": group,
            "system_message": f"{random.choice(personas)} {rule['phrase']}",
            "messages": chat[:1],
            "constraints": [constraint.to_row()],
        }


def _constraint(rule: Row) -> Constraint:
    [entry] = rule["constraints"]
    return Constraint(entry["verifier"], entry["arguments"])


def _write(file: Path, rows: Iterable[Row]) -> None:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
