"""Makes the lines of an export from rows, batch by batch, and counts what becomes of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import orjson
from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, SOURCE_ID, TOOLS
from sysgen_distilabel.errors import GuardFailed
from sysgen_distilabel.export.arms import Arm, Conversation, find_untrained, take_conversation
from sysgen_distilabel.export.formats import Line, can_hold, is_plain, write_lines, write_pair
from sysgen_distilabel.export.guard import Finding, Problem
from sysgen_distilabel.export.plan import Plan
from sysgen_distilabel.export.trained_chat import Tools
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.runs.hold_out import is_held_out

Row = Mapping[str, Any]

_ROWS_PER_BATCH: Final = 256
_ROWS_NAMED: Final = 5


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
        with_untrained: rows exported in which not every answer is learnt from.
        trained_answers: answers learnt from, per arm; none of preference pairs.
        trained_tokens: their tokens, per arm, without end tokens; none without a tokenizer.
    """

    rows: int = 0
    exported: int = 0
    lines: Counter[Arm] = field(default_factory=Counter)
    dropped: Counter[Problem] = field(default_factory=Counter)
    longest: int = 0
    with_tools: int = 0
    with_untrained: int = 0
    trained_answers: Counter[Arm] = field(default_factory=Counter)
    trained_tokens: Counter[Arm] = field(default_factory=Counter)


