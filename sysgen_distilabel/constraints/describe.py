"""Says in plain English what a constraint asks of a response, for the judge of a proof and for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sysgen_distilabel.constraints.verifiers import Constraint
from sysgen_distilabel.measures.languages import name_language

_Arguments = Mapping[str, Any]


def describe(constraint: Constraint) -> str:
    """What the response has to be, as one sentence; ids without words of their own are named as they are."""
    say = _SENTENCES.get(constraint.verifier)
    if say is None:
        arguments = json.dumps(dict(constraint.arguments), ensure_ascii=False)
        return f"The response passes the check {constraint.verifier} with {arguments}."
    return f"The response {say(constraint.arguments)}."


def _amount(relation: str, number: int) -> str:
    if relation == "at least":
        return f"at least {number}"
    return f"exactly {number}" if relation == "equal to" else f"at most {number - 1}" if number > 1 else "no"


def _has(name: str, unit: str, default: str = "equal to") -> Callable[[_Arguments], str]:
    return lambda given: f"has {_amount(given.get('relation', default), given[name])} {unit}"


def _each(unit: str, name: str, parts: str) -> Callable[[_Arguments], str]:
    return lambda given: f"has {_amount(given['relation'], given[name])} {parts} in every {unit}"


def _list(texts: list[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _plain(text: str) -> Callable[[_Arguments], str]:
    return lambda given: text


def _code(given: _Arguments) -> str:
    return f"fenced block of {given['code_language']} code".replace("  ", " ")


_SENTENCES: Final[Mapping[str, Callable[[_Arguments], str]]] = {
    "change_case:all_caps": _plain("is written in capital letters alone"),
    "change_case:english_capital": _plain("is written in English, in capital letters alone"),
    "change_case:english_lowercase": _plain("is written in English, in lowercase letters alone"),
    "change_case:lowercase": _plain("is written in lowercase letters alone"),
    "detectable_content:number_placeholders": _has(
        "num_placeholders", "placeholders in square brackets", "at least"
    ),
    "detectable_content:numeric_inclusion": _has("num_numbers", "digits"),
    "detectable_content:postscript": lambda a: (
        f'has a postscript that begins with "{a["postscript_marker"]}"'
    ),
    "detectable_format:heading_depth": lambda a: (
        f"has Markdown headings of level {' and '.join(map(str, a['levels']))}"
    ),
    "detectable_format:json_format": _plain("is valid JSON and nothing else"),
    "detectable_format:number_bullet_lists": _has("num_bullets", "bullet points"),
    "detectable_format:number_paragraphs": _has("num_paragraphs", "paragraphs"),
    "detectable_format:numbered_list": _has("num_numbered_items", "items in a numbered list"),
    "detectable_format:sentence_count": _has("num_sentences", "sentences"),
    "detectable_format:sentences_per_paragraph": _each("paragraph", "num_sentences", "sentences"),
    "detectable_format:table": lambda a: (
        f"has a Markdown table with at least {a['min_rows']} rows and {a['min_cols']} columns"
    ),
    "detectable_format:title": _plain("has a title wrapped in double angular brackets"),
    "keywords:existence": lambda a: f"has the words {_list(a['keywords'])}",
    "keywords:forbidden_words": lambda a: f"has none of the words {_list(a['forbidden_words'])}",
    "keywords:frequency": lambda a: f'has "{a["keyword"]}" {_amount(a["relation"], a["frequency"])} times',
    "language:response_language": lambda a: f"is written in {name_language(a['language'])}",
    "length_constraints:number_characters": _has("num_chars", "characters"),
    "length_constraints:number_sentences": _has("num_sentences", "sentences"),
    "length_constraints:number_words": _has("num_words", "words"),
    "length_constraints:paragraph_length": _each("paragraph", "words_per_paragraph", "words"),
    "length_constraints:sentence_length": lambda a: f"has at most {a['max_words']} words in every sentence",
    "punctuation:no_comma": _plain("has no comma"),
    "punctuation:no_period": _plain("has no full stop"),
    "startend:end_checker": lambda a: f'ends with "{a["end_phrase"]}"',
    "startend:quotation": _plain("is wrapped in double quotation marks"),
    "startend:start_checker": lambda a: f'begins with "{a["start_phrase"]}"',
    "sysgen:chinese": _plain("is written in Chinese"),
    "sysgen:code_block": lambda a: f"has a {_code(a)}",
    "sysgen:ends_with_question": _plain("ends with a question"),
    "sysgen:forbidden_characters": lambda a: f"has none of the characters {a['characters']}",
    "sysgen:forbidden_texts": lambda a: f"has none of {_list(a['texts'])}",
    "sysgen:json_keys": lambda a: f"is one JSON object that has the keys {_list(a['keys'])}",
    "sysgen:json_schema": lambda a: f"is JSON of the schema {json.dumps(a['schema'], ensure_ascii=False)}",
    "sysgen:no_first_person": _plain("has no pronoun of the first person"),
    "sysgen:no_links": _plain("has no link"),
    "sysgen:no_markdown": _plain("has no Markdown in it"),
    "sysgen:number_emojis": _has("num_emojis", "emojis"),
    "sysgen:number_headings": _has("num_headings", "Markdown headings"),
    "sysgen:number_lines": _has("num_lines", "lines"),
    "sysgen:one_of": lambda a: f"is one of {_list(a['options'])} and nothing else",
    "sysgen:only_code": lambda a: f"is one {_code(a)} and nothing else",
    "sysgen:only_list": lambda a: (
        f"is a {'bulleted' if a['list_style'] == 'bullet' else 'numbered'} list and nothing else"
    ),
    "sysgen:required_texts": lambda a: f"has {_list(a['texts'])} in it",
    "sysgen:table_columns": lambda a: f"has a Markdown table with the columns {_list(a['columns'])}",
    "sysgen:wrapped_in_tag": lambda a: f"stands between <{a['tag']}> and </{a['tag']}>",
}
