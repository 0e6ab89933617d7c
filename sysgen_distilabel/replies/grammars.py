"""Grammars and schemas that keep an engine to the formats in which it is asked to reply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict

MAX_PHRASES: Final = 12
"""Phrases in a system message, unless a setting says otherwise: more than the eight functionalities."""

MAX_LENGTH: Final = 400
"""Characters of a phrase, unless a setting says otherwise; a Format of several lines fits in."""

_MAX_ANGLES: Final = 4
_PIECE: Final = 100
"""Characters counted in one go; of more than 128 XGrammar keeps no masks, which takes 5 ms per token."""

# Escapes that mean the same to Python, to Rust and to XGrammar; `\s` does not.
_CONTROLS: Final = r"\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029"
_SPACES: Final = r"\x0a\x20\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_PLAIN: Final = f"[^<{_CONTROLS}]"
_FIRST: Final = rf"[^<:\uff1a{_CONTROLS}{_SPACES}]"


def tagged_message_grammar(
    max_phrases: int = MAX_PHRASES,
    max_text: int = MAX_LENGTH,
    functionalities: Sequence[str] = FUNCTIONALITIES,
) -> str:
    """The annotated system message as a grammar, in the EBNF that XGrammar and guidance read.

    It allows what `render_annotated` writes, phrases of several lines too, as long as they are within the
    bounds, without `<<`, a `<` at their end and a colon in front, and nothing that `parse_annotated` finds
    a defect in. It is the same language as `tagged_message_regex`, which takes XGrammar far longer to
    prepare; vLLM gives a regex five seconds.

    Args:
        max_phrases: phrases in a message, of which there is at least one.
        max_text: characters of a phrase, for models that find no end. A `<` adds a quarter of them, four
            times at most: to count alternatives takes XGrammar a second per token.
        functionalities: the tags to allow.
    """
    phrases = " | ".join(f'"<<{name}>>" text "<</{name}>>"' for name in functionalities)
    more_phrases = _up_to(max_phrases - 1, r'("\n" phrase)')
    text = _write_text(max_text, " ", "(", '"<"')
    return f"root ::= phrase {more_phrases}\nphrase ::= {phrases}\ntext ::= {text}\n"


def tagged_message_regex(
    max_phrases: int = MAX_PHRASES,
    max_text: int = MAX_LENGTH,
    functionalities: Sequence[str] = FUNCTIONALITIES,
) -> str:
    """The annotated system message as a regular expression, see `tagged_message_grammar`.

    Args:
        max_phrases: phrases in a message, of which there is at least one.
        max_text: characters of a phrase; a `<` adds a quarter of them, four times at most.
        functionalities: the tags to allow.
    """
    text = _write_text(max_text, "", "(?:", "<")
    phrase = "(?:" + "|".join(f"<<{name}>>{text}<</{name}>>" for name in functionalities) + ")"
    return phrase + _up_to(max_phrases - 1, rf"(?:\n{phrase})")


def phrases_schema(max_phrases: int, functionalities: Iterable[str] = FUNCTIONALITIES) -> dict[str, Any]:
    """The JSON schema of a list of phrases, for engines that keep to nothing else.

    It bounds their number and not their length, as strict schemas of OpenAI's API know no length of texts.

    Args:
        max_phrases: phrases in a message, of which there is at least one.
        functionalities: those to allow.
    """
    names = [str(name) for name in functionalities]
    phrase = strict_object({"functionality": {"type": "string", "enum": names}, "text": {"type": "string"}})
    return strict_object(
        {"phrases": {"type": "array", "items": phrase, "minItems": 1, "maxItems": max_phrases}}
    )


def verdict_schema(keys: Iterable[str], verdicts: type[StrEnum] = Verdict) -> dict[str, Any]:
    """The JSON schema of an object with one verdict per key, and nothing else.

    Args:
        keys: functionality names, or phrase numbers as text, in the order wanted.
        verdicts: the verdicts there are.
    """
    verdict = {"type": "string", "enum": [verdict.value for verdict in verdicts]}
    return strict_object(dict.fromkeys(keys, verdict))


def strict_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object that has each of these properties and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def verdict_regex(keys: Iterable[str], verdicts: type[StrEnum] = Verdict) -> str:
    """The regular expression of one line per key, such as `Role: Good`, as the prompt asks for them.

    Args:
        keys: functionality names, or phrase numbers as text, in the order wanted.
        verdicts: the verdicts there are.
    """
    alternatives = "|".join(verdicts)
    return r"\n".join(f"{re.escape(key)}: (?:{alternatives})" for key in dict.fromkeys(keys))


def _write_text(limit: int, space: str, group: str, angle: str) -> str:
    """The text of a phrase, in either notation: stretches without a `<`, and a `<` between two of them."""
    first = f"{group}{_FIRST}|{angle}{space}{_PLAIN})"
    rest = _count_to(limit - 1, space, group)
    short = _count_to(max(limit // _MAX_ANGLES, 1) - 1, space, group)
    further = f"{group}{angle}{space}{_PLAIN}{space and short and space}{short}){{0,{_MAX_ANGLES}}}"
    return f"{first}{space}{rest}{space}{further}"


def _count_to(limit: int, space: str, group: str) -> str:
    """So many characters at most, counted in equal pieces, for which the limit may be rounded up."""
    pieces = limit // _PIECE + 1
    size = limit // pieces + 1
    # Of a group with nothing but `x{n}` in it guidance drops the parentheses, and reads no `x{n}{0,1}`.
    piece = f"{_PLAIN}{space}{_PLAIN}{{{size - 1}}}"
    whole = f"{group}{piece}){{0,{pieces - 1}}}{space}" if pieces > 1 else ""
    return whole + _up_to(size - 1, _PLAIN)


def _up_to(limit: int, item: str) -> str:
    """Repeat an item so often at most; guidance refuses `{0,0}`."""
    return f"{item}{{0,{limit}}}" if limit else ""
