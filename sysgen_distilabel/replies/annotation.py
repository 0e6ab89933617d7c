"""Reads annotated system messages into phrases and writes phrases back, with tags or without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, NamedTuple

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.replies.notations import EDGE_MARKS, strip_markdown, strip_spaces, to_our_notation
from sysgen_distilabel.replies.reasoning import find_answer
from sysgen_distilabel.replies.tags import (
    CLEAN_PHRASE,
    LOOSE_ENDS,
    LOOSE_PHRASE,
    TAG,
    DefectKind,
    Tag,
    read_tag,
)

__all__ = [
    "Annotation",
    "Defect",
    "DefectKind",
    "Phrase",
    "find_cut",
    "note_cut",
    "parse_annotated",
    "render_annotated",
]

_RANKED: Final = {str(f): (f.rank, f) for f in FUNCTIONALITIES}
_EXCERPT_LENGTH: Final = 40
_DOUBTFUL: Final = re.compile(r"\n[ \t]*+\n|<</|```")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of system message text under one functionality; never blank, without outer white space."""

    functionality: Functionality
    text: str


@dataclass(frozen=True, slots=True)
class Defect:
    """A stretch of text that is not a correctly tagged phrase.

    Attributes:
        kind: what is wrong with it.
        start: where it starts in the text that was parsed.
        end: where it ends, exclusive.
        excerpt: how it begins, on one line.
        repaired: whether a phrase was recovered from it; otherwise it was dropped.
    """

    kind: DefectKind
    start: int
    end: int
    excerpt: str
    repaired: bool = False

    def __str__(self) -> str:
        return f"{self.kind}@{self.start}-{self.end}{' (repaired)' * self.repaired}: {self.excerpt}"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What an annotated system message holds.

    Attributes:
        phrases: the valid phrases in canonical order; those of one functionality as they came.
        defects: everything else but white space and reasoning, in order of appearance.
    """

    phrases: tuple[Phrase, ...]
    defects: tuple[Defect, ...]


def parse_annotated(text: str, repair: bool = False, canonical: bool = True) -> Annotation:
    """Read an annotated system message by the rules of phase 2 (SysGen §3.2, Figure 2).

    A phrase is an opening tag of the eight, text without any tag, and its end: `<</Name>>` or the
    same `<<Name>>` again. Tags do not nest: an opened phrase whose next tag is anything else is
    dropped, and an opening tag starts afresh, also inside a tag outside the eight. Such a tag goes
    with what follows it up to its end or the next tag; text under no tag goes; empty phrases go. What
    counts as a tag is said at `sysgen_distilabel.replies.tags.read_tag`; reasoning at the start of the
    text is not looked at, see `sysgen_distilabel.replies.reasoning.strip_reasoning`.

    Args:
        text: any text; it never raises, and takes time linear in its length.
        repair: whether to recover phrases from slips that leave no doubt, each noted as a repaired
            defect: `<<//Name>>` as the end; other case, inner spaces or plural (`<< roles >>`); no end
            before the next opening tag of the eight or the end of the text, for one paragraph without
            code fences; `<Name>` or `«Name»` with its end, outside any `<<Name>>` phrase; tags in
            other brackets, escaped or with translated names, which are written as ours first, so that
            places are those in the text written so; marks of Markdown that belong to the tags. An end
            of another name is in doubt and not repaired. What is valid without repair stays as it is.
        canonical: whether the phrases are put in canonical order; otherwise they stay as they came.
    """
    return _Reader(text, repair, canonical).read()


def note_cut(text: str, end: int, kind: DefectKind) -> Defect:
    """The piece at the end of a text that is read no further than up to `end`: its last phrase, if open.

    Args:
        text: an annotated system message that was cut off, or runs in a loop.
        end: where what was meant ends.
        kind: why it ends there, `TRUNCATED` or `LOOP`.
    """
    defects = parse_annotated(text[:end]).defects
    start = defects[-1].start if defects and defects[-1].end == end else end
    return _make_defect(text, kind, start, len(text))


def find_cut(defects: Iterable[str]) -> int | None:
    """Where a text ends by a defect that `note_cut` has found, written as text; None if there is none."""
    for defect in defects:
        kind, _, place = defect.partition("@")
        if kind in (DefectKind.TRUNCATED, DefectKind.LOOP):
            return int(place.partition("-")[0])
    return None


def render_annotated(phrases: Iterable[Phrase]) -> str:
    """Write phrases with their tags, one per line, in the given order."""
    return "\n".join([f"<<{p.functionality}>>{p.text}<</{p.functionality}>>" for p in phrases])


class _Opened(NamedTuple):
    tag: Tag
    token: str
    start: int
    body: int


class _Reader:
    """Takes one tag after the other; what lies between two tags is decided once and never looked at again."""

    def __init__(self, text: str, repair: bool, canonical: bool) -> None:
        self._defects: list[Defect] = []
        self._phrases: list[tuple[int, Phrase]] = []
        self._text = text
        self._repair = repair
        self._canonical = canonical
        self._cursor = 0
        self._opened: _Opened | None = None
        self._rewritten: frozenset[int] = frozenset()

    def read(self) -> Annotation:
        span = find_answer(self._text)
        text, self._cursor = self._text[: span.stop], span.start
        if self._repair:
            reply, self._rewritten = to_our_notation(text[span.start :])
            self._rewritten = frozenset(place + span.start for place in self._rewritten)
            text = text[: span.start] + reply
        self._text = text
        self._read_clean_phrases()
        position = self._cursor
        while match := TAG.search(text, position):
            position = match.end()
            if tag := read_tag(match):
                self._take(tag, match[0], *match.span())
                if self._opened is None:
                    self._read_clean_phrases()
                    position = self._cursor
        if self._opened is None:
            self._read_gap(self._cursor, len(text))
        else:
            self._abandon(self._opened, len(text))
        if self._canonical:
            self._phrases.sort(key=itemgetter(0))
        return Annotation(tuple([phrase for _, phrase in self._phrases]), tuple(self._defects))

    def _read_clean_phrases(self) -> None:
        text, cursor = self._text, self._cursor
        while not self._rewritten and (match := CLEAN_PHRASE.match(text, cursor)):
            name, words = match.group(1, 2)
            if is_blank(words):
                break
            rank, functionality = _RANKED[name]
            words = words.rstrip()
            if words[0] in EDGE_MARKS or words[-1] in EDGE_MARKS:
                self._keep(functionality, (match.start(1) - 2, match.end()), match.span(2), None)
            else:
                self._phrases.append((rank, Phrase(functionality, words)))
            cursor = match.end()
        self._cursor = cursor

    def _take(self, tag: Tag, token: str, start: int, end: int) -> None:
        opened, self._opened = self._opened, None
        if start in self._rewritten and tag.functionality:
            tag = tag._replace(slip=DefectKind.OTHER_BRACKETS)
        if opened and (tag.is_end or token == opened.token):
            self._close(opened, tag, start, end)
        else:
            if opened:
                self._abandon(opened, start, tag)
            else:
                self._read_gap(self._cursor, start)
            if tag.is_end:
                self._note(DefectKind.STRAY_END, start, end)
            else:
                self._opened = _Opened(tag, token, start, end)
        self._cursor = end

    def _close(self, opened: _Opened, end_tag: Tag, start: int, end: int) -> None:
        functionality = opened.tag.functionality
        if functionality is None:
            self._note(DefectKind.UNKNOWN_TAG, opened.start, end)
        elif functionality is not end_tag.functionality:
            self._note(DefectKind.MISMATCHED_END, opened.start, end)
        else:
            slip = opened.tag.slip or end_tag.slip
            self._keep(functionality, (opened.start, end), (opened.body, start), slip)

    def _abandon(self, opened: _Opened, stop: int, next_tag: Tag | None = None) -> None:
        functionality = opened.tag.functionality
        if functionality is None:
            self._note(DefectKind.UNKNOWN_TAG, opened.start, stop)
        elif self._repair and (loose_end := LOOSE_ENDS[functionality].search(self._text, opened.body, stop)):
            start, end = loose_end.span()
            self._keep(functionality, (opened.start, end), (opened.body, start), DefectKind.OTHER_BRACKETS)
            self._read_gap(end, stop)
        elif self._repair and self._ends_surely(opened.body, stop, next_tag):
            self._keep(functionality, (opened.start, stop), (opened.body, stop), DefectKind.MISSING_END)
        else:
            self._note(DefectKind.MISSING_END, opened.start, stop)

    def _ends_surely(self, body: int, stop: int, next_tag: Tag | None) -> bool:
        is_next_known = next_tag is None or next_tag.functionality is not None
        return is_next_known and not _DOUBTFUL.search(self._text[body:stop].strip())

    def _read_gap(self, cursor: int, stop: int) -> None:
        if self._repair:
            for match in LOOSE_PHRASE.finditer(self._text, cursor, stop):
                self._note_unassigned(cursor, match.start())
                functionality = Functionality(match["name"])
                self._keep(functionality, match.span(), match.span("text"), DefectKind.OTHER_BRACKETS)
                cursor = match.end()
        self._note_unassigned(cursor, stop)

    def _keep(
        self,
        functionality: Functionality,
        span: tuple[int, int],
        body: tuple[int, int],
        slip: DefectKind | None,
    ) -> None:
        plain = strip_spaces(self._text[slice(*body)])
        words = strip_markdown(self._text, *body, outer=span)
        if words != plain:
            slip = slip or DefectKind.MARKDOWN
        if is_blank(words):
            self._note(DefectKind.EMPTY_PHRASE, *span)
            return
        if slip is None or self._repair:
            self._phrases.append((functionality.rank, Phrase(functionality, words)))
        if slip is not None:
            self._note(slip, *span, repaired=self._repair)

    def _note_unassigned(self, start: int, stop: int) -> None:
        if stop > start and not self._text[start:stop].isspace():
            self._note(DefectKind.UNASSIGNED_TEXT, start, stop)

    def _note(self, kind: DefectKind, start: int, end: int, repaired: bool = False) -> None:
        self._defects.append(_make_defect(self._text, kind, start, end, repaired))


def _make_defect(text: str, kind: DefectKind, start: int, end: int, repaired: bool = False) -> Defect:
    excerpt = " ".join(text[start : min(end, start + 2 * _EXCERPT_LENGTH)].split())
    if len(excerpt) > _EXCERPT_LENGTH:
        excerpt = excerpt[: _EXCERPT_LENGTH - 3] + "..."
    return Defect(kind, start, end, excerpt, repaired)
