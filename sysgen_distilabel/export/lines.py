"""Makes the lines of an export from rows, batch by batch, and counts what becomes of every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson
from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, REASONING, SOURCE_ID, TOOLS
from sysgen_distilabel.errors import GuardFailed
from sysgen_distilabel.export.arms import (
    Arm,
    Conversation,
    find_source_calls,
    find_untrained,
    lacks_offer,
    mark_untrained,
    take_conversation,
)
from sysgen_distilabel.export.call_arguments import (
    are_readable,
    choose_forms,
    has_calls,
    with_arguments,
)
from sysgen_distilabel.export.counts import Counts, TokenTable
from sysgen_distilabel.export.formats import (
    TEMPLATE_KWARGS,
    Line,
    can_hold,
    is_plain,
    write_lines,
    write_pair,
)
from sysgen_distilabel.export.guard import Checked
from sysgen_distilabel.export.mixture import ARMS, Guise, take_guise
from sysgen_distilabel.export.other_rows import CONVERSATION, digest_questions
from sysgen_distilabel.export.pair_checks import check_pair, digest_pair
from sysgen_distilabel.export.plan import Plan
from sysgen_distilabel.export.problems import Finding, Problem
from sysgen_distilabel.export.reasoning_turns import has_reasoning, move_reasoning, with_reasoning
from sysgen_distilabel.export.trained_chat import Tools
from sysgen_distilabel.export.trainer_format import JSON_TEXT, PAIRED, Spared
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.runs.hold_out import is_held_out

Row = Mapping[str, Any]

_LEAVES_OUT: Final = frozenset({Problem.SPECIAL_TOKEN, Problem.NOTHING_TO_LEARN})
"""What is the row's own fault, so that the export goes on without it."""


class Written(NamedTuple):
    """A line as it stands in the files.

    Attributes:
        arm: the arm.
        record: what the trainer reads, as JSON.
        tokens: what of it is learnt, as lines of JSON, one per conversation; empty without a tokenizer.
    """

    arm: Arm
    record: bytes
    tokens: bytes


class ArmLine(NamedTuple):
    """A line of one arm.

    Attributes:
        arm: the arm.
        line: what is written.
        checked: what the guard says of its conversations; empty without a tokenizer.
        cut: tokens that were left out with the turns behind it.
    """

    arm: Arm
    line: Line
    checked: Sequence[Checked] = ()
    cut: int = 0

    @property
    def finding(self) -> Finding | None:
        """The first thing that is wrong with it."""
        return next((checked.finding for checked in self.checked if checked.finding), None)


@dataclass(slots=True)
class Made:
    """What was made of a batch of rows.

    Attributes:
        lines: the lines to write.
        counts: what became of the rows.
        failures: rows that the trainer would lose something of, as problem, id and where.
        asked: what is asked in them, if rows of the user's own are to be mixed in; what pairs say.
    """

    lines: list[Written] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    failures: list[tuple[Problem, str, str]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)


