"""Reads the reply of a verifier or judge: lines of text, a table or JSON, one label per key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from html import unescape
from typing import Any, Final, TypeVar

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.replies.json_values import find_json
from sysgen_distilabel.replies.tag_names import TAG_NAMES

_OPENED: Final = re.compile(r"<<\w+>>")
_CLOSED: Final = re.compile(r"<</\w+>>")
_LONGEST: Final = 120
"""Characters in which a key stands beside its label; a phrase may be echoed between them."""

_UNDERSCORE_OR_DASH: Final = re.compile(r"[_-]")
_NAME_FIELDS: Final = (
    "functionality",
    "phrase",
    "tag",
    "key",
    "name",
    "number",
    "id",
    "index",
    "criterion",
    "item",
)
_LABEL_FIELDS: Final = (
    "verdict", "label", "judgement", "judgment", "rating", "assessment", "decision", "result", "status",
    "evaluation", "classification", "answer", "value",
)  # fmt: skip
_LABEL_WORD: Final = "|".join(_LABEL_FIELDS)
_FILLERS: Final = rf"is|are|the|a|as|final|phrase|functionality|tag|{_LABEL_WORD}|{'|'.join(FUNCTIONALITIES)}"
_MARKS: Final = r"[^\w\n]"
_STRONG: Final = r"[:\uff1a=|>\u2192\u2013\u2014-]"
_NUMBER: Final = rf"(?:step )?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[ ]?[.)\]:|]{_MARKS}{{0,6}}(?=[^\W\d])"
_BEFORE_KEY: Final = rf"(?:{_LABEL_WORD}) (?:for|of|on) (?:the )?"
_ASKED: Final = rf"(?:the )?(?:{_BEFORE_KEY})?(?:(?:functionality|tag|phrase){_MARKS}{{1,4}})?"
_HEAD: Final = rf"{_MARKS}{{0,20}}(?:{_NUMBER})?{_ASKED}"
"""What may stand before a key: marks, a number, and words such as `Verdict for` or `Phrase`."""

_BETWEEN: Final = r"(?:[,;|/\u2022\u00b7]|\s{2})"
_ELEMENT: Final = re.compile(
    r"</?(?:b|i|u|p|em|strong|span|div|code|ul|ol|li|td|th|tr|br)\b[^<>\n]*>", re.IGNORECASE
)
_WORDS: Final = re.compile(r"[\W_]+")
_COMMAND: Final = re.compile(r"\\(?:boxed|text\w*|math\w*)\{([^{}\n]*)\}")

_MOST_QUESTIONS: Final = 256
"""Sets of keys whose patterns are kept; there are as many as ways to number or name phrases."""

Label = TypeVar("Label", bound=StrEnum)


def read_verdicts(reply: str, keys: Iterable[str]) -> dict[str, Verdict]:
    """Find the verdict for each key in the verifier's reply; see `read_labels`.

    Args:
        reply: the verifier's text, without a reasoning block.
        keys: functionality names, or phrase numbers as text.
    """
    return read_labels(reply, keys, Verdict)


def read_labels(reply: str, keys: Iterable[str], labels: type[Label]) -> dict[str, Label]:
    """Find the label for each key in a reply.

    Reads JSON, one value or several, in which a key leads to its label or an entry names both, at any
    depth. Otherwise reads lines such as `Role: Good`, `1. **Role** - Good`, `<<Role>>: Good` or
    `| Role | Good |`, several of these on one line, and a key alone on a line with its label below. A key
    with two different labels is unreadable and left out: it is never taken for the better one.

    Args:
        reply: the text of a verifier or judge, without a reasoning block.
        keys: names as they stand before the labels.
        labels: the labels there are; case is ignored, and `not_aligned` is `Not Aligned`.

    Returns:
        The labels that could be read; keys without one are missing.
    """
    keys = tuple(keys)
    found: dict[str, set[Label]] = {}
    for key, label in _pairs_as_asked(reply, keys, labels) or _pairs_from_any(reply, keys, labels):
        found.setdefault(key, set()).add(labels(label))
    return {key: labels_found.pop() for key, labels_found in found.items() if len(labels_found) == 1}


def _pairs_as_asked(reply: str, keys: Collection[str], labels: type[Label]) -> list[tuple[str, str]]:
    """Key and label of every line where each is as the prompts ask for it, `Role: Good`; else nothing."""
    allowed, pairs = set(labels), []
    for line in reply.splitlines():
        key, _, label = line.partition(": ")
        if label not in allowed or not (key in keys or key in FUNCTIONALITIES):
            return []
        if key in keys:
            pairs.append((key, label))
    return pairs


def _pairs_from_any(reply: str, keys: tuple[str, ...], labels: type[StrEnum]) -> Iterable[tuple[str, str]]:
    """Key and label wherever JSON, or else a line, has both in some form."""
    plain, forms = _without_markup(reply), _forms_of(keys, labels)
    return list(_pairs_from_json(find_json(plain), forms)) or _pairs_from_lines(plain, forms)


@lru_cache(_MOST_QUESTIONS)
def _forms_of(keys: tuple[str, ...], labels: type[StrEnum]) -> _Forms:
    return _Forms(_spellings(keys), tuple(labels))


def _spellings(keys: tuple[str, ...]) -> dict[str, str]:
    """The key that each way to write it stands for; functionalities have names in other languages."""
    translated = {spelling: name for spelling, name in TAG_NAMES.items() if name in keys}
    return {**translated, **{key.lower(): key for key in keys}}


def _without_markup(reply: str) -> str:
    """The reply without HTML and LaTeX around its words, and full-width signs as plain ones."""
    plain = unicodedata.normalize("NFKC", unescape(reply) if "&" in reply else reply)
    plain = _ELEMENT.sub(" ", plain) if "</" in plain else plain
    return _COMMAND.sub(r"\1", _COMMAND.sub(r"\1", plain)) if "\\" in plain else plain


class _Forms:
    """How the keys and labels of one question may be written."""

    def __init__(self, keys: Mapping[str, str], labels: tuple[StrEnum, ...]) -> None:
        self._keys = keys
        self._labels = {label.value.lower(): label.value for label in labels}
        self.patterns = _Patterns(tuple(keys), tuple(self._labels))

    def key(self, value: Any) -> str | None:
        """The key that a name in JSON stands for, such as `<<Role>>`, `phrase 1` or `2. Role`."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        match = self.patterns.name.fullmatch(str(value).replace("_", " ").strip())
        return self._keys[match["key"].lower()] if match else None

    def label(self, value: Any) -> str | None:
        """The label that a text begins with, if it begins with one."""
        match = self.patterns.label.match(value) if isinstance(value, str) else None
        return self.label_of(match) if match else None

    def grouped(self, name: Any) -> str | None:
        """The label that a name in JSON is, as of a list of keys that have it."""
        match = self.patterns.label.fullmatch(name) if isinstance(name, str) else None
        return self.label_of(match) if match else None

    def key_of(self, match: re.Match[str]) -> str:
        return self._keys[match["key"].lower()]

    def label_of(self, match: re.Match[str]) -> str:
        return self._labels[_UNDERSCORE_OR_DASH.sub(" ", match["label"].lower())]


