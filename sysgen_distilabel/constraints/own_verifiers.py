"""Our own verifiers beside those of IFEval: ids, arguments, and how each one checks.

Ids and arguments are those of VerifIF (NeMo Gym) where it has such a check, else they begin with `sysgen:`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.constraints import own_checks as checks
from sysgen_distilabel.constraints.arguments import Kind, find_wrong


@dataclass(frozen=True, slots=True)
class OwnVerifier:
    """One of our verifiers.

    Attributes:
        check: takes a response and the arguments by their names.
        arguments: the kind of each argument.
    """

    check: Callable[..., bool]
    arguments: Mapping[str, Kind]

    def find_wrong(self, arguments: Mapping[str, Any]) -> str:
        """The name of the first argument that is of another kind; empty if there is none."""
        return find_wrong(self.arguments, arguments)


def _counted(name: str) -> dict[str, Kind]:
    return {"relation": Kind.RELATION, name: Kind.COUNT}


OWN_VERIFIERS: Final[Mapping[str, OwnVerifier]] = {
    "change_case:lowercase": OwnVerifier(checks.lowercase, {}),
    "change_case:all_caps": OwnVerifier(checks.all_caps, {}),
    "detectable_content:number_placeholders": OwnVerifier(
        checks.number_placeholders, _counted("num_placeholders")
    ),
    "detectable_content:numeric_inclusion": OwnVerifier(checks.numeric_inclusion, _counted("num_numbers")),
    "detectable_format:heading_depth": OwnVerifier(checks.heading_depth, {"levels": Kind.LEVELS}),
    "detectable_format:number_bullet_lists": OwnVerifier(checks.number_bullet_lists, _counted("num_bullets")),
    "detectable_format:number_paragraphs": OwnVerifier(checks.number_paragraphs, _counted("num_paragraphs")),
    "detectable_format:numbered_list": OwnVerifier(checks.numbered_list, _counted("num_numbered_items")),
    "detectable_format:sentence_count": OwnVerifier(checks.sentence_count, _counted("num_sentences")),
    "detectable_format:sentences_per_paragraph": OwnVerifier(
        checks.sentences_per_paragraph, _counted("num_sentences")
    ),
    "detectable_format:table": OwnVerifier(checks.table, {"min_rows": Kind.COUNT, "min_cols": Kind.COUNT}),
    "length_constraints:number_characters": OwnVerifier(checks.number_characters, _counted("num_chars")),
    "length_constraints:paragraph_length": OwnVerifier(
        checks.paragraph_length, _counted("words_per_paragraph")
    ),
    "length_constraints:sentence_length": OwnVerifier(checks.sentence_length, {"max_words": Kind.COUNT}),
    "punctuation:no_period": OwnVerifier(checks.no_period, {}),
    "startend:start_checker": OwnVerifier(checks.start_checker, {"start_phrase": Kind.TEXT}),
    "sysgen:chinese": OwnVerifier(checks.chinese, {}),
    "sysgen:code_block": OwnVerifier(checks.code_block, {"code_language": Kind.CODE_LANGUAGE}),
    "sysgen:ends_with_question": OwnVerifier(checks.ends_with_question, {}),
    "sysgen:forbidden_characters": OwnVerifier(checks.forbidden_characters, {"characters": Kind.TEXT}),
    "sysgen:forbidden_texts": OwnVerifier(checks.forbidden_texts, {"texts": Kind.TEXTS}),
    "sysgen:json_keys": OwnVerifier(checks.json_keys, {"keys": Kind.TEXTS}),
    "sysgen:json_schema": OwnVerifier(checks.json_schema, {"schema": Kind.SCHEMA}),
    "sysgen:no_first_person": OwnVerifier(checks.no_first_person, {"language": Kind.LANGUAGE}),
    "sysgen:no_links": OwnVerifier(checks.no_links, {}),
    "sysgen:no_markdown": OwnVerifier(checks.no_markdown, {}),
    "sysgen:number_emojis": OwnVerifier(checks.number_emojis, _counted("num_emojis")),
    "sysgen:number_headings": OwnVerifier(checks.number_headings, _counted("num_headings")),
    "sysgen:number_lines": OwnVerifier(checks.number_lines, _counted("num_lines")),
    "sysgen:one_of": OwnVerifier(checks.one_of, {"options": Kind.TEXTS}),
    "sysgen:only_code": OwnVerifier(checks.only_code, {"code_language": Kind.CODE_LANGUAGE}),
    "sysgen:only_list": OwnVerifier(checks.only_list, {"list_style": Kind.LIST_STYLE}),
    "sysgen:required_texts": OwnVerifier(checks.required_texts, {"texts": Kind.TEXTS}),
    "sysgen:table_columns": OwnVerifier(checks.table_columns, {"columns": Kind.TEXTS}),
    "sysgen:wrapped_in_tag": OwnVerifier(checks.wrapped_in_tag, {"tag": Kind.TAG}),
}

IDS_OF_IFEVAL_TOO: Final = frozenset(
    {"detectable_content:number_placeholders", "detectable_format:number_bullet_lists"}
)
"""Ids that IFEval and VerifIF share with other arguments: the arguments tell which is meant."""


def find_own(name: str, arguments: Mapping[str, Any]) -> OwnVerifier | None:
    """Our verifier of this id with these arguments, if there is one; IFEval may have another of the id."""
    own = OWN_VERIFIERS.get(name)
    return own if own is not None and own.arguments.keys() == arguments.keys() else None
