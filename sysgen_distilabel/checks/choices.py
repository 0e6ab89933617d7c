# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Multiple choice: the options of a question, and which of them a text settles on."""

from __future__ import annotations

import re
import unicodedata

from sysgen_distilabel.checks.any_case import AnyCase

_LETTERS = "ABCDEFGHIJ"
_NUMBERS = "123456789"
_WHICH = AnyCase(
    r"\b(?:which|choose|select|pick|cuál|elige|welche\w*|wähle|quel\w*|choisis\w*|quale|scegli|qual"
    r"|escolha|как\w+|выбери\w*)\b"
    r"|哪|选|選|どれ|어느|다음 중|أي|कौन",
)
_ALPHABETS = ("АБВГДЕ", "أبجدهو", "ΑΒΓΔΕΖ", "アイウエオカ", "ㄱㄴㄷㄹㅁㅂ", "甲乙丙丁戊己")
_EASTERN = "".join(_ALPHABETS[3:])
_MARK = re.compile(
    rf"(?:(?<=^)|(?<=[\n\s,;:(\[|?？。，；（]))[*_]*[(\[（]?([A-Ja-jАБВГДЕأبجد{_EASTERN}])[*_]*(?:[)\]）]"
    r"|[.:：、．](?=\s|\D))[*_]*\s*"
)
_FIRST_LETTER = re.compile(r"[AaАأアㄱ甲][*_]*[)\]）.:：、．]")
"""What the first of several options is marked by at least; seen far quicker."""
_NAMED = re.compile(
    r"(?:options?|choice|letter|answer|opción|alternativa|antwort|réponse|opzione|lettera|respuesta"
    r"|risposta|resposta|вариант"
    r"|ответ|选项?|选择|選択肢|答案|번|الخيار|विकल्प)\s*(?:is|is:|es|ist|est|è|é|是|は|:|：)?\s*(?:la |die "
    r"|the |corre(?:ct|tt|t)[ao]? (?:es|é|è) (?:la |a )?)?[\"'“*(\[（]*"
    rf"([A-Ja-jАБВГДЕ{_EASTERN}])(?![A-Za-z0-9_'’А-яァ-ー가-힣])",
    re.IGNORECASE,
)
_OR = r"or|o|oder|ou|или|lub|veya"
_LISTED = re.compile(
    rf"(?:[^\s,.:;?!][^,.:;?!\n]{{0,40}},\s*){{0,8}}[^\s,.:;?!][^,.:;?!\n]{{0,60}}?,?\s(?:{_OR})\s[^,.:;?!\n]{{1,40}}",
    re.IGNORECASE,
)
_OR_BETWEEN = AnyCase(rf"\s(?:{_OR})\s")
_LIST_GAP = re.compile(rf",\s*(?:(?:{_OR})\s)?|\s(?:{_OR})\s", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?<=^)|(?<=[\n\s(]))([1-9])[).]\s+(?=\S)")
_FIRST_NUMBER = re.compile(r"1[).]")
_NUMBER_FIRST = re.compile(
    r"[\W_]*(?:(?:option|answer|number|nr|no|número|nummer|numéro)\.?:? +)?\(?([1-9])(?:[).:\s번番]|$)", re.I
)
_LOOSE_END = re.compile(r"(?:[\s,;|，；、]+(?:or|and|oder|und|o|y|ou|et|e|или|和|或))?[\s,;|.?，；、。？]*$")
_ALONE = re.compile(rf"[\W_]*([A-Ja-jАБВГДЕأبجد{_EASTERN}])[\W_]*(?:です|だ|입니다|이다|है)?[\W_]*$")
_LEADING = re.compile(
    rf"[\W_]*([A-JАБВГДЕ{_EASTERN}])[*_\"”]*(?:[).:：、,，\]）の]|\s[—–-]\s|\s(?:is|ist|es|est|è|é|:)\s)"
)
_BRACKETED = re.compile(rf"[(\[（]([A-Ja-jАБВГДЕ{_EASTERN}])[)\]）]")
_LISTING = re.compile(
    r"(?<![^\W_])(?:[A-J]|[Oo]ptions?|[Aa]nswers?|[Cc]hoices?|and|und|et|or|y|e)(?![^\W_])|[\W_]"
)
_ONE_OF_SEVERAL = re.compile(r"(?<![\w'’])([B-J]|A(?!\s+[a-z]{2,}(?<!\sand)(?<!\sare)))(?![\w'’])")
_SPACED = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
"""What an option of Latin letters or digits may not touch: others put no blank beside it."""
_CAPITAL = re.compile(r"(?<![A-Za-z0-9_'’.-])([B-HJ]|A(?=[\s]*(?:[.!]|$)))(?![A-Za-z0-9_'’-])")