class LineMaker:
    """Makes lines from rows, and keeps the counts.

    A row is in all arms or in none, so that the arms differ in nothing but what they are to compare.

    Attributes:
        counts: what became of the rows so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.counts = Counts()
        self._plan = plan
        self._guard = plan.make_guard()
        self._failed: dict[Problem, list[str]] = {}
        self._failures = 0
        can_drop = {Problem.SPECIAL_TOKEN} | ({Problem.TOO_LONG} if plan.options.drop_too_long else set())
        self._can_drop: Final = frozenset(can_drop)

    def make(self, rows: Iterable[Row]) -> Iterator[tuple[Arm, Line]]:
        """Yield the lines of all rows.

        Raises:
            GuardFailed: when all rows were read, if the trainer would lose something of one of them.
        """
        remaining = iter(rows)
        while batch := list(islice(remaining, _ROWS_PER_BATCH)):
            yield from self._make_batch(self._leave_out(batch))
        self._check()

    def _leave_out(self, rows: Sequence[Row]) -> list[Row]:
        """The rows to train on; the others are counted as dropped."""
        problems = [self._find_unfit(row) for row in rows]
        dropped = Counter([problem for problem in problems if problem is not None])
        self.counts.dropped += dropped
        self.counts.rows += dropped.total()
        return [row for row, problem in zip(rows, problems, strict=True) if problem is None]

    def _find_unfit(self, row: Row) -> Problem | None:
        """Why a row is not for this export, whatever the chat template does."""
        options = self._plan.options
        if is_held_out(row[SOURCE_ID], options.hold_out):
            return Problem.HELD_OUT
        if options.layout is Format.PREFERENCES:
            return None
        if not self._plan.can_mark and find_untrained(row):
            return Problem.NO_MARK
        was_plain = is_plain(row.get(MESSAGES) or ())
        if was_plain and options.layout is not Format.ALPACA and options.arms == (Arm.SYSGEN,):
            return None
        chats = [take_conversation(row, arm) for arm in options.arms]
        if not all(find_answers(chat)[-1:] == [len(chat) - 1] for chat in chats):
            return Problem.NO_ANSWER if was_plain or options.arms != (Arm.SYSGEN,) else None
        takes_all = all(
            can_hold(options.layout, chat) and (was_plain or self._renders(chat)) for chat in chats
        )
        return None if takes_all else Problem.NO_PLACE

    def _renders(self, chat: Conversation) -> bool:
        """Whether the template that the model is served with takes turns like these."""
        served = self._plan.served
        if served is None or is_plain(chat):
            return True
        try:
            served.render(fold_system(chat) if self._plan.options.system_role == "fold" else chat)
        except TemplateError:
            return False
        return True

    def _make_batch(self, rows: Sequence[Row]) -> Iterator[tuple[Arm, Line]]:
        lines = [self._write(row) for row in rows]
        findings = self._find_problems(rows, lines)
        for row, written, finding in zip(rows, lines, findings, strict=True):
            self.counts.rows += 1
            if finding is None:
                self.counts.exported += 1
                self.counts.with_tools += bool(row.get(TOOLS))
                self.counts.with_untrained += bool(find_untrained(row))
                self.counts.lines.update(arm for arm, _ in written)
                self._count_trained(written)
                yield from written
            elif finding.problem in self._can_drop:
                self.counts.dropped[finding.problem] += 1
            elif not (is_plain(row.get(MESSAGES) or ()) or is_plain(row.get(ALIGNED_MESSAGES) or ())):
                self.counts.dropped[Problem.NO_PLACE] += 1
            else:
                self._note_failure(row, finding)

    def _count_trained(self, lines: Sequence[tuple[Arm, Line]]) -> None:
        chat = self._plan.chat
        for arm, line in lines:
            self.counts.trained_answers[arm] += len(line.trained)
            if chat is not None and line.trained:
                self.counts.trained_tokens[arm] += sum(chat.count_tokens(line.trained))

    def _write(self, row: Row) -> list[tuple[Arm, Line]]:
        lines = self._write_texts(row)
        if TOOLS in row:  # null where there are none: trainers read the text as JSON
            for _, line in lines:
                line.record[TOOLS] = row[TOOLS] or None
        return lines

    def _write_texts(self, row: Row) -> list[tuple[Arm, Line]]:
        options = self._plan.options
        fold = options.system_role == "fold"
        if options.layout is Format.PREFERENCES:
            return [(Arm.SYSGEN, write_pair(row, fold=fold))]
        lines: list[tuple[Arm, Line]] = []
        for arm in options.arms:
            conversation = take_conversation(row, arm)
            if fold:
                conversation = fold_system(conversation)
            apart = options.answers_apart or bool(find_untrained(row))
            written = write_lines(options.layout, row[SOURCE_ID], conversation, apart=apart)
            lines += [(arm, line) for line in written]
        return lines

    def _find_problems(
        self, rows: Sequence[Row], lines: Sequence[list[tuple[Arm, Line]]]
    ) -> list[Finding | None]:
        """The first problem of each row."""
        if self._guard is None:
            return [None] * len(rows)
        chats: list[Conversation] = []
        texts: list[str] = []
        tools: list[Tools | None] = []
        owners: list[int] = []
        for number, (row, written) in enumerate(zip(rows, lines, strict=True)):
            schemas = _read_tools(row)
            for arm, line in written:
                chats += line.chats
                texts += [self._system_text(row, arm)] * len(line.chats)
                tools += [schemas] * len(line.chats)
                owners += [number] * len(line.chats)
        first: dict[int, Finding] = {}
        lengths = [0] * len(rows)
        for owner, (finding, tokens) in zip(owners, self._guard.check(chats, texts, tools), strict=True):
            lengths[owner] = max(lengths[owner], tokens)
            if finding is not None:
                first.setdefault(owner, finding)
        passed = (tokens for number, tokens in enumerate(lengths) if number not in first)
        self.counts.longest = max([self.counts.longest, *passed])
        return [first.get(number) for number in range(len(rows))]

    def _system_text(self, row: Row, arm: Arm) -> str:
        pair = self._plan.options.layout is Format.PREFERENCES
        messages = row["prompt"] if pair else take_conversation(row, arm)
        return next((turn["content"] for turn in messages if turn["role"] == "system"), "")

    def _note_failure(self, row: Row, finding: Finding) -> None:
        self._failures += 1
        named = self._failed.setdefault(finding.problem, [])
        if len(named) < _ROWS_NAMED:
            named.append(f"{row[SOURCE_ID]} ({finding.detail})" if finding.detail else row[SOURCE_ID])

    def _check(self) -> None:
        counts = self.counts
        if self._failed:
            named = "; ".join(
                f"{problem.explanation}: {', '.join(rows)}" for problem, rows in self._failed.items()
            )
            raise GuardFailed(
                f"{self._failures:,} of {counts.rows:,} rows would not be trained on as they are, so nothing "
                f"was exported. {named}.",
                self._hint(),
            )
        if counts.exported + counts.dropped.total() != counts.rows:
            raise AssertionError("rows exported and dropped do not add up to the rows read")

    def _hint(self) -> str:
        if set(self._failed) == {Problem.TOO_LONG}:
            return "Raise --max-length, or leave such rows out with --too-long drop."
        return "Look at the chat template with `sysgen template`, or export with --system-role fold."


def _read_tools(row: Row) -> Tools | None:
    if not row.get(TOOLS):
        return None
    try:
        tools: Tools = orjson.loads(row[TOOLS])
    except ValueError:
        raise GuardFailed(
            f"The tools of the row {row[SOURCE_ID]} are not JSON.", f"Mend its column `{TOOLS}`."
        ) from None
    return tools
