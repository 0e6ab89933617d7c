# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds answers that refuse to answer, in fifteen languages."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.any_case import AnyCase

_START = 240  # characters in which a refusal begins
_LONGEST = 700  # an answer that goes on for longer gives something after all
_SOMETHING = 60  # characters of an answer that a refusal leaves room for
_HELP = (
    r"(?:(?:directly|really|actually|in good conscience) )?(?:help|assist|provide|answer"
    r"|fulfil{1,2}|comply"
    r"|do (?:that|this)|continue with"
    r"|engage|generate|create|support|discuss|respond|complete|share|offer|write|process|access"
    r"|browse"
    r"|translate|perform|produce"
    r"|book|schedule|send|place|purchase|order|view|open"
    r"|make (?:a )?(?:phone )?(?:call|reservation|booking|payment)s?"
    r"|accommodate|participate|advise|recommend|give (?:you|advice|medical|legal)"
    r"|be able to (?:help"
    r"|assist|provide|answer|do))\b"
)
_CANNOT = (
    r"(?: (?:can(?:no|['’])t|can not|am (?:not able|unable) to|(?:won['’]t"
    r"|will not)(?: be able to)?|must not)"
    r"|['’]m (?:not able|unable) to)"
)
_SORRY = (
    r"(?:sorry|apologies|my apologies|unfortunately|regrettably"
    r"|i(?:['’]m| am)(?: \w+)? (?:sorry|afraid)|i apologi[sz]e)"
)
_REFUSAL = AnyCase(
    # English
    rf"^\W*(?:[^.!?\n]{{0,30}}[.!]\s)?(?:{_SORRY}[,.;]?(?: but)?(?: that)? )?i{_CANNOT} {_HELP}"
    r"|\bas an ai(?: language)?(?: model| assistant)?,? i(?:['’]m| am)? (?:can(?:no|['’])t"
    r"|do(?: not"
    r"|n['’]t)|unable|not able"
    r"|not programmed|not capable|must decline|have no)"
    r"|\bi must (?:respectfully |politely )?(?:decline|refuse) (?:to (?:answer|help|provide"
    r"|assist|comply"
    r"|continue)|this|your|that)\b"
    rf"|^\W*(?:{_SORRY}[,.;]?(?: but)? )?(?:that|this)(?: is|['’]s) (?:not something"
    rf"|something) i can(?:no|['’])?t?"
    r" (?:help|assist)\b"
    r"|^\W*(?:i['’]m sorry, but )?(?:that|this) request (?:is|goes) (?:not something i can"
    r"|against (?:my"
    r"|our))"
    # Spanish
    r"|^\W*(?:lamento|siento) no poder (?:ayudar|responder|cumplir|proporcionar)|\b(?:lo siento"
    r"|lo lamento"
    r"|me temo|disculpa|perdona)[,.]?(?: pero| mucho, pero| que)? no (?:puedo|me es posible"
    r"|estoy en"
    r" condiciones|podré)|^\W*no puedo (?:ayudar|proporcionar|responder|ofrecer|cumplir|generar"
    r"|asistir)"
    r"|\bcomo (?:modelo de lenguaje|inteligencia artificial|una? ia)\b[^.]{0,40}, no (?:puedo"
    r"|tengo)"
    # German
    r"|\b(?:es tut mir leid|tut mir leid|leider|entschuldigung)[,.]?(?: aber)? (?:kann|darf"
    r"|möchte) "
    r"ich\b[^.]{0,80}\bnicht"
    r"|\b(?:es tut mir leid|tut mir leid|entschuldigung)[,.]?(?: aber)? (?:ich )?(?:kann"
    r"|darf)(?: ich)? "
    r"(?:dir|ihnen|dabei|das"
    r"|diese|dazu|leider)\b[^.]{0,80}\bnicht|^\W*ich kann (?:dir|ihnen|diese anfrage|dabei"
    r"|dazu)\b[^.]{0,60}\bnicht"
    r" (?:helfen|weiterhelfen|behilflich|beantworten|erfüllen|antworten)|\bals (?:ki|sprachmodell"
    r"|ki-modell)\b[^.]{0,40}"
    r" (?:kann|darf|habe) ich\b"
    r"|^\W*(?:es tut mir leid|tut mir leid)[,.]? (?:aber )?(?:das|dies) (?:kann|darf) ich nicht\b"
    r"|^\W*(?:(?:es )?tut mir leid[,.]? (?:aber )?)?(?:dabei|damit|hierbei|hiermit"
    r"|dazu) (?:kann|darf) ich"
    r"\b[^.]{0,30}\bnicht\b"
    r"|\b(?:als (?:ki|sprachmodell|ki-modell|ki-assistent)|es tut mir leid,(?: aber)?"
    r"|leider)\b[^.]{0,20}"
    r" bin ich (?:leider )?nicht in der lage"
    # French
    r"|\b(?:désolée?|je regrette|navrée?|excusez-moi"
    r"|malheureusement)[,.]?(?: mais)? je ne (?:peux|suis "
    r"pas en mesure|pourrai)"
    r"|^\W*je ne (?:peux|suis) pas (?:en mesure de |capable de )?(?:vous |t['’])?(?:aider"
    r"|répondre|fournir"
    r"|générer|assister)"
    r"|\ben tant qu['’](?:ia|intelligence artificielle|assistant)\b[^.]{0,40} je ne"
    r"|\ben tant que modèle de langage\b[^.]{0,40} je ne"
    # Italian
    r"|\b(?:mi dispiace|spiacente|purtroppo|mi scuso)[,.]?(?: ma)? non (?:posso|sono in grado"
    r"|mi è possibile)"
    r"|^\W*non (?:posso|sono in grado di) (?:aiutar|fornir|risponder|soddisf|assister|generar)"
    r"|\b(?:come|in quanto) (?:modello linguistico|intelligenza artificiale|ia)\b[^.]{0,40} non"
    # Portuguese
    r"|\b(?:desculpe|desculpa|sinto muito|lamento"
    r"|infelizmente)[,.]?(?: mas)?(?: eu)? não (?:posso|consigo"
    r"|sou capaz|estou"
    r" autorizad)|^\W*(?:eu )?não posso (?:ajudar|fornecer|responder|atender|gerar|auxiliar)"
    r"|\bcomo (?:um )?(?:modelo de linguagem|inteligência artificial|uma ia)\b[^.]{0,40} não"
    # Russian
    r"|\b(?:извините|простите|к сожалению|мне жаль"
    r"|прошу прощения)[,.]?(?: но)?(?: я)? (?:не могу|не смогу"
    r"|не в состоянии)"
    r"|^\W*я не могу (?:помочь|предоставить|ответить|выполнить|создать)|\bкак (?:языковая модель"
    r"|искусственный интеллект|ии)\b"
    r"[^.]{0,40} не"
    # Arabic
    r"|(?:عذر[اً]*|آسف|أعتذر|للأسف)[،,.]?(?: ولكن| لكن)?(?:ني)? ?(?:لا أستطيع|لا يمكنني|لا أقدر"
    r"|غير قادر)"
    r"|^\W*لا (?:يمكنني|أستطيع) (?:مساعدت|تقديم|الإجابة|تلبية)|(?:بصفتي|كوني|باعتباري) (?:نموذج"
    r"|ذكاء|مساعد)"
    # Chinese
    r"|(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[，,。]?\s?(?:但)?我?(?:无法|無法|不能|不可以|没办法"
    r"|沒辦法)"
    r"|^\W*我(?:无法|無法|不能)(?:帮助|幫助|提供|回答|协助|協助|满足|生成)|作为(?:一个|一名)?(?:ai"
    r"|人工智能|语言模型)[^。]{0,20}(?:无法|不能|没有)"
    # Japanese
    r"|(?:申し訳(?:ありません|ございません|ない)|すみません|ごめんなさい|残念ながら)[^。]{0,40}"
    r"(?:できません|できかねます|致しかねます|いたしかねます|お答えできない|お手伝いできない)"
    r"|^\W*[^。]{0,20}(?:お手伝い|お答え|回答|対応)(?:することは)?できません"
    # Korean
    r"|(?:죄송|미안)[^.]{0,20}(?:\. )?[^.]{0,40}(?:수 없|드릴 수 없|어렵습니다|못합니다|불가능)"
    r"|^\W*[^.]{0,15}(?:도와드릴|답변드릴|제공할|제공해 드릴) 수 없"
    r"|(?:ai|인공지능|언어 모델)(?: 모델)?(?:로서|이기 때문에)[^.]{0,40}(?:없|못)"
    # Hindi, Turkish, Dutch, Polish
    r"|(?:क्षमा करें|माफ़ कीजिए|माफ करें|खेद है)[^।]{0,40}(?:नहीं कर सकत|असमर्थ|नहीं दे सकत"
    r"|संभव नहीं)"
    r"|\b(?:üzgünüm|maalesef|özür dilerim)\b[^.]{0,50}(?:yardımcı olamam|yapamam|yanıtlayamam"
    r"|veremem|edemem)"
    r"|\b(?:het spijt me|sorry|helaas)[,.]?(?: maar)? (?:ik kan|daar kan ik"
    r"|daarmee kan ik)\b[^.]{0,40}\bniet"
    r" (?:helpen|beantwoorden|geven|verstrekken)"
    r"|\b(?:przykro mi|przepraszam|niestety)[,.]?(?: ale)? nie (?:mogę"
    r"|jestem w stanie) (?:pomóc|odpowiedzieć"
    r"|udzielić|tego)",
)
_ASCII_SIGNS = (
    "i can", "i am", "i'm", "i won", "i will not", "i must", "as an ai", " request ",
    "siento", "lament", "temo", "disculpa", "perdona", "no puedo", "como ",
    "leid", "leider", "entschuldigung", "ich kann", "als ",
    "regrette", "excusez", "malheureusement", "je ne", "en tant qu",
    "dispiace", "spiacente", "purtroppo", "mi scuso", "non ", "come ", "in quanto ",
    "something i can", "dabei", "damit", "hierbei", "hiermit", "dazu", "maalesef", "spijt", "sorry", "helaas",
    "przykro", "przepraszam", "niestety",
)  # fmt: skip
_OTHER_SIGNS = (
    "i’m", "désol", "navr", "não posso", "não consigo", "não sou", "não est", "modelo de linguagem",
    "не могу", "не смогу", "не в состоянии", "языковая модель", "искусственный интеллект", "как ии",
    "أستطيع", "يمكنني", "لا أقدر", "غير قادر", "بصفتي", "كوني", "باعتباري",
    "无法", "無法", "不能", "不可以", "没办法", "沒辦法", "作为",
    "できません", "かねます", "お答えできない", "お手伝いできない",
    "죄송", "미안", "수 없", "로서", "이기 때문에", "क्षमा", "माफ", "खेद", "üzgün", "özür",
)  # fmt: skip
"""Every refusal holds one of these or of the others, which is seen far quicker."""
_QUOTED = re.compile('["“„«「『]')
_GIVES_AFTER_ALL = AnyCase(
    r"[,;]? (?:aber|doch|jedoch|pero|mais|ma|però|mas|porém|но|однако)\s(?!(?:ich|yo|je|io|eu"
    r"|я)\b)|，但|しかし"
)
_GOES_ON = AnyCase(
    r"\b(?:however|but (?:i can|here|i['’]d)|that said|instead,? (?:i|here)|here (?:is|are|['’]s)"
    r"|nevertheless|sin embargo|en su lugar"
    r"|aquí (?:tienes|está)|allerdings|stattdessen|hier (?:ist|sind)|cependant|voici|toutefois"
    r"|tuttavia"
    r"|ecco|no entanto"
    r"|em vez disso|aqui está|однако|вот|вместо этого)\b|但是|不过|以下|下面|ただし|以下|代わりに|하지만"
    r"|다만|대신|ومع ذلك|لكن يمكن|إليك",
)


def find_refusal(answer: str) -> str | None:
    """The words with which an answer refuses, or None.

    A refusal begins the answer, and little follows: one that then gives something after all ("However, here
    is …"), or goes on for long, is none. Nor is a character's "I can't" in the middle of a story.
    """
    text = answer.strip()
    start = text[:_START]
    if len(text) > _LONGEST or not _may_refuse(start):
        return None
    found = _REFUSAL.search(start)
    if not found or _QUOTED.search(text[: found.end()]):
        return None
    is_long = len(text) - found.end() > _SOMETHING
    contrast = _GIVES_AFTER_ALL.search(text, found.end(), found.end() + _SOMETHING) if is_long else None
    if is_long and (contrast or _GOES_ON.search(text, found.end())):
        return None
    return text[found.start() : found.end()].strip()


def _may_refuse(start: str) -> bool:
    holds = start.lower().__contains__
    return any(map(holds, _ASCII_SIGNS)) or (not start.isascii() and any(map(holds, _OTHER_SIGNS)))
