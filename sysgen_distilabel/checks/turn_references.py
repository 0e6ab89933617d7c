# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Tells whether a user turn speaks of an earlier answer, by cheap signals of several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_SAID: Final = re.compile(
    # English
    r"\byou(?:'ve| have)? (?:just |already |first |only )?(?:said|mentioned|wrote|written|gave"
    r"|given|suggested"
    r"|listed|used|described|explained|recommended|named|proposed|provided|showed|chose|called|told)\b"
    r"|\byour (?:\w+ ){0,2}(?:answers?|repl(?:y|ies)|responses?|suggestions?|explanations?|examples?|lists?"
    r"|solutions?|code|version|draft|poem|story|text|summary|points?|code|function|ideas?|steps?)\b"
    r"|\b(?:previous|last|earlier|first|second|third|fourth|other|latter|former|next) (?:answers?|replies"
    r"|responses?|ones?|points?|items?|options?|steps?|paragraphs?|sentences?|examples?|lines?|ideas?)\b"
    r"|\b(?:make|shorten|rewrite|rephrase|translate|summari[sz]e|explain|simplify|expand|fix|change|improve"
    r"|correct|convert|repeat|redo|reformat|continue|elaborate on|turn|put|drop|remove|keep) (?:it"
    r"|this|that|these"
    r"|those|them|all of (?:it|them))\b"
    r"|^\W*(?:please |now |ok(?:ay)?,? )*(?:continue|go on|keep going|carry on|again|shorter|longer|more|why"
    r"|how so|try again|are you sure|and then|what next|elaborate)\b[^\n]{0,20}$"
    r"|\b(?:is|was|are|were|does|did|why is|how is) (?:that|this|those|these) (?:\w+)"
    r"|\b(?:in|from|of|about) (?:that|the) (?:list|answer|response|reply|example|table|poem|story|code)\b"
    r"|\b(?:mentioned|listed|described|shown|given) (?:above|before|earlier)\b|\bthe above\b"
    # Spanish, Portuguese, Italian, French
    r"|\b(?:dijiste|mencionaste|escribiste|sugeriste|propusiste|diste|usaste|has (?:dicho"
    r"|mencionado|escrito))\b"
    r"|\b(?:tu|su) (?:última |primera )?(?:respuesta|sugerencia|ejemplo|lista|texto|versión|solución)\b"
    r"|\b(?:respuesta|lista|versión) anterior\b"
    r"|\b(?:hazlo|acórtalo|tradúcelo|explícalo|repítelo|cámbialo|reescríbelo|resúmelo|continúa)\b"
    r"|\b(?:você|tu) (?:disse|mencionou|escreveu|sugeriu|usou|deu)|\b(?:sua"
    r"|tua) (?:última )?(?:resposta|lista)\b"
    r"|\b(?:hai|avete) (?:appena )?(?:detto|menzionato|scritto|suggerito|usato)|\b(?:tua|sua) risposta\b"
    r"|\b(?:tu as|vous avez|t'as)(?: déjà| juste)? (?:dit|mentionné|écrit|suggéré|proposé|utilisé|donné|cité)"
    r"|\b(?:ta|votre|ton) (?:dernière |première )?(?:réponse|suggestion|exemple|liste|texte|version"
    r"|solution)\b"
    r"|\b(?:raccourcis|traduis|explique|répète|réécris|résume|change)-(?:le|la|les)\b|^\W*continuez?\b"
    r"|\b(?:le|la|el) (?:premier|première|deuxième|dernier|dernière|primero|primera|segundo|segunda|último)\b"
    # German, Russian
    r"|\b(?:du|sie) (?:\w+ )?(?:gesagt|erwähnt|geschrieben|vorgeschlagen|genannt|verwendet|gegeben)\b"
    r"|\b(?:du|sie) (?:eben |gerade |vorhin )?(?:erwähntest|nanntest|sagtest|schriebst|erwähnten|nannten)\b"
    r"|\b(?:deine?[rnm]?|ihre?[rnm]?) (?:letzte[nr]? |erste[nr]? )?(?:antwort|vorschlag|beispiel"
    r"|liste|text|lösung)"
    r"|\b(?:mach|kürze|übersetze?|erkläre?|wiederhole?|ändere?|schreib) (?:es|das|dies|sie|ihn)\b"
    r"|^\W*weiter\b"
    r"|\b(?:ты|вы) (?:сказал|упомянул|написал|предложил|назвал|привёл|привел|использовал)"
    r"|\b(?:твой|твоего|твоём|ваш|вашем|вашего) (?:ответ|пример|спис|текст)|\bпродолжай"
    # Chinese, Japanese, Korean, Arabic
    r"|[你您](?:刚才|刚刚|上面|前面|之前)?(?:说|提到|写|建议|列出|给出|推荐|用)(?:过)?的|[你您]的(?:回答|答案|建议|例子|回复)"
    r"|上面的|上述|前面的|刚才的|继续|第[一二三四五六七八九十\d]+(?:个|点|条|段|步|项)|把它|再(?:短|长|详细|简单)"
    r"|(?:さっき|先ほど|先程|上記|上の|前の)|(?:あなた|君)の(?:回答|答え|例|提案)|言った|挙げた|続けて"
    r"|(?:それ|これ)を|[一二三四五六七八九\d](?:つ目|番目)|もっと(?:短く|詳しく|簡単に)"
    r"|(?:아까|방금|위의|위에서|앞에서|이전)|(?:말한|말씀하신|언급한|언급하신|제안한|추천한|알려준|알려주신)"
    r"|(?:네|당신의) (?:답변|대답|예시|제안)|그것을|그걸|이걸|계속해|더 (?:짧게|길게|자세히|쉽게)"
    r"|[첫두세네]\s?번째"
    r"|(?:ذكرت|قلت|كتبت|اقترحت)|(?:إجابتك|جوابك|اقتراحك)|أعلاه",
    re.IGNORECASE,
)
_POINTED_AT: Final = re.compile(
    r"\b(?:the|that|this|those|these|el|la|los|las|ese|esa|le|les|cette|ces|der|die|das|den|dem"
    r"|diese[rsn]?|o|os"
    r"|a|as|il|lo|gli|l['’])\s*([^\W\d_]{4,})",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"(?<!time is )(?<!\bis )(?<!\bwas )\b(?:it|its|them|they)\b"
    r"(?! takes? to\b| take to\b| costs? to\b|(?:'s| is| was) (?:possible|true|raining|snowing))"
    r"|\bis it (?!possible|true|raining|snowing|necessary|better|worth|[ap]m\b)",
    re.IGNORECASE,
)
"""A pronoun that is no dummy, as in "Is it raining?"."""
_FUNCTION_WORDS: Final = (
    "about also could does dont have know like long make many more much need often please should some take"
    " tell then think want were what when where which will with would"
)
_NAMES_NOTHING: Final = frozenset(_FUNCTION_WORDS.split())
_LONGEST_BARE: Final = 14  # words; a longer turn names what it is about
_QUOTED: Final = re.compile(r"[\"“”„«»「『《‘]([^\"“”„«»」』》’\n]{2,80})[\"“”«»」』》’]")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{3,}")


