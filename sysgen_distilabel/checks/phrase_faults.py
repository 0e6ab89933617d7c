"""Finds phrases that are no whole instruction, and phrases that say nothing definite."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from sysgen_distilabel.checks.word_lists import read_word_lists
from sysgen_distilabel.functionalities import FUNCTIONALITIES

_LETTERS: Final = r"[^\W\d_](?:[^\W\d_]|[\u064b-\u0655\u0900-\u0963\u0981-\u0dff])*"  # with vowel signs
_WORD: Final = re.compile(rf"{_LETTERS}(?:['\u2019]{_LETTERS})?|\d+")
_ASCII_WORD: Final = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|[0-9]+")
"""What the first finds in English, and quicker."""
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ENDS: Final = ".!?\u3002\uff01\uff1f\u0964\u06d4\u061f\u2026\"'\u201c\u201d\u00bb)`"
_OPEN_ENDS: Final = tuple(",:;\u2013\u2014\u3001\uff0c\uff1a\uff1b([{-")
_NO_BEGINNING: Final = tuple("*>:,;.\u2026\u3001\uff0c\uff1b")
_TAG_LEFT: Final = re.compile(
    rf"\A(?:[>:](?!\w)|[,;\u2026\u3001\uff0c\uff1b]|\.\.\.|\*\*\s*\n|</\w)|<</?\w|</?(?:{'|'.join(FUNCTIONALITIES)})>|</\w+>>"
    r"|(?m:^<>$)|<\w+ \w+=[^<>]*\Z|(?<!\w)<[A-Z]\w*<"
)
_CLOSING_TAG: Final = re.compile(r"[\w.!?,]</(\w+)>")
_FENCE: Final = re.compile(r"(?m:^```)")
_LOST_HEADING: Final = re.compile(
    r"(?:^|\n)#{1,6}(?:\s*\d{0,3}\W*$| \[(?:Functionalities|Rules|Examples? of|Conversational|Annotated))"
)
"""One that nothing stands under, or one of the generator's prompt."""
_BABBLE: Final = re.compile(r"([^\W\d_])\1{19}")
_LONG_WORD: Final = 20
_ITEM: Final = re.compile(r"(?:[-*\u2022]|\d+[.)])\s")
_OPENING: Final = re.compile("[(\\[\u00ab\u201c\u201e]")
_OPEN_QUOTE: Final = re.compile(r"(?:^|[\s(])\"\w[^\"]*\Z")
_VERB_LAST: Final = re.compile("[\uac00-\ud7a3\u0900-\u0963]\\Z")
"""The end of a text in Korean or Hindi, whose sentences end with the verb."""
_PAIRS: Final = (("(", ")"), ("[", "]"), ("\u00ab", "\u00bb"))
_LOW_QUOTE, _LEFT_QUOTE, _RIGHT_QUOTE = "\u201e\u201c\u201d"
_LEAST_UNSPACED: Final = 5
_SHORTEST_ORDER: Final = 4
_LONGEST_FRAGMENT: Final = 6


def is_fragment(text: str) -> bool:
    """Whether a phrase is no whole sentence, as far as its form tells.

    It begins with a comma, semicolon or dots, ends in the middle (a comma, a colon without a list behind it,
    an open bracket or quotation, a word such as "and", one such as "between" and no full stop, a heading with
    nothing under it, code without its end), holds what is left of a tag, a heading of the generator's prompt
    or twenty times the same letter, is a lone item of a list, is a few words that neither end like a sentence
    nor begin like one, or more of them that go on with something ("a tutor of ..."), without any verb.
    """
    text, words = text.strip(), _split_words(text)
    if _is_cut_markup(text) or (max(map(len, words), default=0) >= _LONG_WORD and _BABBLE.search(text)):
        return True
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    if unspaced > len(words):
        is_short = unspaced < _LEAST_UNSPACED and not _is_short_order(text, unspaced)
        return is_short or text.endswith(_load_endings())
    if len(words) < 2 or text.endswith(_OPEN_ENDS):
        return True
    last = words[-1].lower()
    if (last in _load_words("dangling") or text[-1].isalpha()) and _ends_open(text, words, last):
        return True
    if _OPENING.search(text) and (_is_bracket_open(text) or _is_quote_open(text)):
        return True
    if '"' in text and text.count('"') % 2 and _OPEN_QUOTE.search(text):
        return True
    if text[-1] in _ENDS or "\n" in text:
        return False
    return _is_part(text, words)


