"""Takes off what follows an answer: a check of it, a note, or an offer of more help."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.answer_words import ASIDE, CLOSING, CONCLUSION, CORRECTION, MARKER, PROOF

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_IN_BRACKETS = re.compile(r"\*?\((?=[^()]*[^\W\d_]{3})[^()]*\)[*.\s]*")
_HEADING = re.compile(r"#{1,6} .*|\*\*[^*\n]+\*\*[:.]?|\*\*[^*\n]+:\*\*|[^\n]{1,30}:", re.DOTALL)


def without_remarks(text: str) -> str:
    """The text without last paragraphs that check its answer, note something or offer more help.

    A paragraph that states the answer again, or takes it back, stays.
    """
    paragraphs = _BLANK_LINES.split(text.strip())
    for at in range(1, len(paragraphs)):
        if _HEADING.fullmatch(paragraphs[at].partition("\n")[0]) and PROOF.match(paragraphs[at]):
            section = "\n\n".join(paragraphs[at:])
            if "\n#" not in section and not _states_answer(section):
                paragraphs = paragraphs[:at]
                break
    while len(paragraphs) > 1 and _is_remark(paragraphs[-1]):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def _is_remark(paragraph: str) -> bool:
    if ASIDE.match(paragraph):
        return not _states_answer(paragraph)
    first = paragraph.partition("\n")[0]
    return CLOSING.search(first) is not None and not (
        _states_answer(paragraph) or CONCLUSION.search(paragraph)
    )


def _states_answer(text: str) -> bool:
    return MARKER.search(text) is not None or CORRECTION.search(text) is not None


def without_closing(sentences: list[str]) -> list[str]:
    """The sentences without last ones that check the answer, note something or end the conversation."""
    kept = list(sentences)
    while len(kept) > 1 and (
        CLOSING.search(kept[-1]) or ASIDE.match(kept[-1]) or _IN_BRACKETS.fullmatch(kept[-1])
    ):
        kept.pop()
    return kept
