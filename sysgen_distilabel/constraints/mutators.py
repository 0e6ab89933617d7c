"""Breaks a constraint in a text that follows it, one mutator per verifier: the other half of the proof."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sysgen_distilabel.constraints.following import IN_LANGUAGE, PROSE, words
from sysgen_distilabel.constraints.text_units import (
    BULLET,
    NUMBERED,
    split_lines,
    split_paragraphs,
    split_sentences,
)
from sysgen_distilabel.constraints.verifiers import Constraint

_Mutator = Callable[[str, Mapping[str, Any]], str]
_NOTHING: Final = "Nothing"


def violate(text: str, constraint: Constraint) -> str | None:
    """The text changed so that it breaks the constraint, or `None` if no mutator is known.

    Args:
        text: a response that follows it.
        constraint: what to break.
    """
    mutate = _MUTATORS.get(constraint.verifier)
    return mutate(text, constraint.arguments) if mutate else None


def _too_many_or_few(
    name: str, more: Callable[[str, int], str], fewer: Callable[[str, int], str], default: str = "equal to"
) -> _Mutator:
    """Adds units until a limit is passed, or takes away all that are over it."""

    def mutate(text: str, arguments: Mapping[str, Any]) -> str:
        relation, limit = arguments.get("relation", default), arguments[name]
        return fewer(text, limit - 1) if relation == "at least" else more(text, limit + 1)

    return mutate


def _more(unit: str, between: str) -> Callable[[str, int], str]:
    """Adds more units than there may be, whatever there are already."""
    return lambda text, number: between.join([text, *[unit] * number])


def _first(split: Callable[[str], list[str]], between: str) -> Callable[[str, int], str]:
    """Keeps the first units alone."""
    return lambda text, number: between.join(split(text)[:number])


def _without_lines(mark: re.Pattern[str]) -> Callable[[str, int], str]:
    """Takes the marks of the lines away that go beyond a number."""

    def fewer(text: str, number: int) -> str:
        seen = iter(range(text.count("\n") + 2))
        kept = (line for line in split_lines(text) if not mark.match(line) or next(seen) < number)
        return "\n".join(kept) or PROSE

    return fewer


def _drop(pattern: re.Pattern[str]) -> Callable[[str, int], str]:
    """Takes away what matches, beyond a number."""

    def fewer(text: str, number: int) -> str:
        seen = iter(range(len(text) + 1))
        return pattern.sub(lambda match: match[0] if next(seen) < number else "", text).strip() or _NOTHING

    return fewer


def _with(added: str) -> _Mutator:
    return lambda text, arguments: f"{text}{added}"


def _behind(argument: Callable[[Mapping[str, Any]], str]) -> _Mutator:
    return lambda text, arguments: f"{text} {argument(arguments)} x"


def _without(argument: Callable[[Mapping[str, Any]], str]) -> _Mutator:
    """Takes a text out, wherever it is."""

    def mutate(text: str, arguments: Mapping[str, Any]) -> str:
        part = re.compile(re.escape(argument(arguments)), re.IGNORECASE)
        while part.search(text):
            text = part.sub("", text)
        return text.strip() or "-"

    return mutate


def _frequency(text: str, arguments: Mapping[str, Any]) -> str:
    keyword, limit = arguments["keyword"], arguments["frequency"]
    if arguments["relation"] == "less than":
        return " ".join([text, *[keyword] * limit])
    return _without(lambda given: given["keyword"])(text, arguments)


def _other_language(text: str, arguments: Mapping[str, Any]) -> str:
    return IN_LANGUAGE["de" if arguments.get("language") == "en" else "en"]


def _long_sentence(text: str, arguments: Mapping[str, Any]) -> str:
    return f"{text}\n\n{words(arguments['max_words'] + 1)}."


def _paragraph_of(text: str, arguments: Mapping[str, Any]) -> str:
    limit = arguments["words_per_paragraph"]
    if arguments["relation"] == "at least":
        return f"{text}\n\n{words(limit - 1)}" if limit > 1 else f"{text}\n\n!"
    return f"{text}\n\n{words(limit + 1)}"


def _paragraph_with(text: str, arguments: Mapping[str, Any]) -> str:
    limit = arguments["num_sentences"]
    if arguments["relation"] == "at least":
        return f"{text}\n\n{'It runs. ' * (limit - 1)}" if limit > 1 else f"{text}\n\n!"
    return f"{text}\n\n{'It runs. ' * (limit + 1)}"


def _first_person(text: str, arguments: Mapping[str, Any]) -> str:
    said = {"de": "Ich weiß es", "en": "I know it", "es": "Yo lo sé", "zh": "我知道"}
    return f"{text} {said[arguments['language']]}"


def _rename_key(text: str, arguments: Mapping[str, Any]) -> str:
    key = json.dumps(arguments["keys"][0], ensure_ascii=False)
    return re.sub(rf"{re.escape(key)}(?=\s*:)", '"renamed"', text)


def _no_table(text: str, arguments: Mapping[str, Any]) -> str:
    return text.replace("|", "/")


def _swap_columns(text: str, arguments: Mapping[str, Any]) -> str:
    return text.replace("|", "| x |", 1)


_MUTATORS: Final[Mapping[str, _Mutator]] = {
    "change_case:all_caps": _with(" quietly"),
    "change_case:english_capital": _with(" quietly"),
    "change_case:english_lowercase": _with(" LOUDLY"),
    "change_case:lowercase": _with(" LOUDLY"),
    "detectable_content:number_placeholders": _too_many_or_few(
        "num_placeholders", _more("[name]", " "), _drop(re.compile(r"\[[^\]]*\]")), "at least"
    ),
    "detectable_content:numeric_inclusion": _too_many_or_few(
        "num_numbers", _more("1", " "), _drop(re.compile(r"\d"))
    ),
    "detectable_content:postscript": _without(lambda given: given["postscript_marker"]),
    "detectable_format:heading_depth": lambda text, given: re.sub(r"^[ \t]*#+", "", text, flags=re.M),
    "detectable_format:json_format": _with("\nThat is the answer."),
    "detectable_format:number_bullet_lists": _too_many_or_few(
        "num_bullets", _more("* One more", "\n"), _without_lines(BULLET)
    ),
    "detectable_format:number_paragraphs": _too_many_or_few(
        "num_paragraphs", _more("One more.", "\n\n"), _first(split_paragraphs, "\n\n")
    ),
    "detectable_format:numbered_list": _too_many_or_few(
        "num_numbered_items", _more("9. One more", "\n"), _without_lines(NUMBERED)
    ),
    "detectable_format:sentence_count": _too_many_or_few(
        "num_sentences", _more("One more.", "\n"), _first(split_sentences, ".\n")
    ),
    "detectable_format:sentences_per_paragraph": _paragraph_with,
    "detectable_format:table": _no_table,
    "detectable_format:title": lambda text, given: re.sub("<<|>>", "", text),
    "keywords:existence": _without(lambda given: given["keywords"][0]),
    "keywords:forbidden_words": _behind(lambda given: given["forbidden_words"][0]),
    "keywords:frequency": _frequency,
    "language:response_language": _other_language,
    "length_constraints:number_characters": _too_many_or_few(
        "num_chars", _more("r", "x"), lambda text, number: text.strip()[:number].strip()
    ),
    "length_constraints:number_sentences": _too_many_or_few(
        "num_sentences", _more("One more.", "\n"), _first(split_sentences, ".\n")
    ),
    "length_constraints:number_words": _too_many_or_few(
        "num_words", _more("more", " "), _first(lambda text: re.findall(r"\w+", text), " ")
    ),
    "length_constraints:paragraph_length": _paragraph_of,
    "length_constraints:sentence_length": _long_sentence,
    "punctuation:no_comma": _with(", and more"),
    "punctuation:no_period": _with(". So it is."),
    "startend:end_checker": _behind(lambda given: "And yet"),
    "startend:quotation": _with(" is what they say"),
    "startend:start_checker": lambda text, given: f"Zzz, {text}",
    "sysgen:chinese": _other_language,
    "sysgen:code_block": lambda text, given: text.replace("```", ""),
    "sysgen:ends_with_question": _with(" So it does."),
    "sysgen:forbidden_characters": _behind(lambda given: given["characters"][0]),
    "sysgen:forbidden_texts": _behind(lambda given: given["texts"][0]),
    "sysgen:json_keys": _rename_key,
    "sysgen:json_schema": _with("\nThat is the answer."),
    "sysgen:no_first_person": _first_person,
    "sysgen:no_links": _with(" See https://example.org"),
    "sysgen:no_markdown": _with("\n\n**So it is.**"),
    "sysgen:number_emojis": _too_many_or_few(
        "num_emojis", _more("🌊", " "), _drop(re.compile("[\U0001f000-\U0001ffff\u2600-\u27bf]"))
    ),
    "sysgen:number_headings": _too_many_or_few(
        "num_headings", _more("# More", "\n"), _without_lines(re.compile(r" {0,3}#"))
    ),
    "sysgen:number_lines": _too_many_or_few("num_lines", _more("One more.", "\n"), _first(split_lines, "\n")),
    "sysgen:one_of": _with(", or so it seems"),
    "sysgen:only_code": lambda text, given: f"Here it is:\n\n{text}",
    "sysgen:only_list": lambda text, given: f"Here it is:\n\n{text}",
    "sysgen:required_texts": _without(lambda given: given["texts"][0]),
    "sysgen:table_columns": _swap_columns,
    "sysgen:wrapped_in_tag": _with(" So it is."),
}