def refers_back(request: str, answers: Sequence[str], requests: Sequence[str]) -> bool:
    """Whether a user turn speaks of an earlier answer, so that another answer may leave it in the air.

    Told by expressions ("your list", "the second point", "shorten it"), by a pronoun of English in a short
    turn that names nothing it could stand for ("How long does it take?"), by words behind a definite article
    that an answer brought up and no earlier user turn had, and by quotes of an answer. Nothing is
    understood: a turn may refer back without any of these signs.

    Args:
        request: the user turn.
        answers: the answers in front of it; without any there is nothing to refer to.
        requests: the user turns in front of it.
    """
    if not any(answers):
        return False
    if _SAID.search(request) or _has_bare_pronoun(request):
        return True
    told, asked = "\n".join(answers).casefold(), "\n".join(requests).casefold()
    if any(quote in told and quote not in asked for quote in map(str.casefold, _QUOTED.findall(request))):
        return True
    known = set(_WORD.findall(told)) - set(_WORD.findall(asked))
    if any(word.casefold() in known for word in _POINTED_AT.findall(request)):
        return True
    return any(
        (piece := run[place : place + 3]) in told and piece not in asked
        for run in _UNSPACED.findall(request.casefold())
        for place in range(len(run) - 2)
    )


def _has_bare_pronoun(request: str) -> bool:
    """Whether a short turn has a pronoun with no more than a verb in front of it."""
    if len(request.split()) > _LONGEST_BARE or not (found := _BARE.search(request)):
        return False
    before = {word.lower() for word in _WORD.findall(request[: found.start()])} - _NAMES_NOTHING
    return len(before) <= 1


def is_in_the_air(
    request: str, answers: Sequence[str], aligned: Sequence[str], requests: Sequence[str]
) -> bool:
    """Whether a user turn names something that the original answers in front of it brought up and the aligned
    ones do not: it no longer fits them. A turn that names nothing ("shorten it") fits any answer.

    Args:
        request: the user turn.
        answers: the original answers in front of it.
        aligned: those that stand there now.
        requests: the user turns in front of it.
    """
    told, now = ("\n".join(texts).casefold() for texts in (answers, aligned))
    asked = "\n".join(requests).casefold()
    named = [quote.casefold() for quote in _QUOTED.findall(request)]
    named += [word.casefold() for word in _POINTED_AT.findall(request)]
    return any(name in told and name not in asked and name not in now for name in named)


def find_referring(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The positions of the user turns that speak of an earlier answer, see `refers_back`."""
    referring: list[int] = []
    said: dict[str, list[str]] = {"user": [], "assistant": []}
    for place, message in enumerate(messages):
        role, content = message["role"], message["content"]
        if role == "user" and refers_back(content, said["assistant"], said["user"]):
            referring.append(place)
        if role in said:
            said[role].append(content)
    return referring
