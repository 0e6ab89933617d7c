# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds answers that quote the system message, mention it, or talk about its tags."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.any_case import AnyCase, to_lower
from sysgen_distilabel.functionalities import FUNCTIONALITIES

_QUOTED_WORDS = 12
_QUOTED_CHARACTERS = 24  # of scripts without blanks
_OF_ANSWERS = (
    r"(?:lines?|words?|sentences?|paragraphs?|rhymes?|verses?|slang|jargon|tone|style|formats?|markdown|json"
    r"|bullet|lists?|emojis?|languages?|questions?|answers?|repl(?:y|ies)|responses?|brief(?:ly)?|short"
    r"|concise(?:ly)?|formal(?:ly)?|polite(?:ly)?|in character|plain|english)\b"
)
"""What instructions on answers speak of, and a story about somebody who was told something does not."""
_MENTION_IN_ENGLISH = AnyCase(
    r"\b(?:as|like|per|according to|given|based on|in line with|following|under) (?:my|the|your"
    r"|this) system"
    r" (?:message|prompt|instruction)s?\b|\bmy (?:own )?(?:system|initial) (?:message|prompt"
    r"|instruction)s?\b"
    r"|\bthe system (?:message|prompt) (?:says|said|states|tells|told|asks|asked|instructs"
    r"|instructed"
    r"|requires|specifies|wants)\b"
    r"|\b(?:instructed|told|asked|required|specified|requested|stated) (?:in|by) (?:the|my"
    r"|your) (?:system "
    r"(?:message|prompt)"
    r"|developer|system instructions)"
    r"|\bmy instructions (?:say|state|tell|require|ask)\b"
    r"|\bmy prompt (?:says|states|asks|tells|requires|instructs|wants)\b"
    r"|\b(?:instructed|told|asked|stated|required) (?:in|by) my prompt\b"
    r"|\bthe prompt i(?:['’]ve| have| was) (?:been )?given\b"
    r"|\bthe instructions i(?:['’]ve| have| was)? (?:been )?(?:given|received) (?:say|ask|tell|require|state)"
    r"|\bas instructed,? i(?:['’]ll| will|['’]m| am) (?:answer|reply|respond|stay brief|keep (?:it"
    r"|this|my) (?:brief|short))"
    r"|\b(?:according to|as per|per|following|given|in (?:line|keeping) with) (?:my (?:instructions"
    r"|guidelines)"
    r"|the instructions (?:that )?i(?:['’]ve| have| was| were)? (?:been )?(?:given|received))\b"
    r"|\bi(?:['’]ve been| have been| was) (?:instructed|told|asked) (?:not |never |always |only )?to "
    rf"[^.!?\n]{{0,60}}?\b{_OF_ANSWERS}"
)
_MENTION_ELSEWHERE = AnyCase(
    r"\b(?:según|siguiendo|de acuerdo con|conforme a) mis instrucciones\b"
    r"|\b(?:gemäß|laut|nach) (?:meinen (?:anweisungen|vorgaben|instruktionen)"
    r"|den (?:anweisungen|vorgaben), die ich"
    r"|meiner anweisung)\b"
    r"|\b(?:selon|conformément à|d['’]après|suivant) mes (?:instructions|consignes)\b"
    r"|\b(?:secondo|in base al?le) (?:le )?mie istruzioni\b"
    r"|\b(?:segundo|conforme|de acordo com) (?:as )?minhas instruções\b"
    r"|\b(?:согласно|следуя|в соответствии с) мо(?:им|ей|ими) (?:систем\w+ )?(?:инструкци|указани)"
    r"|(?:根据|按照|依照)(?:我(?:收到|得到)?的|给我的)(?:指令|指示|说明|要求)，"
    r"|私(?:の|への|に与えられた)指示(?:に従|によ)|제(?:가 받은)? (?:지침|지시)(?:에 따라|에 따르면)"
    r"|(?:وفق[اً]*|حسب) ?(?:ل)?تعليماتي|मेरे निर्देशों के अनुसार"
    r"|\b(?:según|como (?:dice|indica|pide)|conforme a)[^.]{0,12} (?:mi|el|tu) (?:mensaje|prompt"
    r"|indicación) (?:de|del) sistema"
    r"|\bmi (?:mensaje|prompt) (?:de|del) sistema\b|\bmis instrucciones (?:dicen|indican|me piden)"
    r"|\b(?:laut|gemäß|wie (?:in )?|nach)[^.]{0,4} ?(?:meiner|der|meinem|dem"
    r"|meine) (?:system-?nachricht"
    r"|system-?prompt|systemanweisung)"
    r"|\bmeine(?:r|m)? (?:system-?nachricht|system-?prompt|systemanweisung)"
    r"|\bmein prompt (?:verlangt|sagt|besagt|fordert)\b"
    r"|\bwie (?:es )?mir (?:vorgegeben|aufgetragen|vorgeschrieben) (?:wurde|ist),? antworte ich\b"
    r"|\bich wurde (?:angewiesen|instruiert),? [^.]{0,30}zu (?:antworten|schreiben)\b"
    r"|\bmeine anweisungen (?:besagen"
    r"|verlangen|lauten)"
    r"|\b(?:selon|conformément à|d['’]après|comme (?:le dit|l['’]indique)) (?:mon|le"
    r"|ton) (?:message"
    r"|prompt|invite) (?:de |du )?syst[eè]m"
    r"|\bon m['’]a (?:demandé|dit|ordonné) de (?:répondre (?:briève|en |de façon|de manière)|rester bref)"
    r"|\bmon prompt (?:demande|exige|dit|indique)\b"
    r"|\bse me ha (?:indicado|pedido|ordenado) (?:que )?(?:respond[ae]r?|contest[ae]r?)\b"
    r"|\bmi prompt (?:pide|dice|indica|exige)\b|\bmeu prompt (?:pede|diz|indica|exige)\b"
    r"|\bil mio prompt (?:chiede|dice|richiede)\b"
    r"|\bмне (?:было )?(?:велено|предписано|поручено) отвечать\b|\bмой промпт (?:требует|говорит|просит)"
    r"|我被(?:要求|指示)[^。，]{0,12}(?:回答|回复|作答)|我的提示词?(?:要求|说|指示)"
    r"|(?:答える|回答する|お答えする)よう(?:に)?(?:指示されて|言われて)|私のプロンプト"
    r"|(?:답하|대답하|답변하)도록 (?:지시|요청)받"
    r"|\bmon (?:message|prompt) (?:de |du )?syst[eè]me\b|\bmes instructions (?:disent|indiquent"
    r"|me demandent)"
    r"|\b(?:secondo|come (?:dice|indica)) il (?:mio )?(?:messaggio|prompt) di sistema|\bil mio "
    r"(?:messaggio|prompt) di sistema\b"
    r"|\b(?:segundo|conforme|de acordo com|como diz) (?:a |o )?(?:minha |meu )?(?:mensagem"
    r"|prompt) d[oe] "
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
    r"|(?:وفق[اً]*|حسب|بحسب|كما (?:تقول|ورد في)) ?(?:ل)?(?:رسالة|تعليمات|موجه) النظام"
    r"|رسالة النظام الخاصة بي"
)
_ENGLISH_SIGNS = (
    "system", "initial", "developer", "instruc", "guidelines", "been told", "was told", "prompt",
    "been asked", "was asked",
)  # fmt: skip
_SIGNS_ELSEWHERE = (
    "sistema", "system-", "systema", "systemn", "systemp", "sage syst", "prompt syst", "invite syst",
    "de syst", "du syst", "mis instruc", "mes instruc", "anweisung", "vorgaben", "instruktionen",
    "consignes", "istruzioni", "antworte ich", "angewiesen", "instruiert", "on m'a", "se me ha",
    "mein prompt", "mon prompt",
    "mi prompt", "meu prompt", "mio prompt",
)  # fmt: skip
_SIGNS_OF_OTHER_SCRIPTS = (
    "systèm", "instruç", "on m’a", "мне ", "сообщени", "промпт", "инструкци", "подсказк", "указани", "系统",
    "的指", "的说明", "的要求", "提示", "我被", "システム", "指示", "答える", "回答する", "お答え",
    "プロンプト", "시스템", "지침", "지시", "도록", "النظام", "تعليماتي", "निर्देशों",
)  # fmt: skip
"""Every mention holds one of these, which is seen far quicker."""
_NAMES = "|".join(FUNCTIONALITIES)
_TAGS = re.compile(
    rf"<<\s*/?\s*(?:{_NAMES})\s*/?\s*>>|<</\s*\w+>>"
    rf"|\bthe (?:{_NAMES}) (?:tag|phrase)s?\b|\b(?:{_NAMES}) tags?\b(?= (?:says|said|in"
    rf"|of) (?:the |my "
    rf")?(?:system|message|prompt))"
    r"|\b(?:annotated|tagged) system (?:message|prompt)\b",
)
_TAG_SIGNS = ("<<", " tag", " phrase", "annotated", "tagged system")
"""All talk of tags holds one of these."""
_TAG_WORDS = re.compile(rf"\bfunctionality (?:tag|phrase)s?\b|\bphrases? tagged (?:as |with )?(?:{_NAMES})\b")
_TAG_WORD_SIGNS = ("functionality ", "tagged ")
_TEMPLATE = re.compile(
    r"<\|(?:im_start|im_end|im_sep|eot_id|eom_id|endoftext|end_of_text|begin_of_text|start_header_id"
    r"|end_header_id|assistant|user|system|end)\|>"
    r"|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>|^### (?:Instruction|Response):\s*$",
    re.MULTILINE,
)
_TEMPLATE_SIGNS = ("<|", "INST]", "SYS>>", "_of_turn>", "### Instruction:", "### Response:")
_ABOUT_TEMPLATES = re.compile(r"template|token|prompt|llama|chatml|fine-?tun", re.IGNORECASE)
_SUBJECT = re.compile(
    r"system (?:message|prompt|instruction)|sistema|system-?(?:nachricht|prompt)|syst[eè]me|系统|システム"
    r"|시스템|систем|النظام",
    re.IGNORECASE,
)


