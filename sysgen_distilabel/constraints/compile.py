"""Turns phrases of system messages into constraints that a program can check, where that is safe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from sysgen_distilabel.constraints.verifiers import Constraint

_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
}  # fmt: skip
_NUMBER: Final = rf"(?P<number>\d{{1,5}}|{'|'.join(_NUMBERS)})"
_ANSWER: Final = (
    r"(?:(?:your|the|every|each|all|entire|whole) )*(?:answers?|responses?|repl(?:y|ies)|messages?|outputs?)"
)

_HEDGED: Final = re.compile(
    r"\b(?:if|when(?:ever)?|where|unless|except|in case|should the|otherwise|or|either|optional(?:ly)?"
    r"|about|around|approximately|roughly|typically|usually|generally|prefer(?:ably)?|try|can|may|might|could"
    r"|possible|appropriate|necessary|needed|relevant|example|e\.g)\b",
    re.IGNORECASE,
)
"""Words that make a phrase depend on the case, or less than binding."""

_PART: Final = re.compile(
    r"\b(?:each|every|per|sentences?|paragraphs?|bullets?|titles?|headings?|headers?|sections?|lines?|items?"
    r"|steps?|points?|summar(?:y|ies)|introduction|conclusion|code|names?|labels?|keywords?|first|last|quotes?)\b",
    re.IGNORECASE,
)
"""Words that say a limit is on a part of the response, which no verifier looks for."""

# The languages the verifier knows and that people name so in a system message.
_LANGUAGES: Final = {
    "english": "en", "spanish": "es", "portuguese": "pt", "arabic": "ar", "hindi": "hi", "french": "fr",
    "russian": "ru", "german": "de", "japanese": "ja", "italian": "it", "korean": "ko", "vietnamese": "vi",
    "polish": "pl", "ukrainian": "uk", "thai": "th", "finnish": "fi", "bulgarian": "bg", "hebrew": "he",
}  # fmt: skip
_BINDING: Final = r"(?:(?:please|always|only|exclusively|you (?:must|should|will)|make sure to)[ ,]+)*"
_IN_LANGUAGE: Final = re.compile(
    rf"{_BINDING}(?:(?:respond|reply|answer|write|speak|communicate)(?: only| always)?"
    rf"|{_ANSWER} (?:must|should) be(?: written)?(?: only| entirely)?)"
    rf" in (?P<language>{'|'.join(_LANGUAGES)})(?: only)?[ .!]*",
    re.IGNORECASE,
)
_NATIVE: Final = (
    ("de", r"(?:Antworte|Schreibe?) (?:immer |stets |nur |ausschließlich )?auf Deutsch[ .!]*"),
    ("es", r"(?:Responde|Contesta|Escribe) (?:siempre |solo |únicamente )?en español[ .!]*"),
    ("fr", r"(?:Réponds|Répondez|Écris|Écrivez) (?:toujours |uniquement )?en français[ .!]*"),
    ("ko", r"(?:항상 |반드시 )*한국어로만? ?(?:답변|대답|응답|작성)(?:하세요|해 ?주세요|하십시오)[ .!]*"),
    ("ja", r"(?:必ず|常に|すべて)?日本語で(?:回答|返答|応答)?(?:してください|答えてください)[。 ]*"),
)
_OPENING: Final = re.compile(
    rf"{_BINDING}(?:keep|limit|answer|respond|reply|write|restrict|stay|use|give|provide|be|do not exceed"
    r"|your|all|(?:the )?(?:answers?|responses?|repl(?:y|ies)))\b",
    re.IGNORECASE,
)
_REST: Final = re.compile(rf"(?: long| in length| in total| overall| in {_ANSWER})?[ .!]*", re.IGNORECASE)
_MOST: Final = (
    "(?P<most>at most|no more than|not more than|up to|within|(?:a )?maximum of|(?:not )?exceed(?:ing)?"
    rf"|(?:limit|restrict) {_ANSWER} to)"
)
_LEAST: Final = "(?P<least>at least|no fewer than|no less than|(?:a )?minimum of)"
_WORDS: Final = re.compile(
    rf"\b(?:{_MOST}|(?P<below>under|below|fewer than|less than)|{_LEAST}|(?P<above>more than))"
    rf" {_NUMBER} words\b",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"\b(?:between (\d{1,5}) and|from (\d{1,5}) to) (\d{1,5}) words\b", re.IGNORECASE
)
_SENTENCES: Final = re.compile(rf"\b(?:{_MOST}|{_LEAST}) {_NUMBER} sentences?\b", re.IGNORECASE)
_BULLETS: Final = re.compile(rf"\b(?:exactly|in|with|as) {_NUMBER} bullet(?:s| points)\b", re.IGNORECASE)
_JSON: Final = re.compile(
    rf"{_BINDING}(?:reply|respond|answer|return|output)(?: only| always)? (?:with|in|as|using)? ?"
    r"(?:only )?(?:a |an )?(?:single |valid )*JSON(?: object| array| format)?(?: only)?[ .!]*",
    re.IGNORECASE,
)
_LOWERCASE: Final = re.compile(
    rf"(?:write|respond|reply|answer|keep)\b(?: {_ANSWER})? ?(?:in |entirely |only |all )*"
    r"(?:lowercase|lower case)(?: letters)?(?: only)?[ .!]*",
    re.IGNORECASE,
)
_CAPITALS: Final = re.compile(
    rf"(?:write|respond|reply|answer)\b(?: {_ANSWER})? ?(?:in |entirely |only |all )*"
    r"(?:uppercase|upper case|capital letters|capitals|caps)(?: letters)?(?: only)?[ .!]*",
    re.IGNORECASE,
)
_NO_COMMA: Final = re.compile(
    r"(?:(?:do not|don't|never|avoid|refrain from) (?:use|using)|without(?: using)?) (?:any )?commas?\b(?!-)",
    re.IGNORECASE,
)
_QUOTED: Final = r"(?:[\"“][\w '-]{1,60}[\"”])"
_QUOTED_LIST: Final = rf"(?P<words>{_QUOTED}(?:(?:, and |, or |,? and |,? or |, ){_QUOTED})*)"
_FORBIDDEN: Final = re.compile(
    rf"(?:do not|don't|never|avoid) (?:use|using|say|saying|mention|mentioning)(?: the)?"
    rf"(?: words?| phrases?| terms?)? {_QUOTED_LIST}[ .!]*",
    re.IGNORECASE,
)
_EXISTENCE: Final = re.compile(
    rf"(?:always )?(?:include|mention|use) the (?:words?|keywords?|phrases?|terms?) {_QUOTED_LIST}"
    rf"(?: in {_ANSWER})?[ .!]*",
    re.IGNORECASE,
)
_END: Final = re.compile(
    rf"(?:always )?(?:end|finish|close|conclude) {_ANSWER} with (?:the )?(?:exact )?"
    r"(?:phrases?|words?|sentence)?:? ?[\"“](?P<end>[^\"“”]{1,120})[\"”][ .!]*",
    re.IGNORECASE,
)
_QUOTATION: Final = re.compile(
    rf"(?:wrap|put|enclose) {_ANSWER} (?:in|with|within) double quotation marks[ .!]*",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"”]?\s+|(?<=。)|\n+|;\s+")


def compile_constraints(text: str) -> list[Constraint]:
    """The constraints a phrase states beyond doubt, in the order in which they are looked for.

    Rules rather than a model, and precision before recall: a sentence that depends on a condition,
    is hedged, offers a choice, or limits a part of the response gives nothing. What is understood:
    numbers of words, sentences and bullet points, JSON, letter case, commas, words to use and to
    avoid, the end, quotation marks (in English), and the language of the response (in English,
    German, Spanish, French, Korean and Japanese).

    Args:
        text: one phrase, tags stripped.
    """
    found: list[Constraint] = []
    for sentence in _SENTENCE_END.split(text):
        for constraint in _read_sentence(sentence.strip()):
            if constraint not in found:
                found.append(constraint)
    return found


def _read_sentence(sentence: str) -> Iterator[Constraint]:
    for language, pattern in _NATIVE:
        if re.fullmatch(pattern, sentence, re.IGNORECASE):
            yield Constraint("language:response_language", {"language": language})
    quoted = list(_read_quoted(sentence))
    yield from quoted
    if quoted or _HEDGED.search(sentence):
        return
    if match := _IN_LANGUAGE.fullmatch(sentence):
        language = _LANGUAGES[match["language"].lower()]
        yield Constraint("language:response_language", {"language": language})
    for whole, verifier in _WHOLE:
        if whole.fullmatch(sentence):
            yield Constraint(verifier, {})
    if _NO_COMMA.search(sentence) and not _PART.search(sentence):
        yield Constraint("punctuation:no_comma", {})
    yield from _read_counts(sentence)


_WHOLE: Final = (
    (_JSON, "detectable_format:json_format"),
    (_LOWERCASE, "change_case:english_lowercase"),
    (_CAPITALS, "change_case:english_capital"),
    (_QUOTATION, "startend:quotation"),
)


def _read_quoted(sentence: str) -> Iterator[Constraint]:
    """Constraints whose words are given in quotation marks, so that hedges in them do not count."""
    if match := _FORBIDDEN.fullmatch(sentence):
        yield Constraint("keywords:forbidden_words", {"forbidden_words": _split_list(match["words"])})
    if (match := _EXISTENCE.fullmatch(sentence)) and " or " not in _strip_quoted(match["words"]):
        yield Constraint("keywords:existence", {"keywords": _split_list(match["words"])})
    if match := _END.fullmatch(sentence):
        yield Constraint("startend:end_checker", {"end_phrase": match["end"].strip()})


def _read_counts(sentence: str) -> Iterator[Constraint]:
    if not _PART.search(sentence):
        match = _BETWEEN.search(sentence)
        if match and _OPENING.match(sentence) and _REST.fullmatch(sentence, match.end()):
            low, high = int(match[1] or match[2]), int(match[3])
            if 0 < low < high:
                yield _words(low, "at least")
                yield _words(high + 1, "less than")
        else:
            yield from _read_limit(_WORDS, sentence, _words)
    without_unit = re.sub(r"\bsentences?\b", "", sentence)
    if not _PART.search(without_unit):
        yield from _read_limit(_SENTENCES, sentence, _sentences)
    if (match := _BULLETS.search(sentence)) and not _PART.search(_BULLETS.sub("", sentence)):
        yield Constraint("detectable_format:number_bullet_lists", {"num_bullets": _to_int(match["number"])})


def _read_limit(
    pattern: re.Pattern[str], sentence: str, make: Callable[[int, str], Constraint]
) -> Iterator[Constraint]:
    """One limit; several in a sentence are more than these rules understand."""
    matches = list(pattern.finditer(sentence))
    if len(matches) != 1 or not _REST.fullmatch(sentence, matches[0].end()):
        return
    if not _OPENING.match(sentence) or (number := _to_int(matches[0]["number"])) < 1:
        return
    found = matches[0].groupdict()
    if found["most"]:
        yield make(number + 1, "less than")
    elif found["least"]:
        yield make(number, "at least")
    elif found.get("below"):
        yield make(number, "less than")
    else:
        yield make(number + 1, "at least")


def _words(number: int, relation: str) -> Constraint:
    return Constraint("length_constraints:number_words", {"num_words": number, "relation": relation})


def _sentences(number: int, relation: str) -> Constraint:
    return Constraint("length_constraints:number_sentences", {"num_sentences": number, "relation": relation})


def _to_int(text: str) -> int:
    return _NUMBERS.get(text.lower()) or int(text)


def _split_list(text: str) -> list[str]:
    return [word.strip() for word in re.findall(r"[\"“]([^\"“”]+)[\"”]", text)]


def _strip_quoted(text: str) -> str:
    return re.sub(_QUOTED, "", text)