class _Patterns:
    """The patterns of one question, each compiled when it is first asked for: most replies need two."""

    def __init__(self, keys: tuple[str, ...], labels: tuple[str, ...]) -> None:
        key = f"(?P<key>{'|'.join(re.escape(key) for key in keys)})" if keys else r"(?P<key>(?!))"
        words = [re.escape(label).replace(r"\ ", "[ _-]") for label in labels]
        label = f"(?P<label>{'|'.join(words)})\\b"
        either = r"(?:[/|]|\bor\b|,(?=[^\n]{0,12}\bor\b))"
        another = rf"{_MARKS}{{0,3}}?{either}{_MARKS}{{0,3}}(?:or )?(?:{'|'.join(words)})\b"
        no_choice = rf"(?!{another})"
        gap = rf"(?:{_MARKS}|\b(?:{_FILLERS})\b){{0,30}}?"
        after = rf"(?!\w){gap}{_STRONG}{gap}{_MARKS}{{0,20}}{label}{no_choice}"
        said = rf"(?:(?:the |final )?(?:{_LABEL_WORD})\b{gap})?"
        self._written = {
            "choice": rf"\b(?:{'|'.join(words)})\b{another}",
            "name": rf"{_HEAD}{key}(?!\w)(?:{_MARKS}*|\s*\(.*| (?:{_LABEL_WORD}))",
            "label": rf"{_MARKS}{{0,20}}{label}{no_choice}",
            "line": rf"{_HEAD}{key}{after}",
            "more": rf"{_BETWEEN}{_HEAD}{key}{after}",
            "bare": rf"{_HEAD}{key}(?!\w)(?:{_MARKS}|\b(?:is|are)\b)+{label}{_MARKS}*(?:/(?P=key){_MARKS}*)?",
            "other": rf"\b(?!\d){key}(?!\w){_MARKS}{{0,3}}?{_STRONG}",
            "head": rf"{_HEAD}{key}(?!\w)",
            "tail": rf"{_STRONG}{_MARKS}{{0,20}}{label}{_MARKS}{{0,20}}\Z",
            "heading": rf"{_HEAD}{key}(?!\w){_MARKS}*(?:\([^()\n]*\){_MARKS}*)?",
            "below": rf"{_MARKS}{{0,20}}{said}{_MARKS}{{0,20}}{label}",
        }

    def __getattr__(self, name: str) -> re.Pattern[str]:
        pattern = re.compile(self._written[name], re.IGNORECASE)
        setattr(self, name, pattern)
        return pattern


