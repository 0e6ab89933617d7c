"""What became of the rows of an export, and which of their tokens are learnt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Final

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.mixture import Guise
from sysgen_distilabel.export.other_rows import MixCounts
from sysgen_distilabel.export.pair_checks import PairCounts
from sysgen_distilabel.export.problems import Problem

BINS: Final = (128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
"""Lengths in tokens up to which lines are counted together."""


@dataclass(slots=True)
class TokenTable:
    """The tokens of the lines of an arm.

    Attributes:
        total: all of them.
        trained: those learnt from, end tokens included.
        cut: those left out with turns that were over the limit.
        answers: answers learnt from, by their number in the conversation, from 1.
        tokens: tokens of those answers, by the same number.
        lengths: lines by the first of `BINS` that they do not exceed; 0 for those over the last.
    """

    total: int = 0
    trained: int = 0
    cut: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    tokens: Counter[int] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)

    @property
    def context(self) -> int:
        """The tokens that are read and not learnt."""
        return self.total - self.trained

    def note_length(self, tokens: int) -> None:
        """Count a line of this length."""
        self.total += tokens
        self.lengths[next((size for size in BINS if tokens <= size), 0)] += 1

    def histogram(self) -> dict[str, int]:
        """Lines by length, from the shortest to the longest that there are."""
        sizes = [*(size for size in BINS if self.lengths[size]), *([0] if self.lengths[0] else [])]
        return {f"up to {size:,}" if size else f"over {BINS[-1]:,}": self.lengths[size] for size in sizes}

    def add(self, other: TokenTable) -> None:
        """Take in the figures of other lines."""
        _add(self, other)


@dataclass(slots=True)
class Counts:
    """What became of the rows.

    Attributes:
        rows: rows read.
        exported: rows that are in the export.
        lines: lines written per arm; a row may give several.
        dropped: rows left out, by reason.
        longest: tokens of the longest conversation exported; 0 if none was measured.
        with_tools: rows exported that have tools.
        without_offer: rows exported with tools that the model was not offered for a response, as far as is
            known.
        with_reasoning: rows exported with what the model thought before an answer.
        with_source_calls: rows exported with tool calls that it did not make under the system message.
        with_untrained: rows exported in which not every answer is learnt from.
        shortened: rows exported without their last turns, which were over the limit.
        guises: rows exported by how they show their system message, if there is a mixture.
        mixed: what became of the rows of the user's own, by file.
        pairs: what preference pairs are made of; empty without a tokenizer.
        trained_answers: answers learnt from, per arm; none of preference pairs.
        tokens: what is learnt of the lines, per arm; empty without a tokenizer.
    """

    rows: int = 0
    exported: int = 0
    lines: Counter[Arm] = field(default_factory=Counter)
    dropped: Counter[Problem] = field(default_factory=Counter)
    longest: int = 0
    with_tools: int = 0
    without_offer: int = 0
    with_reasoning: int = 0
    with_source_calls: int = 0
    with_untrained: int = 0
    shortened: int = 0
    guises: Counter[Guise] = field(default_factory=Counter)
    mixed: dict[str, MixCounts] = field(default_factory=dict)
    pairs: PairCounts = field(default_factory=PairCounts)
    trained_answers: Counter[Arm] = field(default_factory=Counter)
    tokens: dict[Arm, TokenTable] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        """Take in the figures of other rows."""
        longest = max(self.longest, other.longest)
        _add(self, other)
        self.longest = longest
        self.pairs.add(other.pairs)
        self._add_tokens(other)

    def add_mixed(self, path: str, mixed: MixCounts, other: Counts) -> None:
        """Take in the lines that rows of the user's own gave; the rows are counted by themselves."""
        mixed.dropped = other.rows - other.exported
        self.mixed[path] = mixed
        self.lines.update(other.lines)
        self.trained_answers.update(other.trained_answers)
        self.longest = max(self.longest, other.longest)
        self._add_tokens(other)

    def _add_tokens(self, other: Counts) -> None:
        for arm, table in other.tokens.items():
            self.tokens.setdefault(arm, TokenTable()).add(table)


def _add(mine: TokenTable | Counts, other: TokenTable | Counts) -> None:
    for each in fields(mine):
        value = getattr(other, each.name)
        if isinstance(value, Counter):
            getattr(mine, each.name).update(value)
        elif isinstance(value, int):
            setattr(mine, each.name, getattr(mine, each.name) + value)
