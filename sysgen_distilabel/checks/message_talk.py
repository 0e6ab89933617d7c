# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds answers that quote the system message, mention it, or talk about its tags."""

from __future__ import annotations

import re

from sysgen_distilabel.functionalities import FUNCTIONALITIES

_QUOTED_WORDS = 12
_QUOTED_CHARACTERS = 24  # of scripts without blanks
_MENTION = re.compile(
    r"\b(?:as|like|per|according to|given|based on|in line with|following|under) (?:my|the|your|this) system"
    r" (?:message|prompt|instruction)s?\b|\bmy (?:own )?(?:system|initial) (?:message|prompt|instruction)s?\b"
    r"|\bthe system (?:message|prompt) (?:says|said|states|tells|told|asks|asked|instructs|instructed"
    r"|requires|specifies|wants)\b"
    r"|\b(?:instructed|told|asked|required|specified|requested|stated) (?:in|by) (?:the|my|your) (?:system "
    r"(?:message|prompt)"
    r"|developer|system instructions)"
    r"|\bmy instructions (?:say|state|tell|require|ask)\b|\baccording to my instructions\b"
    r"|\b(?:según|como (?:dice|indica|pide)|conforme a)[^.]{0,12} (?:mi|el|tu) (?:mensaje|prompt"
    r"|indicación) (?:de|del) sistema"
    r"|\bmi (?:mensaje|prompt) (?:de|del) sistema\b|\bmis instrucciones (?:dicen|indican|me piden)"
    r"|\b(?:laut|gemäß|wie (?:in )?|nach)[^.]{0,4} ?(?:meiner|der|meinem|dem|meine) (?:system-?nachricht"
    r"|system-?prompt|systemanweisung)"
    r"|\bmeine(?:r|m)? (?:system-?nachricht|system-?prompt|systemanweisung)|\bmeine anweisungen (?:besagen"
    r"|verlangen|lauten)"
    r"|\b(?:selon|conformément à|d['’]après|comme (?:le dit|l['’]indique)) (?:mon|le|ton) (?:message"
    r"|prompt|invite) (?:de |du )?syst[eè]m"
    r"|\bmon (?:message|prompt) (?:de |du )?syst[eè]me\b|\bmes instructions (?:disent|indiquent|me demandent)"
    r"|\b(?:secondo|come (?:dice|indica)) il (?:mio )?(?:messaggio|prompt) di sistema|\bil mio "
    r"(?:messaggio|prompt) di sistema\b"
    r"|\b(?:segundo|conforme|de acordo com|como diz) (?:a |o )?(?:minha |meu )?(?:mensagem|prompt) d[oe] "
    r"sistema"
    r"|\b(?:minha mensagem|meu prompt) d[oe] sistema\b"
    r"|\b(?:согласно|как (?:сказано|указано) в|в соответствии с) (?:мо(?:ему|ём|ем|им)"
    r"|систем\w+)[^.]{0,12}(?:систем\w+ )?"
    r"(?:сообщени|промпт|инструкци|подсказк)|\bмо[ейёи]\w* систем\w+ (?:сообщени|промпт|подсказк)"
    r"|(?:根据|依照|按照|如|正如)(?:我的|系统)?(?:的)?系统(?:消息|提示|指令)|我的系统(?:消息|提示|指令)"
    r"|系统(?:消息|提示)(?:要求|说|告诉)我"
    r"|システム(?:メッセージ|プロンプト)(?:に(?:よる|従|ある|記)|で(?:指示|言わ)|の(?:指示|通り|とおり))"
    r"|私のシステム(?:メッセージ|プロンプト)"
    r"|시스템 ?(?:메시지|프롬프트)(?:에 (?:따라|따르|의하)|에서 (?:말|지시)|가 (?:요구|지시))|제 시스템 "
    r"?(?:메시지|프롬프트)"
    r"|(?:وفق[اً]*|حسب|بحسب|كما (?:تقول|ورد في)) ?(?:ل)?(?:رسالة|تعليمات|موجه) النظام|رسالة النظام الخاصة بي",
    re.IGNORECASE,
)
_MENTION_SIGNS = (
    "system", "sistema", "systèm", "developer", "initial", "instruc", "anweisungen", "сообщени", "промпт",
    "инструкци", "подсказк", "系统", "システム", "시스템", "النظام",
)  # fmt: skip
"""Every mention holds one of these, which is seen far quicker."""
_NAMES = "|".join(FUNCTIONALITIES)
_TAGS = re.compile(
    rf"<<\s*/?\s*(?:{_NAMES})\s*/?\s*>>|<</\s*\w+>>"
    rf"|\bthe (?:{_NAMES}) (?:tag|phrase)s?\b|\b(?:{_NAMES}) tags?\b(?= (?:says|said|in|of) (?:the |my "
    rf")?(?:system|message|prompt))"
    r"|\b(?:annotated|tagged) system (?:message|prompt)\b",
)
_TAG_SIGNS = ("<<", "tag", "phrase", "annotated")
"""All talk of tags holds one of these."""
_SUBJECT = re.compile(
    r"system (?:message|prompt|instruction)|sistema|system-?(?:nachricht|prompt)|syst[eè]me|系统|システム"
    r"|시스템|систем|النظام",
    re.IGNORECASE,
)


def find_mention(answer: str, question: str = "") -> str | None:
    """The words with which an answer speaks of its system message or instructions, or None.

    A question that is about system messages itself may be answered in these words.
    """
    found = _MENTION.search(answer) if _may_mention(answer) else None
    return found[0] if found and not _SUBJECT.search(question) else None


def _may_mention(answer: str) -> bool:
    lower = answer.lower()
    return any(sign in lower for sign in _MENTION_SIGNS)


def find_tag_talk(answer: str, question: str = "") -> str | None:
    """The first of our own tags in an answer, or words about them, or None; `<<` in code is none."""
    found = _TAGS.search(answer) if any(sign in answer for sign in _TAG_SIGNS) else None
    return found[0] if found and found[0].lower() not in question.lower() else None


def find_quote(answer: str, system_message: str, question: str = "") -> str | None:
    """Twelve words or more that an answer takes from its system message, or None.

    What stands in the question as well, or between lines of code, may be repeated.
    """
    said, told = _pieces(answer), _pieces(system_message)
    are_characters = list(map(len, said)).count(1) > len(said) / 2
    size = _QUOTED_CHARACTERS if are_characters else _QUOTED_WORDS
    if not _may_quote(said, told, size // 2):
        return None
    known = _pieces(question)
    runs = {tuple(known[at : at + size]) for at in range(len(known) - size + 1)}
    quoted = {tuple(told[at : at + size]) for at in range(len(told) - size + 1)} - runs
    for at in range(len(said) - size + 1):
        if (run := tuple(said[at : at + size])) in quoted:
            return ("" if size == _QUOTED_CHARACTERS else " ").join(run)
    return None


def _may_quote(said: list[str], told: list[str], half: int) -> bool:
    """Whether any of the pieces into which a text is cut stands in another; a run twice as long holds one."""
    answer = f" {' '.join(said)} "
    return any(f" {' '.join(told[at : at + half])} " in answer for at in range(0, len(told) - half + 1, half))


_PIECE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_]+")
_ASCII_PIECE = re.compile("[a-z0-9]+")


def _pieces(text: str) -> list[str]:
    folded = text.casefold()
    return (_ASCII_PIECE if folded.isascii() else _PIECE).findall(folded)
