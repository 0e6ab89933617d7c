"""The checks of our own verifiers: a response and the arguments in, whether it follows out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.constraints.text_units import (
    BULLET,
    CODE_BLOCK,
    NUMBERED,
    find_tables,
    heading_levels,
    split_lines,
    split_paragraphs,
    split_sentences,
    split_words,
)
from sysgen_distilabel.errors import ConfigError

_PLACEHOLDER: Final = re.compile(r"\[[^\[\]\n]+\](?!\()")
_LINK: Final = re.compile(r"https?://|www\.\w|\]\([^)\s]+\)", re.IGNORECASE)
_EMOJI: Final = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
)
_NO_EMOJI: Final = frozenset("✓✔✗✘☐☑☒★☆♠♣♥♦♪♫❖➔➜➤")  # signs that stand in plain text
_QUOTES: Final = " \t\n\"'“”‘’«»*_`"  # noqa: RUF001
_MARKDOWN: Final = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|\*\*[^\s*]|(?<![\w*])\*[^\s*][^*\n]*\*(?![\w*])|^[ \t]*[-*+][ \t]+\S"
    r"|^```|`[^`\n]+`|\]\(\S+\)|^\|.*\|[ \t]*$|^>[ \t]|(?<!\w)__[^_\n]+__(?!\w)",
    re.MULTILINE,
)
_FIRST_PERSON: Final = {
    "en": re.compile(
        r"\b(?:I(?:['’](?:m|ve|ll|d))?(?!\.?[A-Z\d])(?!\.e\.)|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself|[Ww]e"  # noqa: RUF001
        r"|[Ww]e['’](?:re|ve|ll|d)|[Uu]s|[Oo]ur|[Oo]urs|[Oo]urselves)\b"  # noqa: RUF001
    ),
    "de": re.compile(r"\b(?:ich|mich|mir|meine?[mnrs]?|wir|uns|unser(?:e[mnrs]?)?)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:yo|mí|mis?|conmigo|nosotr[oa]s|nuestr[oa]s?|nos)\b", re.IGNORECASE),
    "zh": re.compile("我|咱|本人|笔者"),
}


def compare(number: int, relation: str, limit: int) -> bool:
    """Whether a number is in a relation to a limit: `at least`, `equal to` or `less than`."""
    if relation == "at least":
        return number >= limit
    return number == limit if relation == "equal to" else number < limit


def number_characters(text: str, relation: str, num_chars: int) -> bool:
    """So many characters, without blanks around the response."""
    return compare(len(text.strip()), relation, num_chars)


def sentence_length(text: str, max_words: int) -> bool:
    """No sentence has more words."""
    return all(len(split_words(sentence)) <= max_words for sentence in split_sentences(text))


def paragraph_length(text: str, relation: str, words_per_paragraph: int) -> bool:
    """Every paragraph has so many words."""
    return all(
        compare(len(split_words(part)), relation, words_per_paragraph) for part in split_paragraphs(text)
    )


def sentence_count(text: str, relation: str, num_sentences: int) -> bool:
    """So many sentences."""
    return compare(len(split_sentences(text)), relation, num_sentences)


def sentences_per_paragraph(text: str, relation: str, num_sentences: int) -> bool:
    """Every paragraph has so many sentences."""
    return all(
        compare(len(split_sentences(part)), relation, num_sentences) for part in split_paragraphs(text)
    )


def number_paragraphs(text: str, relation: str, num_paragraphs: int) -> bool:
    """So many paragraphs."""
    return compare(len(split_paragraphs(text)), relation, num_paragraphs)


def number_lines(text: str, relation: str, num_lines: int) -> bool:
    """So many lines that are not blank."""
    return compare(len(split_lines(text)), relation, num_lines)


def numbered_list(text: str, relation: str, num_numbered_items: int) -> bool:
    """So many numbered items."""
    return compare(len(NUMBERED.findall(text)), relation, num_numbered_items)


def number_bullet_lists(text: str, relation: str, num_bullets: int) -> bool:
    """So many bullet points."""
    return compare(len(BULLET.findall(text)), relation, num_bullets)


def only_list(text: str, list_style: str) -> bool:
    """Nothing but bullet points, or numbered items, of a line or more each."""
    mark = BULLET if list_style == "bullet" else NUMBERED
    lines = split_lines(text)
    return (
        bool(lines)
        and all(mark.match(line) or line[0] in " \t" for line in lines)
        and bool(mark.match(lines[0]))
    )


def table(text: str, min_rows: int, min_cols: int) -> bool:
    """A Markdown table of so many rows and columns or more."""
    return any(found.rows >= min_rows and len(found.columns) >= min_cols for found in find_tables(text))


def table_columns(text: str, columns: Sequence[str]) -> bool:
    """A Markdown table with these columns, in this order, and a row."""
    wanted = [_fold(name) for name in columns]
    return any(
        [_fold(name.strip(_QUOTES)) for name in found.columns] == wanted and found.rows
        for found in find_tables(text)
    )


def heading_depth(text: str, levels: Sequence[int]) -> bool:
    """Headings of each of these levels."""
    return set(levels) <= set(heading_levels(text))


def number_headings(text: str, relation: str, num_headings: int) -> bool:
    """So many Markdown headings."""
    return compare(len(heading_levels(text)), relation, num_headings)


def code_block(text: str, code_language: str) -> bool:
    """A fenced block of code, in a language if one is given."""
    return any(_is_code(match, code_language) for match in CODE_BLOCK.finditer(text))


def only_code(text: str, code_language: str) -> bool:
    """Nothing but one fenced block of code."""
    match = CODE_BLOCK.fullmatch(text.strip())
    return match is not None and _is_code(match, code_language) and "```" not in match["code"]


def _is_code(match: re.Match[str], code_language: str) -> bool:
    return not code_language or match["language"].lower() == code_language.lower()


def json_keys(text: str, keys: Sequence[str]) -> bool:
    """One JSON object that has these keys."""
    found = _read_json(text)
    return isinstance(found, dict) and set(keys) <= found.keys()


def json_schema(text: str, schema: Mapping[str, Any]) -> bool:
    """JSON that keeps to a JSON schema; a schema that refers elsewhere is looked up nowhere."""
    try:
        import jsonschema
    except ImportError:
        raise ConfigError(
            "A JSON schema cannot be checked: the package jsonschema is missing.",
            'Run: pip install "sysgen-distilabel[verifiers]"',
        ) from None
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    validator.check_schema(schema)
    found = _read_json(text)
    return found is not None and validator(schema).is_valid(found)


def _read_json(text: str) -> Any:
    block = CODE_BLOCK.fullmatch(text.strip())
    try:
        return json.loads(block["code"] if block else text)
    except (ValueError, RecursionError):
        return None


def start_checker(text: str, start_phrase: str) -> bool:
    """Begins with the phrase, whatever its case; marks of emphasis or quotation before it do not count."""
    return _fold(text.lstrip(_QUOTES + "#¡¿")).startswith(_fold(start_phrase.lstrip(_QUOTES + "¡¿")))


def ends_with_question(text: str) -> bool:
    """Ends with a question mark."""
    return text.rstrip(_QUOTES + ")").endswith(("?", "？", "؟"))  # noqa: RUF001


def wrapped_in_tag(text: str, tag: str) -> bool:
    """Stands between an opening and a closing tag of this name."""
    found = re.fullmatch(rf"<{tag}>(.*)</{tag}>", text.strip(), re.DOTALL)
    return bool(found and found[1].strip())


def one_of(text: str, options: Sequence[str]) -> bool:
    """Is one of the options and nothing else, but for its case and a full stop."""
    said = _fold(text.strip(_QUOTES).rstrip(".。!"))
    return any(said == _fold(option.strip().rstrip(".。!")) for option in options)


def no_period(text: str) -> bool:
    """Has no full stop."""
    return "." not in text and "。" not in text


def numeric_inclusion(text: str, relation: str, num_numbers: int) -> bool:
    """So many digits."""
    return compare(sum(sign.isdigit() for sign in text), relation, num_numbers)


def number_placeholders(text: str, relation: str, num_placeholders: int) -> bool:
    """So many placeholders in square brackets."""
    return compare(len(_PLACEHOLDER.findall(text)), relation, num_placeholders)


def number_emojis(text: str, relation: str, num_emojis: int) -> bool:
    """So many emojis."""
    signs = (sign for sign in _EMOJI.findall(text) if sign not in _NO_EMOJI)
    return compare(sum(1 for _ in signs), relation, num_emojis)


def no_first_person(text: str, language: str) -> bool:
    """No pronoun of the first person, in one of the languages whose pronouns are known."""
    return not _FIRST_PERSON[language].search(text)


def forbidden_characters(text: str, characters: str) -> bool:
    """None of these characters."""
    return not set(characters) & set(text)


def forbidden_texts(text: str, texts: Sequence[str]) -> bool:
    """None of these texts, within words too, whatever their case."""
    folded = _fold(text)
    return not any(_fold(part) in folded for part in texts)


def required_texts(text: str, texts: Sequence[str]) -> bool:
    """All of these texts, whatever their case."""
    folded = _fold(text)
    return all(_fold(part) in folded for part in texts)


def no_markdown(text: str) -> bool:
    """No mark of Markdown: headings, emphasis, bullet points, code, links, tables, quotes."""
    return not _MARKDOWN.search(text)


def no_links(text: str) -> bool:
    """No link and no web address."""
    return not _LINK.search(text)


def chinese(text: str) -> bool:
    """Written in Chinese: more than half of its letters are Han, and none are kana or Hangul."""
    prose = CODE_BLOCK.sub("", text)
    letters = [sign for sign in prose if sign.isalpha()]
    han = [sign for sign in letters if "\u3400" <= sign <= "\u9fff"]
    others = any("\u3040" <= sign <= "\u30ff" or "\uac00" <= sign <= "\ud7af" for sign in letters)
    return len(han) * 2 > len(letters) and not others


def lowercase(text: str) -> bool:
    """No capital letter, in any language with letter case."""
    return text.islower()


def all_caps(text: str) -> bool:
    """No small letter, in any language with letter case."""
    return text.isupper()


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