def find_options(question: str) -> dict[str, str]:
    """The options of a multiple choice question by their letters, in capitals; empty where there are none."""
    lettered = _run_of(question, _MARK, _LETTERS) if _FIRST_LETTER.search(question) else {}
    has_numbers = not lettered and _FIRST_NUMBER.search(question) and _WHICH.search(question)
    return _run_of(question, _NUMBERED, _NUMBERS) if has_numbers else lettered


def find_listed(question: str, answer: str) -> dict[str, str]:
    """What a question lists ("positive, negative or neutral?"), where an answer is one of it; else empty."""
    last = question[-400:]
    if not _OR_BETWEEN.search(last):
        return {}
    said = _plain(answer)
    if said not in _plain(last):
        return {}
    for found in _LISTED.finditer(last):
        words = [part.strip(" .?\"'()") for part in _LIST_GAP.split(found[0]) if part.strip()]
        words[:1] = [" ".join(words[0].split()[-len(words[-1].split()) :])]  # the rest of it is the question
        listed = {f"#{n}": word for n, word in enumerate(words)}
        if len(listed) > 1 and said in {_plain(word) for word in listed.values()}:
            return listed
    return {}


def _run_of(question: str, pattern: re.Pattern[str], signs: str) -> dict[str, str]:
    marks = list(pattern.finditer(question))[-60:]
    for first in range(len(marks)):
        if _to_letter(marks[first][1]) != signs[0]:
            continue
        run = [marks[first]]
        for mark in marks[first + 1 :]:
            if _to_letter(mark[1]) == signs[len(run) :][:1] and mark[1].isupper() == run[0][1].isupper():
                run.append(mark)
        if len(run) >= 2:
            ends = [mark.start() for mark in run[1:]] + [_end_of_options(question, run[-1].end())]
            return {
                _to_letter(mark[1]): _LOOSE_END.sub("", question[mark.end() : end].strip(" \n\t*_(["))
                for mark, end in zip(run, ends, strict=True)
            }
    return {}


def _end_of_options(question: str, start: int) -> int:
    line = question.find("\n", start)
    return len(question) if line < 0 else line


def find_choice(text: str, options: dict[str, str], *, marked: bool) -> str | None:
    """The letter of the option that a sentence settles on, or None where it names none or several.

    Args:
        text: where the answer stands.
        options: what `find_options` found; may be empty.
        marked: the text is the answer itself.
    """
    if "#1" in options:
        return find_by_text(text, options)
    if "1" in options:
        number = _NUMBER_FIRST.match(text)
        return number[1] if number and number[1] in options else find_by_text(text, options)
    for pattern in (_ALONE, _NAMED) if not marked else (_ALONE, _LEADING, _NAMED):
        if named := pattern.search(text) if pattern is _NAMED else pattern.match(text):
            return _to_letter(named[1])
    leading = _LEADING.match(text)
    for found in (_BRACKETED.findall(text), leading.groups() if leading else (), _CAPITAL.findall(text)):
        letters = {_to_letter(letter) for letter in found}
        if len(letters) == 1 and (not options or letters <= options.keys()):
            return letters.pop()
    return find_by_text(text, options)


def find_choices(text: str, options: dict[str, str]) -> frozenset[str]:
    """The letters of several options that a text lists and nothing else: "A, C"; empty where it does not."""
    letters = find_letters(text)
    is_list = len(letters) > 1 and letters <= options.keys() and not _LISTING.sub("", text)
    return letters if is_list else frozenset()


def find_letters(text: str) -> frozenset[str]:
    """The capital letters in a text that stand for options, and for no word."""
    return frozenset(_ONE_OF_SEVERAL.findall(text))


def find_by_text(text: str, options: dict[str, str]) -> str | None:
    """The letter of the one option of which a text holds the words, or None."""
    plain = _plain(text)
    said = {
        letter for letter, option in options.items() if _plain(option) and _stands_in(_plain(option), plain)
    }
    longest = {
        letter
        for letter in said
        if not any(_plain(options[letter]) in _plain(options[other]) for other in said if other != letter)
    }
    return longest.pop() if len(longest) == 1 else None


def _stands_in(option: str, text: str) -> bool:
    if any(ord(c) > 0x2E80 for c in option):
        return option in text
    return re.search(rf"(?<!{_SPACED}){re.escape(option)}(?!{_SPACED})(?![.,]\d)", text) is not None


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().strip(" .;,!*_\"'`")
    return re.sub(r"\s+", " ", re.sub(r"^(?:the|an?|el|la|der|die|das|le|il)\s+", "", text))


def _to_letter(mark: str) -> str:
    """The letter from A on for that of an option, in other alphabets as well."""
    mark = mark.upper()
    for alphabet in _ALPHABETS:
        if mark in alphabet:
            return _LETTERS[alphabet.index(mark)]
    return mark
