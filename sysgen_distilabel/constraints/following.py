"""Writes, for each verifier, a short text that follows a constraint: one half of the proof of a check."""

# ruff: noqa: RUF001
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sysgen_distilabel.constraints.verifiers import Constraint

_WORDS: Final = ("the", "river", "runs", "slowly", "past", "old", "stone", "houses", "near", "green", "hills")
_SENTENCE: Final = "The river runs past the old mill"
PROSE: Final = "The river runs slowly past the old mill and the people of the town walk along it"
"""A text of one line that breaks no constraint which forbids something."""
_PLAIN: Final = (PROSE, "Boats drift downstream at dusk", "Wolken ziehen", "12 34")

IN_LANGUAGE: Final = {
    "ar": "يجري النهر ببطء بجانب الطاحونة القديمة ويمشي الناس على ضفافه كل مساء",
    "bg": "Реката тече бавно покрай старата воденица, а хората се разхождат край нея всяка вечер",
    "de": "Der Fluss fließt langsam an der alten Mühle vorbei und die Menschen gehen abends an ihm spazieren",
    "en": "The river runs slowly past the old mill and the people of the town walk along it every evening",
    "es": "El río pasa despacio junto al viejo molino y la gente del pueblo pasea por la orilla cada tarde",
    "fi": "Joki virtaa hitaasti vanhan myllyn ohi ja kaupungin asukkaat kävelevät sen rannalla joka ilta",
    "fr": "La rivière coule lentement près du vieux moulin et les habitants se promènent chaque soir",
    "he": "הנהר זורם לאט ליד הטחנה הישנה ואנשי העיר מטיילים לאורכו בכל ערב",
    "hi": "नदी पुरानी चक्की के पास से धीरे धीरे बहती है और लोग हर शाम उसके किनारे टहलते हैं",
    "it": "Il fiume scorre lentamente vicino al vecchio mulino e la gente del paese passeggia ogni sera",
    "ja": "川は古い水車小屋のそばをゆっくりと流れていて、町の人々は毎晩そこを散歩します",
    "ko": "강은 오래된 물레방앗간 옆을 천천히 흐르고 마을 사람들은 매일 저녁 그곳을 산책합니다",
    "pl": "Rzeka płynie powoli obok starego młyna, a mieszkańcy miasta spacerują nad nią każdego wieczoru",
    "pt": "O rio corre devagar junto ao velho moinho e as pessoas da cidade passeiam por ali todas as tardes",
    "ru": "Река медленно течёт мимо старой мельницы, и жители города гуляют вдоль неё каждый вечер",
    "th": "แม่น้ำไหลช้าๆ ผ่านโรงสีเก่า และผู้คนในเมืองเดินเล่นริมแม่น้ำทุกเย็น",
    "uk": "Річка повільно тече повз старий млин, і мешканці міста гуляють уздовж неї щовечора",
    "vi": "Dòng sông chảy chậm qua chiếc cối xay cũ và người dân trong thị trấn đi dạo mỗi buổi chiều",
    "zh": "河水慢慢流过旧磨坊，镇上的人每天傍晚都在河边散步。",
}
"""One sentence in each language that a verifier tells from the others and that the rules know."""

_Arguments = Mapping[str, Any]


def write_following(constraint: Constraint) -> str | None:
    """A text that is meant to follow the constraint, or `None` if none is known for its verifier."""
    write = _WRITERS.get(constraint.verifier)
    return write(constraint.arguments) if write else None


def count_that_follows(relation: str, limit: int) -> int:
    """A number in a relation to a limit, the nearest one to it."""
    return limit - 1 if relation == "less than" else limit


def words(number: int) -> str:
    """So many words on one line, without a full stop."""
    return " ".join(_WORDS[place % len(_WORDS)] for place in range(number))


def _counted(name: str, write: Callable[[int], str]) -> Callable[[_Arguments], str]:
    def of(arguments: _Arguments) -> str:
        return write(count_that_follows(arguments["relation"], arguments[name])) or PROSE

    return of


def _sentences(number: int) -> str:
    return " ".join([f"{_SENTENCE}."] * number)


def _paragraphs(number: int, text: str = f"{_SENTENCE}.") -> str:
    return "\n\n".join([text] * number)


def _lines(number: int, mark: str) -> str:
    return "\n".join([f"{mark}{_SENTENCE}"] * number)


def _numbered(number: int) -> str:
    return "\n".join(f"{place}. {_SENTENCE}" for place in range(1, number + 1))