class LineMaker:
    """Makes lines from rows.

    A row is in all arms or in none, so that the arms differ in nothing but what they are to compare.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._guard = plan.make_guard()
        self._reasoning = plan.reasoning
        self._calls = choose_forms(plan.options.layout.facts.arguments, plan.chat)

    def make(self, rows: Sequence[Row]) -> Made:
        """The lines of some rows, and what became of each of them."""
        made = Made()
        fit = list(self._leave_out(rows, made.counts))
        for row, lines in zip(fit, self._check(fit, [self._write(row) for row in fit]), strict=True):
            self._settle(row, lines, made)
        made.counts.rows = len(rows)
        if self._plan.options.mixes:
            made.asked = [digest_questions(row[MESSAGES]) for row in fit if CONVERSATION not in row]
        return made

    def _leave_out(self, rows: Sequence[Row], counts: Counts) -> Iterator[Row]:
        """The rows to train on; the others are counted as dropped."""
        for row in rows:
            problem = self._find_unfit(row)
            if problem is None:
                yield row
            else:
                counts.dropped[problem] += 1

    def _find_unfit(self, row: Row) -> Problem | None:
        """Why a row is not for this export, whatever the chat template does."""
        options = self._plan.options
        if CONVERSATION not in row and is_held_out(row[SOURCE_ID], options.hold_out):
            return Problem.HELD_OUT
        if options.layout in PAIRED:
            return None
        if not self._plan.can_mark and find_untrained(row):
            return Problem.NO_MARK
        was_plain = is_plain(row.get(CONVERSATION) or row.get(MESSAGES) or ())
        if was_plain and options.layout.holds_all and options.arms == (Arm.SYSGEN,):
            return None
        chats = [self._take(row, arm) for arm in options.arms]
        if not all(find_answers(chat)[-1:] == [len(chat) - 1] for chat in chats):
            return Problem.NO_ANSWER if was_plain or options.arms != (Arm.SYSGEN,) else None
        takes_all = all(
            can_hold(options.layout, chat) and (was_plain or self._renders(chat)) for chat in chats
        )
        if not takes_all:
            return Problem.NO_PLACE
        return None if all(map(are_readable, chats)) else Problem.BAD_CALL

    def _renders(self, chat: Conversation) -> bool:
        """Whether the template that the model is served with takes turns like these."""
        served = self._plan.served
        if served is None or is_plain(chat):
            return True
        if has_calls(chat) and not self._calls.is_shown:
            return False
        shown = with_arguments(chat, self._calls.rendered)
        try:
            served.render(fold_system(shown) if self._plan.options.system_role == "fold" else shown)
        except TemplateError:
            return False
        return True

    def _settle(self, row: Row, lines: Sequence[ArmLine], made: Made) -> None:
        """Take the lines of a row, or say why not."""
        finding = self._find_problem(lines)
        if finding and finding.problem is Problem.TOO_LONG and self._plan.options.too_long == "cut":
            shorter = self._shorten(row, lines)
            lines, finding = shorter or lines, None if shorter else finding
            made.counts.shortened += bool(shorter)
        if finding is None:
            self._count(row, lines, made.counts)
            if self._plan.options.layout in PAIRED and self._plan.chat:
                made.counts.pairs.add(check_pair(self._plan.chat, row))
                made.asked.append(digest_pair(row))
            made.lines += map(_serialize, lines)
        elif finding.problem in _LEAVES_OUT or self._drops(finding):
            made.counts.dropped[finding.problem] += 1
        elif not (is_plain(row.get(MESSAGES) or ()) or is_plain(row.get(ALIGNED_MESSAGES) or ())):
            made.counts.dropped[Problem.NO_PLACE] += 1
        else:
            made.failures.append((finding.problem, row[SOURCE_ID], finding.detail))

    def _drops(self, finding: Finding) -> bool:
        return finding.problem is Problem.TOO_LONG and self._plan.options.too_long != "fail"

    @staticmethod
    def _find_problem(lines: Sequence[ArmLine]) -> Finding | None:
        if not lines:
            return Finding(Problem.NOTHING_TO_LEARN)
        return next((line.finding for line in lines if line.finding), None)

    def _shorten(self, row: Row, lines: Sequence[ArmLine]) -> list[ArmLine] | None:
        """The lines of a row without its last turns, as many as fit; `None` if not even the first does."""
        if self._plan.options.layout in PAIRED:
            return None
        whole = {arm: max(_length(line) for line in lines if line.arm is arm) for arm, *_ in lines}
        whole_row = row.get(CONVERSATION) or row[ALIGNED_MESSAGES]
        for answers in range(len(find_answers(whole_row)) - 1, 0, -1):
            (shorter,) = self._check([row], [self._write(row, answers)])
            if shorter and not any(line.finding for line in shorter):
                last = {line.arm: line for line in shorter}
                return [
                    line._replace(cut=whole[line.arm] - _length(line)) if line is last[line.arm] else line
                    for line in shorter
                ]
        return None

    def _count(self, row: Row, lines: Sequence[ArmLine], counts: Counts) -> None:
        counts.exported += 1
        counts.with_reasoning += bool(self._reasoning) and has_reasoning(row)
        counts.with_tools += bool(row.get(TOOLS))
        counts.without_offer += bool(row.get(TOOLS)) and lacks_offer(row)
        counts.with_source_calls += bool(find_source_calls(row, row.get(ALIGNED_MESSAGES) or []))
        counts.with_untrained += bool(find_untrained(row))
        if self._plan.options.mixture and CONVERSATION not in row:
            counts.guises[self._draw(row, Arm.SYSGEN)] += 1
        for arm, line, checked, cut in lines:
            counts.lines[arm] += 1
            counts.trained_answers[arm] += len(line.trained)
            if not checked:
                continue
            table = counts.tokens.setdefault(arm, TokenTable())
            table.cut += cut
            for messages, (_, tokens, learnt) in zip(line.chats, checked, strict=True):
                counts.longest = max(counts.longest, tokens)
                table.note_length(tokens)
                for message, begin, end in learnt:
                    turn = len(find_answers(messages[:message]))
                    table.trained += end - begin
                    table.answers[turn] += 1
                    table.tokens[turn] += end - begin

    def _write(self, row: Row, answers: int | None = None) -> list[ArmLine]:
        """The lines of a row in all arms; of a part of it with so many answers."""
        lines = self._write_texts(row, answers)
        if TOOLS in row and self._plan.options.layout.facts.tools == JSON_TEXT:
            # null where there are none: trainers read the text as JSON
            for _, line, *_ in lines:
                line.record[TOOLS] = row[TOOLS] or None
        options = self._plan.options
        if options.template_kwargs and options.layout.facts.takes_kwargs:
            for _, line, *_ in lines:
                line.record[TEMPLATE_KWARGS] = dict(options.template_kwargs)
        return lines

    def _write_texts(self, row: Row, answers: int | None) -> list[ArmLine]:
        options = self._plan.options
        fold = options.system_role == "fold"
        if options.layout in PAIRED:
            return [ArmLine(Arm.SYSGEN, line) for line in write_pair(options.layout, row, fold=fold)]
        lines: list[ArmLine] = []
        for arm in options.arms:
            conversation = with_arguments(self._take(row, arm), self._calls.written)
            if self._reasoning and has_reasoning(row):
                conversation = with_reasoning(conversation, row[REASONING], self._reasoning.written)
            if options.layout.facts.spared is Spared.MARK:
                conversation = mark_untrained(conversation, find_source_calls(row, conversation))
            if answers is not None:
                places = find_answers(conversation)
                conversation = conversation[: places[min(answers, len(places)) - 1] + 1]
            if fold:
                conversation = fold_system(conversation)
            apart = options.answers_apart or bool(find_untrained(row))
            tools = row.get(TOOLS) or ""
            written = write_lines(options.layout, row[SOURCE_ID], conversation, apart=apart, tools=tools)
            lines += [ArmLine(arm, self._as_rendered(line)) for line in written]
        return lines

    def _as_rendered(self, line: Line) -> Line:
        """The line with its conversations as its trainer gives them to the chat template."""
        chats = [with_arguments(chat, self._calls.rendered) for chat in line.chats]
        if self._reasoning:
            chats = [move_reasoning(chat, self._reasoning) for chat in chats]
        return line._replace(chats=chats)

    def _take(self, row: Row, arm: Arm) -> Conversation:
        """What of a row is trained on: that of a run in its guise, one of the user's own as it is."""
        if CONVERSATION in row:
            conversation: Conversation = row[CONVERSATION]
            return conversation
        return take_guise(row, self._draw(row, arm)) if arm is Arm.SYSGEN else take_conversation(row, arm)

    def _draw(self, row: Row, arm: Arm) -> Guise:
        mixture = self._plan.options.mixture
        return mixture.draw(row) if mixture and arm is Arm.SYSGEN else Guise.MESSAGE

    def _check(self, rows: Sequence[Row], lines: Sequence[list[ArmLine]]) -> list[list[ArmLine]]:
        """The lines of each row with what the guard says of them."""
        if self._guard is None:
            return list(lines)
        chats: list[Conversation] = []
        texts: list[str] = []
        tools: list[Tools | None] = []
        for row, written in zip(rows, lines, strict=True):
            schemas = _read_tools(row) if self._plan.options.layout.facts.tools else None
            for arm, line, *_ in written:
                chats += line.chats
                texts += [self._system_text(row, arm)] * len(line.chats)
                tools += [schemas] * len(line.chats)
        checked = iter(self._guard.check(chats, texts, tools))
        return [
            [line._replace(checked=[next(checked) for _ in line.line.chats]) for line in written]
            for written in lines
        ]

    def _system_text(self, row: Row, arm: Arm) -> str:
        if self._plan.options.layout in PAIRED:
            messages = row["prompt"]
        elif CONVERSATION in row:
            messages = row[CONVERSATION]
        else:
            messages = take_conversation(row, ARMS.get(self._draw(row, arm), arm))
        return next((turn["content"] for turn in messages if turn["role"] == "system"), "")


def _serialize(line: ArmLine) -> Written:
    notes = (
        {
            SOURCE_ID: line.line.record[SOURCE_ID],
            "tokens": checked.tokens,
            "cut": line.cut,
            "answers": [turn._asdict() for turn in checked.learnt],
        }
        for checked in line.checked
    )
    return Written(line.arm, _dump(line.line.record), b"".join(map(_dump, notes)))


def _dump(record: Mapping[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _length(line: ArmLine) -> int:
    return max(checked.tokens for checked in line.checked)


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
