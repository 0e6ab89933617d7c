# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds answers that refuse to answer, in eighteen languages."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.any_case import AnyCase, to_lower

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
    r"(?<!help(?= but))(?<!help(?= \w{2,20}ing))(?<!answer(?= for))(?![^.!?\n]{0,80}\benough\b)"
)
_REQUEST = r"(?:this|that|your|the) (?:\w+ )?(?:request|question|task|prompt|topic|instruction)s?\b"
_CANNOT = (
    r"(?: (?:can(?:no|['’])t|can not|am (?:not able|unable) to|(?:won['’]t"
    r"|will not)(?: be able to)?|must not)"
    r"|['’]m (?:not able|unable) to)"
)
_SORRY = (
    r"(?:sorry|apologies|my apologies|unfortunately|regrettably"
    r"|i(?:['’]m| am)(?: \w+)? (?:sorry|afraid)|i apologi[sz]e)"
)
_BY_LANGUAGE: tuple[tuple[tuple[str, ...], AnyCase], ...] = (
    (  # English
        (
            "i can",
            "i am",
            "i'm",
            "i’m",
            "i won",
            "i will",
            "i'll",
            "i’ll",
            "i must",
            "i have to",
            "i do",
            "i'd ",
            "i’d ",
            "i would ",
            "rather not",
            "i prefer",
            "as an ai",
            " request ",
            "something i can",
        ),
        AnyCase(
            rf"^\W*(?:[^.!?\n]{{0,30}}[.!]\s)?(?:{_SORRY}[,.;]?(?: but)?(?: that)? )?i{_CANNOT} {_HELP}"
            r"|\bas an ai(?: language)?(?: model| assistant)?,? i(?:['’]m| am)? (?:can(?:no|['’])t"
            r"|do(?: not"
            r"|n['’]t)|unable|not able"
            r"|not programmed|not capable|must decline|have no)"
            r"|\bi(?: must|['’]ll| will|['’]m going to| have to)(?: have to)?(?: respectfully"
            r"| politely)? (?:decline|refuse)"
            rf"(?: to (?:answer|help|provide|assist|comply|continue)\b| {_REQUEST}|(?: this"
            rf"| that)?\s*[.!]\s*$)"
            r"|^\W*(?:sorry, (?:but )?)?i(?:['’]d| would| do)? (?:rather not|prefer not to) (?:answer"
            rf"|respond|discuss|comment on|write|do|help with|engage with) (?:this\b|that\b|{_REQUEST})"
            r"|^\W*(?:sorry, (?:but )?)?i(?:(?:['’]m| am) not| do(?:n['’]t| not) feel) comfortable (?:with )?"
            r"(?:answering|discussing|writing|providing|helping|sharing|doing|generating)\b"
            r"|^\W*i(?:['’]m| am) declining to (?:answer|help|discuss|write)\b"
            r"|^\W*i do(?:n['’]t| not) think i (?:should|can) (?:answer|help with|discuss) (?:this|that)\b"
            rf"|^\W*(?:{_SORRY}[,.;]?(?: but)? )?(?:that|this)(?: is|['’]s) (?:not something"
            rf"|something) i can(?:no|['’])?t?"
            r" (?:help|assist)\b"
            r"|^\W*(?:i['’]m sorry, but )?(?:that|this) request (?:is|goes) (?:not something i can"
            r"|against (?:my"
            r"|our))",
        ),
    ),
    (  # Spanish
        ("siento", "lament", "temo", "disculpa", "perdona", "no puedo", "como ", "prefiero no", "debo "),
        AnyCase(
            r"^\W*(?:lamento|siento) no poder (?:ayudar|responder|cumplir|proporcionar)|\b(?:lo siento"
            r"|lo lamento"
            r"|me temo|disculpa|perdona)[,.]?(?: pero| mucho, pero| que)? no (?:puedo|me es posible"
            r"|estoy en"
            r" condiciones|podré)|^\W*no puedo (?:ayudar|proporcionar|responder|ofrecer|cumplir|generar"
            r"|asistir)"
            r"|\bcomo (?:modelo de lenguaje|inteligencia artificial|una? ia)\b[^.]{0,40}, no (?:puedo"
            r"|tengo)"
            r"|^\W*prefiero no (?:responder|contestar|hablar de es[eot])"
            r"|^\W*debo (?:rechazar|declinar) (?:est[ae]|es[ae]|su|tu) (?:solicitud|petición|pregunta)",
        ),
    ),
    (  # German
        (
            "leid",
            "leider",
            "entschuldigung",
            "ich kann",
            "als ",
            "dabei",
            "damit",
            "hierbei",
            "hiermit",
            "dazu",
            "möchte ich",
            "ich m",
        ),
        AnyCase(
            r"\b(?:es tut mir leid|tut mir leid|leider|entschuldigung)[,.]?(?: aber)? (?:kann|darf"
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
            r"|^\W*(?:das|dies|diese (?:frage|bitte)|darauf|dazu|darüber)(?: \w+)? möchte ich\b[^.!?\n]{0,20}"
            r"\bnicht (?:beantworten|antworten|sagen|äußern|sprechen)"
            r"|^\W*ich (?:muss|möchte) (?:diese|ihre|deine) (?:bitte|anfrage|frage)\b[^.!?\n]{0,20}"
            r"(?:ablehnen|nicht beantworten)",
        ),
    ),
    (  # French
        (
            "désol",
            "regrette",
            "navr",
            "excusez",
            "malheureusement",
            "je ne",
            "en tant qu",
            "je pr",
            "je dois",
        ),
        AnyCase(
            r"^\W*je préf(?:ère|érerais) ne pas (?:répondre|aborder ce|en parler)"
            r"|^\W*je dois (?:malheureusement |poliment )?(?:décliner|refuser) (?:de répondre|(?:cette|votre"
            r"|ta) (?:demande|requête|question))"
            r"|\b(?:désolée?|je regrette|navrée?|excusez-moi"
            r"|malheureusement)[,.]?(?: mais)? je ne (?:peux|suis "
            r"pas en mesure|pourrai)"
            r"|^\W*je ne (?:peux|suis) pas (?:en mesure de |capable de )?(?:vous |t['’])?(?:aider"
            r"|répondre|fournir"
            r"|générer|assister)"
            r"|\ben tant qu['’](?:ia|intelligence artificielle|assistant)\b[^.]{0,40} je ne"
            r"|\ben tant que modèle de langage\b[^.]{0,40} je ne",
        ),
    ),
    (  # Italian
        (
            "dispiace",
            "spiacente",
            "purtroppo",
            "mi scuso",
            "non ",
            "come ",
            "in quanto ",
            "preferisco",
            "devo ",
        ),
        AnyCase(
            r"\b(?:mi dispiace|spiacente|purtroppo|mi scuso)[,.]?(?: ma)? non (?:posso|sono in grado"
            r"|mi è possibile)"
            r"|^\W*non (?:posso|sono in grado di) (?:aiutar|fornir|risponder|soddisf|assister|generar)"
            r"|\b(?:come|in quanto) (?:modello linguistico|intelligenza artificiale|ia)\b[^.]{0,40} non"
            r"|^\W*preferisco non (?:rispondere|parlarne)|^\W*devo rifiutare (?:questa|la tua"
            r"|la sua) richiesta",
        ),
    ),
    (  # Portuguese
        ("não", "devo recusar"),
        AnyCase(
            r"^\W*prefiro não (?:responder|comentar)|^\W*devo recusar (?:este|esse|seu|o seu) pedido"
            r"|\b(?:desculpe|desculpa|sinto muito|lamento"
            r"|infelizmente)[,.]?(?: mas)?(?: eu)? não (?:posso|consigo"
            r"|sou capaz|estou"
            r" autorizad)|^\W*(?:eu )?não posso (?:ajudar|fornecer|responder|atender|gerar|auxiliar)"
            r"|\bcomo (?:um )?(?:modelo de linguagem|inteligência artificial|uma ia)\b[^.]{0,40} não",
        ),
    ),
    (  # Russian
        (" не", "не хотел", "вынужден"),
        AnyCase(
            r"\b(?:извините|простите|к сожалению|мне жаль"
            r"|прошу прощения)[,.]?(?: но)?(?: я)? (?:не могу|не смогу"
            r"|не в состоянии)"
            r"|^\W*я не могу (?:помочь|предоставить|ответить|выполнить|создать)|\bкак (?:языковая модель"
            r"|искусственный интеллект|ии)\b"
            r"[^.]{0,40} не"
            r"|^\W*(?:я )?(?:предпоч\w+(?: бы)? не|не хотел\w?(?: бы)?) (?:отвечать|обсуждать)"
            r"|^\W*(?:я )?вынужден\w? (?:отказать|отклонить) (?:в )?(?:эт\w+|ваш\w+"
            r"|тво\w+) (?:просьб|запрос)",
        ),
    ),
    (  # Arabic
        ("أستطيع", "يمكنني", "لا أقدر", "غير قادر", "بصفتي", "كوني", "باعتباري"),
        AnyCase(
            r"(?:عذر[اً]*|آسف|أعتذر|للأسف|مع الأسف)[،,.]?(?: ولكن| لكن)?(?:ني)? ?(?:لا أستطيع"
            r"|لا يمكنني|لا أقدر"
            r"|غير قادر)"
            r"|^\W*لا (?:يمكنني|أستطيع) (?:مساعدت|تقديم|الإجابة|تلبية)|(?:بصفتي|كوني|باعتباري) (?:نموذج"
            r"|ذكاء|مساعد)",
        ),
    ),
    (  # Chinese
        ("无法", "無法", "不能", "不可以", "没办法", "沒辦法", "作为", "我不", "我选择"),
        AnyCase(
            r"(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[，,。]?\s?(?:但)?我?(?:无法|無法|不能|不可以|没办法"
            r"|沒辦法)"
            r"|^\W*我(?:无法|無法|不能)(?:帮助|幫助|提供|回答|协助|協助|满足|生成)|作为(?:一个|一名)?(?:ai"
            r"|人工智能|语言模型)[^。]{0,20}(?:无法|不能|没有)"
            r"|恕我?(?:无法|無法|不能)(?:回答|回复|回覆|协助|協助|提供)"
            r"|^\W*我(?:不想|不愿意?|选择不)(?:回答|讨论)(?:这个|该|此|這個)(?:问题|話題|话题|問題)[。！]?\s*$",
        ),
    ),
    (  # Japanese
        ("できません", "かねます", "お答えできない", "お手伝いできない", "控え"),
        AnyCase(
            r"(?:回答|お答え|返答)(?:は|を|することは)?(?:差し)?控えさせて"
            r"|(?:申し訳(?:ありません|ございません|ない)|すみません|ごめんなさい|残念ながら)[^。]{0,40}"
            r"(?:できません|できかねます|致しかねます|いたしかねます|お答えできない|お手伝いできない)"
            r"|^\W*[^。]{0,20}(?:お手伝い|お答え|回答|対応)(?:することは)?できません",
        ),
    ),
    (  # Korean
        ("죄송", "미안", "수 없", "로서", "이기 때문에", "답변"),
        AnyCase(
            r"답변(?:을|은)? ?(?:드리기|하기)(?:가|는)? ?(?:곤란|어렵)"
            r"|(?:죄송|미안)[^.]{0,20}(?:\. )?[^.]{0,40}(?:수 없|드릴 수 없|어렵습니다|못합니다|불가능)"
            r"|^\W*[^.]{0,15}(?:도와드릴|답변드릴|제공할|제공해 드릴) 수 없"
            r"|(?:ai|인공지능|언어 모델)(?: 모델)?(?:로서|이기 때문에)[^.]{0,40}(?:없|못)",
        ),
    ),
    (  # Hindi
        ("क्षमा", "माफ", "खेद"),
        AnyCase(
            r"(?:क्षमा करें|माफ़ कीजिए|माफ करें|खेद है)[^।]{0,40}(?:नहीं कर सकत|असमर्थ|नहीं दे सकत"
            r"|संभव नहीं)",
        ),
    ),
    (  # Turkish
        ("üzgünüm", "maalesef", "özür dilerim", "dil modeli"),
        AnyCase(
            r"\b(?:üzgünüm|maalesef|özür dilerim)\b[^.]{0,50}(?:yardımcı olamam|yapamam|yanıtlayamam"
            r"|veremem|edemem)|\bdil modeli olarak\b[^.]{0,60}(?:amam|emem)\b",
        ),
    ),
    (  # Dutch
        ("spijt", "sorry", "helaas", "ik kan", "als "),
        AnyCase(
            r"\b(?:het spijt me|sorry|helaas)[,.]?(?: maar)? (?:ik kan|(?:daar|daarmee"
            r"|hier)? ?kan ik)\b[^.]{0,40}"
            r"\bniet (?:mee |bij )?(?:helpen|beantwoorden|geven|verstrekken)"
            r"|^\W*ik kan (?:je|u)\b[^.]{0,30}\bniet (?:mee |bij )?helpen"
            r"|\bals (?:ai-)?(?:taalmodel|assistent)\b[^.]{0,20} kan ik\b[^.]{0,40}\b(?:geen|niet)\b",
        ),
    ),
    (  # Polish
        ("przykro", "przepraszam", "niestety", "jako model"),
        AnyCase(
            r"\b(?:przykro mi|przepraszam|niestety)[,.]?(?: ale)? nie (?:mogę"
            r"|jestem w stanie)(?: w tym| ci)? "
            r"(?:pomóc|odpowiedzieć|udzielić|spełnić|tego)|\bjako model językowy\b[^.]{0,30} nie ",
        ),
    ),
    (  # Vietnamese
        ("không thể",),
        AnyCase(
            r"\b(?:xin lỗi|rất tiếc)\b[^.]{0,20}\bkhông thể (?:giúp|trả lời|hỗ trợ|cung cấp|thực hiện)",
        ),
    ),
    (  # Indonesian
        ("maaf",),
        AnyCase(
            r"\bmaaf\b[^.]{0,20}\btidak (?:dapat|bisa) (?:membantu|menjawab|memberikan|memenuhi)",
        ),
    ),
    (  # Swedish
        ("tyvärr",),
        AnyCase(
            r"\b(?:tyvärr kan jag|jag kan tyvärr) inte (?:hjälpa|svara|besvara|ge)",
        ),
    ),
)
"""Of each language what every refusal in it holds one of, which is seen far quicker, and how it refuses."""
_BY_LANGUAGE_IN_ASCII = tuple(
    (signs, pattern)
    for every, pattern in _BY_LANGUAGE
    if (signs := tuple(sign for sign in every if sign.isascii()))
)
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
    if len(text) > _LONGEST:
        return None
    found = _search(to_lower(start))
    if not found or _QUOTED.search(text[: found.end()]):
        return None
    is_long = len(text) - found.end() > _SOMETHING
    contrast = _GIVES_AFTER_ALL.search(text, found.end(), found.end() + _SOMETHING) if is_long else None
    if is_long and (contrast or _GOES_ON.search(text, found.end())):
        return None
    return text[found.start() : found.end()].strip()


def _search(lower: str) -> re.Match[str] | None:
    holds = lower.__contains__
    languages = _BY_LANGUAGE_IN_ASCII if lower.isascii() else _BY_LANGUAGE
    found = (pattern.search(lower) for signs, pattern in languages if any(map(holds, signs)))
    return next(filter(None, found), None)