def _without_echo(line: str) -> str:
    """The line without the phrase that it repeats, from its first tag to the last closing one; linear."""
    opened = _OPENED.search(line)
    *_, closed = (None, *_CLOSED.finditer(line)) if opened else (None,)
    if opened is None or closed is None or closed.start() < opened.end():
        return line
    return line[: opened.start()] + line[closed.end() :]


def _match_bare(line: str, raw: str, patterns: _Patterns) -> re.Match[str] | None:
    """Key and label with nothing but marks between them, be a phrase taken out or not."""
    return patterns.bare.fullmatch(line[:_LONGEST]) or patterns.bare.fullmatch(raw[:_LONGEST])


def _pairs_from_lines(reply: str, forms: _Forms) -> Iterator[tuple[str, str]]:
    """Key and label of every line that has both, and of a line that has the label of a key above."""
    patterns, above = forms.patterns, ""
    for raw in reply.splitlines():
        line, head = _without_echo(raw), patterns.head.match(raw)
        may_name = head or line is not raw  # else no key begins it, which is quickly told
        if may_name and (first := patterns.line.match(line) or _match_bare(line, raw, patterns)):
            above = ""
            for match in (first, *patterns.more.finditer(line, first.end())):
                yield forms.key_of(match), forms.label_of(match)
        elif head and (tail := patterns.tail.search(raw[-_LONGEST:])):
            above = ""
            others = (forms.key_of(other) for other in patterns.other.finditer(raw, head.end()))
            if set(others) - {forms.key_of(head)} or patterns.choice.search(raw):  # nothing tells whose it is
                continue
            yield forms.key_of(head), forms.label_of(tail)
        elif may_name and (heading := patterns.heading.fullmatch(line[:_LONGEST])):
            above = forms.key_of(heading)
        elif above and (below := patterns.below.match(line)):
            yield above, forms.label_of(below)


def _pairs_from_json(value: Any, forms: _Forms) -> Iterator[tuple[str, str]]:
    """Key and label of every place in JSON that has both."""
    queue = [value]
    for item in queue:
        if isinstance(item, list):
            if (pair := _pair_from_list(item, forms)) is not None:
                yield pair
            else:
                queue.extend(item)
        elif isinstance(item, Mapping):
            if pair := _pair_from_entry(item, forms):
                yield pair
                continue
            for name, said in item.items():
                if grouped := forms.grouped(name):
                    members = said if isinstance(said, list) else [said]
                    yield from ((key, grouped) for member in members if (key := forms.key(member)))
                    continue
                key = forms.key(name)
                label = None if key is None else _label_in(said, forms)
                if key is not None and label is not None:
                    yield key, label
                else:
                    queue.append(said)


def _label_in(said: Any, forms: _Forms) -> str | None:
    """The label that a key leads to: text, an entry with a label, or a list that begins with one."""
    if isinstance(said, Mapping):
        lowered = {str(name).lower(): value for name, value in said.items()}
        fields = {_WORDS.split(name)[-1]: value for name, value in lowered.items()} | lowered
        return next((label for name in _LABEL_FIELDS if (label := forms.label(fields.get(name)))), None)
    if isinstance(said, list):
        return forms.label(said[0]) if said else None
    return forms.label(said)


def _pair_from_list(items: list[Any], forms: _Forms) -> tuple[str, str] | None:
    """Key and label of `["Role", "Good"]`."""
    key, label = (forms.key(items[0]), forms.label(items[1])) if len(items) == 2 else (None, None)
    return (key, label) if key is not None and label is not None else None


def _pair_from_entry(entry: Mapping[str, Any], forms: _Forms) -> tuple[str, str] | None:
    """Key and label of `{"functionality": "Role", "verdict": "Good"}` or `{"phrase": 1, ...}`."""
    lowered = {str(name).lower(): value for name, value in entry.items()}
    key = next((key for name in _NAME_FIELDS if (key := forms.key(lowered.get(name)))), None)
    label = _label_in(entry, forms)
    return (key, label) if key is not None and label is not None else None
