# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Yes and no, true and false, in several languages."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.any_case import AnyCase

_YES = (
    "(?:indeed|of course|certainly|absolutely|definitely)(?! not)|claro|por supuesto|natürlich|bien sûr|certo"
    "|конечно|yes|yeah|yep|yup|true|correct|ja|jawohl|wahr|richtig|stimmt|sí|verdadero|cierto|correcto|oui"
    "|vrai"
    "|exact|sì|vero"
    "|corretto|sim|verdadeiro|correto|waar|juist|tak|prawda|да|верно|правда|истина|правильно|так|evet"
    "|doğru|sandt|verdadera|verdadeira|vera|vraie|верное|верна"
)
_NO = (
    "(?:absolutely|definitely|certainly|of course) not|no|nope|false|incorrect|not|nein|falsch|unwahr"
    "|falso|incorrecto|non|faux|não|nee|onwaar|nie|fałsz|нет"
    "|неверно|ложь|falsa|fausse|неверное|ложное|неверна"
    "|неправда|ні|hayır|yanlış|nej|falsk"
)
_YES_ELSEWHERE = (
    "当然|没错|沒錯|没有错|的确如此|そのとおり|もちろん|물론|بالطبع|是的?|对的?|對的?|正确|真|会的?|可以|能|はい|そうです|正しい|ええ|네|예"
    "|맞습니다|맞아요|참"
    "|نعم|صحيح|أجل|हाँ|हां|जी हाँ|सही|सत्य"
)
_NO_ELSEWHERE = (
    "不是|不对|不對|不会|不可以|不能|不|否|错误|错|假|いいえ|違います|間違い|偽"
    "|아니요|아니오|아닙니다|거짓|틀립니다|لا|كلا|خطأ|नहीं|जी नहीं|गलत|असत्य"
)
_LEAD = (
    r"[\W_]*(?:(?:so|therefore|thus|hence|and|also|daher|por tanto|entonces|donc|quindi|portanto"
    r"|следовательно|所以|因此)[,，]?\s*)?"
)
_VERB = (
    r"(?:(?:the |this |that )?(?:statement|claim|it|this|that|answer|(?:die |diese )?(?:aussage"
    r"|behauptung)|la afirmación"
    r"|l'affirmation|l'affermazione|a afirmação|(?:это )?утверждение)(?:\s(?:is|ist|es|est|è|é)\s+"
    r"|['’]s\s+|\s+(?=не)?))?"
)
_STARTS = AnyCase(
    rf"{_LEAD}{_VERB}(?:(?P<yes>(?:{_YES})(?![^\W_])|(?:{_YES_ELSEWHERE})(?![\u3040-\u9fffㄱ-힣]{{2}}))"
    rf"|(?P<no>(?:{_NO})(?![^\W_])|(?:{_NO_ELSEWHERE})))",
)
_ANSWERED = AnyCase(
    rf"\b(?:is|ist|es|est|è|é|:)\s+[\"'*“]*(?:(?P<yes>{_YES})|(?P<no>{_NO}))[\"'*”]*\s*[.!,]?\s*$",
)
_AFTER_COLON = AnyCase(rf"\w:\s+[\"'*“]*(?:(?P<yes>{_YES})|(?P<no>{_NO}))[\"'*”]*\s*[,;]")
_OPEN = AnyCase(
    r"[\s¿\"'*(]*(?:(?:and|so|but|in|at|on|to|for|from|with|por|para|a|en|de|in|auf|à|pour|da|di|em|с|в"
    r"|на)\s+)?"
    r"(?:who|what|when|where|why|which|how|whose|whom|qué|que|quién|cuándo|dónde|cuál|cuáles|cuánt\w*|cómo"
    r"|wer|was|wann|wo"
    r"|warum|welch\w*|wie|wieso|wieviel\w*|woher|qui|quoi|quand|où|pourquoi|quel\w*|combien|comment|qu'\w+"
    r"|chi|che|cosa"
    r"|quando|dove|perché|qual\w*|quant\w*|come|quem|o que|onde|por que|como|wat|wanneer|waar|waarom"
    r"|hoe\w*|kto|co|kiedy"
    r"|gdzie|dlaczego|ile|jak\w*|кто|что|когда|где|почему|как\w*|сколько|чему|kim|ne|nerede|neden|kaç"
    r"|hangi|can you|could you"
    r"|would you|will you|please|may i|is there any\w*|are there any|do you (?:know|have)|كم|ما|ماذا|متى"
    r"|أين|لماذا|كيف|من)\b",
)  # fmt: skip
_OPEN_ELSEWHERE = re.compile(
    "什么|什麼|谁|誰|何|哪|多少|几|怎|为什么|如何|いつ|どこ|どの|どれ|いくら|いくつ|どう|なぜ|누구|무엇|뭐|며칠"
    "|언제|어디|왜|어느|얼마|몇|어떻게|कौन|कब|कहाँ|कितन|कैसे|क्यों|किस|(?<=\\s)क्या"
    "|(?<=\\s)(?:nedir|kaç|hangi|nerede|nasıl|neden|kim|kimdir|ne (?:kadar|zaman))\\b"
    "|bao nhiêu|bao lâu|là gì|là ai|mấy|khi nào|ở đâu|thế nào|tại sao"
)
_BOTH = re.compile(
    r"true or false|yes or no|yes/no|true/false|verdadero o falso|sí o no|richtig oder falsch|wahr oder "
    r"falsch|ja oder nein"
    r"|vrai ou faux|oui ou non|vero o falso|sì o no|verdadeiro ou falso|sim ou não|правда или ложь|верно "
    r"ли|да или нет"
    r"|是否|是或否|对还是错|判断|正しいですか|はいかいいえ|참.{0,4}거짓|예.{0,6}아니(?:요|오)|صح أم خطأ"
    r"|सही या गलत",
)


_ENDS = ".!?。！？।؟\n"


def is_closed(question: str) -> bool:
    """Whether a question asks for yes or no: its last question has no question word and is no request."""
    if _BOTH.search(question.lower()):
        return True
    end = max(map(question.rfind, "?？؟"))
    if end < 0:
        return False
    head = question[:end].rstrip(_ENDS)
    asked = head[max(map(head.rfind, _ENDS)) + 1 :]
    return not any(map(_OPEN.match, re.split(r",\s", asked))) and not _OPEN_ELSEWHERE.search(asked)


def find_yes_or_no(text: str) -> bool | None:
    """True for yes, False for no, None for a sentence that starts or ends with neither."""
    found = (
        _STARTS.match(text) or _ANSWERED.search(text) or (_AFTER_COLON.search(text) if ":" in text else None)
    )
    return None if not found else found["yes"] is not None