def _is_part(text: str, words: list[str]) -> bool:
    """Whether words on one line, without the end of a sentence, do not begin like one or lack its verb."""
    first = words[0].lower()
    if len(words) > _LONGEST_FRAGMENT:
        is_begun = text[0].islower() and first in _load_words("openings")
        return is_begun and _load_words("finite").isdisjoint(words)
    if _ITEM.match(text) or (text[0].islower() and first not in _load_words("imperatives")):
        return True
    if not text.isascii() and _VERB_LAST.search(text) and not text.endswith(_load_whole_endings()):
        return True
    return first in _load_words("continuations")


def _ends_open(text: str, words: list[str], last: str) -> bool:
    """Whether another word must follow the last; "Say what it is for." and "Fang an." are whole."""
    if last not in _load_words("dangling"):
        if last not in _load_words("unfinished"):
            return not text.isascii() and text.endswith(_load_endings())
        if last in _load_words("stranded") and _holds_question(words):
            return False
    return text[text.rindex(words[-1]) - 1].isspace()  # neither quoted nor the end of an address


def _holds_question(words: list[str]) -> bool:
    """Whether an order goes on with a question, which may end with any word ("Say where it is from")."""
    first, *others = (word.lower() for word in words)
    return first in _load_words("imperatives") and not _load_words("asking").isdisjoint(others)


def _is_short_order(text: str, unspaced: int) -> bool:
    """Whether few signs without blanks are a whole instruction: they begin with a verb, or hold "JSON"."""
    if unspaced + sum(sign.isascii() and sign.isalnum() for sign in text) > _SHORTEST_ORDER:
        return True
    return len(text) >= _SHORTEST_ORDER and text.startswith(tuple(_load_words("imperatives_unspaced")))


def _is_cut_markup(text: str) -> bool:
    """Whether a phrase begins in the middle, or holds what is left of a tag or of a heading."""
    may_have_tag = text.startswith(_NO_BEGINNING) or "<" in text
    return bool(
        (may_have_tag and _TAG_LEFT.search(text))
        or ("#" in text and _LOST_HEADING.search(text))
        or ("</" in text and any(f"<{tag}" not in text for tag in _CLOSING_TAG.findall(text)))
        or ("```" in text and len(_FENCE.findall(text)) % 2)
    )


def _is_bracket_open(text: str) -> bool:
    return any(text.count(opening) > text.count(closing) for opening, closing in _PAIRS)


def _is_quote_open(text: str) -> bool:
    """Whether a quotation has no end; the mark that opens one in English closes one in German or Czech."""
    low, left, right = (text.count(mark) for mark in (_LOW_QUOTE, _LEFT_QUOTE, _RIGHT_QUOTE))
    return low > left + right if low else left > right


def is_empty_formula(text: str) -> bool:
    """Whether a phrase is made of words alone that say nothing definite, such as "Be helpful."."""
    text = text.replace("\u2019", "'")
    words, empty = _split_words(text), _load_empty()
    if not words:
        return False
    is_empty = all(word.lower() in empty for word in words) or (
        not text.isascii() and _empty_pieces().fullmatch(text.strip()) is not None
    )
    return is_empty and _rules_out_faults(words) and not _definite().search(text)


def _rules_out_faults(words: list[str]) -> bool:
    """Whether it denies faults, or neither: "Avoid errors." is empty, "Do not answer." is not."""
    lowered = {word.lower() for word in words}
    return _load_words("denials").isdisjoint(lowered) == _load_words("faults").isdisjoint(lowered)


@lru_cache(maxsize=64)  # both faults are looked for in the phrases of a row
def _split_words(text: str) -> list[str]:
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


@cache
def _load_words(name: str) -> frozenset[str]:
    """One of the lists of words in `phrase_words.toml`."""
    return frozenset(str(read_word_lists("phrase_words.toml")[name]).split())


@cache
def _load_empty() -> frozenset[str]:
    """All words that a formula may be made of, with every ending of those that have endings."""
    forms = {
        stem + ending.strip("-")
        for group in read_word_lists("phrase_words.toml")["inflected"]
        for stem in group["stems"].split()
        for ending in group["endings"].split()
    }
    return _load_words("empty") | _load_words("faults") | _load_words("denials") | forms


@cache
def _definite() -> re.Pattern[str]:
    return re.compile(read_word_lists("phrase_words.toml")["definite"], re.IGNORECASE)


@cache
def _load_endings() -> tuple[str, ...]:
    return (*_OPEN_ENDS, *_load_words("unfinished_endings"))


@cache
def _load_whole_endings() -> tuple[str, ...]:
    return tuple(_load_words("whole_endings"))


@cache
def _empty_pieces() -> re.Pattern[str]:
    """A text of such pieces of words, blanks and signs."""
    pieces = sorted(_load_words("empty_pieces"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, pieces))}|\W)+", re.IGNORECASE)