def find_mention(answer: str, question: str = "") -> str | None:
    """The words with which an answer speaks of its system message or instructions, or None.

    A question that is about system messages itself may be answered in these words.
    """
    lower = to_lower(answer)
    holds = lower.__contains__
    found = _MENTION_IN_ENGLISH.search(lower) if any(map(holds, _ENGLISH_SIGNS)) else None
    if not found and _may_mention_elsewhere(lower):
        found = _MENTION_ELSEWHERE.search(lower)
    return answer[found.start() : found.end()] if found and not _SUBJECT.search(question) else None


def _may_mention_elsewhere(lower: str) -> bool:
    holds = lower.__contains__
    return any(map(holds, _SIGNS_ELSEWHERE)) or (
        not lower.isascii() and any(map(holds, _SIGNS_OF_OTHER_SCRIPTS))
    )


def find_tag_talk(answer: str, question: str = "") -> str | None:
    """The first tag in an answer, ours or one of a chat template, or words about tags; or None.

    `<<` in code is none, nor is a template's tag where the question is about templates.
    """
    holds = answer.__contains__
    found = _TAGS.search(answer) if any(map(holds, _TAG_SIGNS)) else None
    if not found and any(map(holds, _TAG_WORD_SIGNS)):
        found = _TAG_WORDS.search(answer)
    if not found and any(map(holds, _TEMPLATE_SIGNS)) and not _ABOUT_TEMPLATES.search(question):
        found = _TEMPLATE.search(answer)
    return found[0] if found and found[0].lower() not in question.lower() else None


def find_quote(answer: str, system_message: str, question: str = "") -> str | None:
    """Twelve words or more that an answer takes from its system message, or None.

    What stands in the question as well, or between lines of code, may be repeated.
    """
    told = _pieces(system_message)
    if not _has_words_of(answer, told):
        return None
    said = _pieces(answer)
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


def _has_words_of(answer: str, told: list[str]) -> bool:
    """Whether all words of any piece of a text stand in an answer: a quick look that leaves no quote out."""
    holds, size = answer.casefold().__contains__, _QUOTED_WORDS // 2
    pieces = (told[at : at + size] for at in range(0, len(told) - size + 1, size))
    return any(all(map(holds, piece)) for piece in pieces)


def _may_quote(said: list[str], told: list[str], half: int) -> bool:
    """Whether any of the pieces into which a text is cut stands in another; a run twice as long holds one."""
    answer = f" {' '.join(said)} "
    return any(f" {' '.join(told[at : at + half])} " in answer for at in range(0, len(told) - half + 1, half))


_PIECE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_]+")
_ASCII_PIECE = re.compile("[a-z0-9]+")


def _pieces(text: str) -> list[str]:
    folded = text.casefold()
    return (_ASCII_PIECE if folded.isascii() else _PIECE).findall(folded)
