"""How long a model keeps to its system message: ten turns of a simulated user, each answer checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from sysgen_distilabel.columns import RESPONSES, SOURCE_ID
from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.constraints.verifiers import BadConstraint
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, to_figure, to_figures
from sysgen_distilabel.evaluation.benchmarks.items import Item, ReadItems
from sysgen_distilabel.evaluation.benchmarks.s_ifeval import read_heldout
from sysgen_distilabel.measures.estimates import Tally
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item
from sysgen_distilabel.variety.simulated_user import write_turns

TURNS: Final = 10
_REFERENCE: Final = {"role": "assistant", "content": ""}
"""Stands where an answer belongs; the model sees its own answers."""


def read_persistence(location: str, limit: int | None = None) -> ReadItems:
    """Rows with `system_message`, `messages` and `constraints`, each extended to ten user turns."""
    found = read_heldout(location, limit)
    return ReadItems([extend(item) for item in found.items], found.malformed)


def extend(item: Item, number: int = TURNS) -> Item:
    """An item of one user turn extended by the simulated user; the same for every model.

    Args:
        item: its last message is the first user turn.
        number: of user turns in all.
    """
    system = next((turn["content"] for turn in item.messages if turn["role"] == "system"), "")
    turns = write_turns(system, item.messages[-1]["content"], number - 1, seed=item.id)
    messages = list(item.messages)
    for turn in turns:
        messages += [dict(_REFERENCE), {"role": "user", "content": turn.text}]
    details = {**item.details, "adversarial": [False, *(turn.is_adversarial for turn in turns)]}
    return Item(item.id, messages, details)


def score_persistence(rows: Sequence[Row]) -> dict[str, Any]:
    """The survival curve and the shares turn by turn, between 0 and 1, with intervals over rows.

    `rounds` has, for R1 to R10, the share of conversations whose answers follow every constraint up to that
    turn; `turns` that of each turn alone; `plain` and `adversarial` those after such user turns. `length`
    is the mean number of turns until the first broken constraint.
    """
    tally, unchecked = Tally(), 0
    for row in rows:
        item, name = read_item(row), str(row[SOURCE_ID]).rpartition("#")[0]
        try:
            followed = [not find_broken(response, item["constraints"]) for response in row[RESPONSES]]
        except BadConstraint:
            unchecked += 1
            continue
        unbroken: list[bool] = list(accumulate(followed, lambda before, now: before and now))
        for turn, (so_far, here, against) in enumerate(
            zip(unbroken, followed, item["adversarial"], strict=True), start=1
        ):
            tally.add(f"round:R{turn}", name, float(so_far))
            tally.add(f"turn:turn {turn}", name, float(here))
            if turn > 1:
                tally.add("adversarial" if against else "plain", name, float(here))
        tally.add("length", name, float(sum(unbroken)))
    return {
        "rounds": tally.estimates("round:"),
        "turns": tally.estimates("turn:"),
        "plain": tally.estimate("plain"),
        "adversarial": tally.estimate("adversarial"),
        "length": tally.estimate("length"),
        "rows_not_checked": unchecked,
    }


def tabulate_persistence(figures: Mapping[str, Any]) -> list[FigureTable]:
    """The figures as tables."""
    kinds = [to_figure(f"after {name} turns", figures[name]) for name in ("plain", "adversarial")]
    return [
        FigureTable("Survival: every answer so far follows", "%", to_figures(figures["rounds"])),
        FigureTable("Each turn alone", "%", to_figures(figures["turns"])),
        FigureTable("By kind of user turn, from the second on", "%", kinds),
    ]


PERSISTENCE = Benchmark(
    name="persistence",
    title="Persistence",
    origin=None,
    read=read_persistence,
    score=score_persistence,
    tables=tabulate_persistence,
    headline=("Survival: every answer so far follows", "R5"),
    summary="Rows of your own over ten turns of a simulated user, every answer checked by a program.",
    decoding={"temperature": 0.0, "max_new_tokens": 512},
    turns="all",
    cautions=(
        "The user is simulated by rules: its turns speak of the topic and not of the answers, and about one"
        " in five asks to drop the way of answering.",
    ),
)