def _table(columns: list[str], rows: int) -> str:
    cells = [columns, ["---"] * len(columns), *[["x"] * len(columns)] * rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _code(arguments: _Arguments) -> str:
    return f"```{arguments['code_language']}\nx = 1\n```"


def _bullets(arguments: _Arguments) -> str:
    relation = arguments.get("relation", "equal to")  # IFEval's own form asks for so many and no other
    return _lines(count_that_follows(relation, arguments["num_bullets"]), "* ") or PROSE


def _placeholders(arguments: _Arguments) -> str:
    number = count_that_follows(arguments.get("relation", "at least"), arguments["num_placeholders"])
    return f"{PROSE} {' '.join(['[name]'] * number)}"


def _keyword(arguments: _Arguments) -> str:
    number = count_that_follows(arguments["relation"], arguments["frequency"])
    return " ".join([arguments["keyword"]] * number) or PROSE


def _fulfil_schema(schema: _Arguments) -> Any:
    """A value for the plain part of a schema: types, properties, items, enum."""
    if "const" in schema or schema.get("enum"):
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if kind == "object":
        wanted = {**{name: {} for name in schema.get("required", ())}, **schema.get("properties", {})}
        return {name: _fulfil_schema(part) for name, part in wanted.items()}
    if kind == "array":
        return [_fulfil_schema(schema.get("items") or {})] * max(1, schema.get("minItems", 1))
    minimum = schema.get("minimum", 1)
    plain: dict[str, Any] = {"integer": minimum, "number": minimum, "boolean": True, "null": None}
    return plain.get(kind, "text")


def _avoid(arguments: _Arguments) -> str:
    """A text without what is forbidden."""
    unwanted = [part.casefold() for part in arguments.get("forbidden_words") or arguments.get("texts", ())]
    return next((text for text in _PLAIN if not any(part in text.casefold() for part in unwanted)), PROSE)


def _plain(text: str) -> Callable[[_Arguments], str]:
    return lambda arguments: text


_WRITERS: Final[Mapping[str, Callable[[_Arguments], str]]] = {
    "change_case:all_caps": _plain(PROSE.upper()),
    "change_case:english_capital": _plain(PROSE.upper()),
    "change_case:english_lowercase": _plain(PROSE.lower()),
    "change_case:lowercase": _plain(PROSE.lower()),
    "detectable_content:number_placeholders": _placeholders,
    "detectable_content:numeric_inclusion": _counted("num_numbers", lambda n: f"{PROSE} {'1' * n}"),
    "detectable_content:postscript": lambda a: f"{PROSE}.\n\n{a['postscript_marker']} {_SENTENCE}.",
    "detectable_format:heading_depth": lambda a: "\n".join(f"{'#' * level} River" for level in a["levels"]),
    "detectable_format:json_format": _plain('{"river": "slow"}'),
    "detectable_format:number_bullet_lists": _bullets,
    "detectable_format:number_paragraphs": _counted("num_paragraphs", _paragraphs),
    "detectable_format:numbered_list": _counted("num_numbered_items", _numbered),
    "detectable_format:sentence_count": _counted("num_sentences", _sentences),
    "detectable_format:sentences_per_paragraph": _counted("num_sentences", _sentences),
    "detectable_format:table": lambda a: _table(["x"] * a["min_cols"], a["min_rows"]),
    "detectable_format:title": _plain(f"<<The River>>\n{PROSE}."),
    "keywords:existence": lambda a: f"{PROSE} {' '.join(a['keywords'])}",
    "keywords:forbidden_words": _avoid,
    "keywords:frequency": _keyword,
    "language:response_language": lambda a: IN_LANGUAGE.get(a["language"], PROSE),
    "length_constraints:number_characters": _counted("num_chars", "r".__mul__),
    "length_constraints:number_sentences": _counted("num_sentences", _sentences),
    "length_constraints:number_words": _counted("num_words", words),
    "length_constraints:paragraph_length": _counted("words_per_paragraph", words),
    "length_constraints:sentence_length": lambda a: f"{words(a['max_words'])}.",
    "punctuation:no_comma": _plain(PROSE),
    "punctuation:no_period": _plain(PROSE),
    "startend:end_checker": lambda a: f"{PROSE}. {a['end_phrase']}",
    "startend:quotation": _plain(f'"{PROSE}."'),
    "startend:start_checker": lambda a: f"{a['start_phrase']} {PROSE}.",
    "sysgen:chinese": _plain(IN_LANGUAGE["zh"]),
    "sysgen:code_block": lambda a: f"{PROSE}:\n\n{_code(a)}",
    "sysgen:ends_with_question": _plain(f"{PROSE}. Does it?"),
    "sysgen:forbidden_characters": _plain(PROSE),
    "sysgen:forbidden_texts": _avoid,
    "sysgen:json_keys": lambda a: json.dumps(dict.fromkeys(a["keys"], "x"), ensure_ascii=False),
    "sysgen:json_schema": lambda a: json.dumps(_fulfil_schema(a["schema"]), ensure_ascii=False),
    "sysgen:no_first_person": lambda a: IN_LANGUAGE[a["language"]],
    "sysgen:no_links": _plain(PROSE),
    "sysgen:no_markdown": _plain(PROSE),
    "sysgen:number_emojis": _counted("num_emojis", lambda n: f"{PROSE} {'🌊' * n}"),
    "sysgen:number_headings": _counted("num_headings", lambda n: "\n\n".join([f"## River\n\n{PROSE}."] * n)),
    "sysgen:number_lines": _counted("num_lines", lambda n: _lines(n, "")),
    "sysgen:one_of": lambda a: str(a["options"][0]),
    "sysgen:only_code": _code,
    "sysgen:only_list": lambda a: _lines(3, "- ") if a["list_style"] == "bullet" else _numbered(3),
    "sysgen:required_texts": lambda a: f"{PROSE} {' '.join(a['texts'])}",
    "sysgen:table_columns": lambda a: _table(list(a["columns"]), 1),
    "sysgen:wrapped_in_tag": lambda a: f"<{a['tag']}>{PROSE}.</{a['tag']}>",
}

PROVABLE: Final = frozenset(_WRITERS)
"""The verifiers for which a text that follows, and so a proof, can be made."""
