# ruff: noqa: RUF001 (signs of other scripts are meant)
"""How texts of several languages announce an answer, close, check and correct themselves."""

from __future__ import annotations

from sysgen_distilabel.checks.any_case import AnyCase

_NOUNS = (
    "answer|result|solution|antwort|lösung|ergebnis|respuesta|solución|resultado|réponse|résultat|risposta"
    "|soluzione|risultato|resposta|solução|antwoord|uitkomst|odpowiedź|wynik|ответ|результат|відповідь"
    "|cevap|yanıt"
    "|sonuç|svaret|svar|resultatet"
)
_NOUNS_UNSPACED = "答案|结果|最终答案|答え|解答|回答|結果|正解"
_NOUNS_KOREAN = "정답|답|결과|해답"
_NOUNS_ARABIC = "الجواب|الإجابة|النتيجة|الناتج"
_NOUNS_HINDI = "उत्तर|जवाब|परिणाम"
_VERBS = (
    r"is|are|was|would be|will be|should be|equals|comes out (?:to|as)|ist|lautet|beträgt|wäre|sind|es|son"
    r"|sería|est|sont"
    r"|serait|è|sono|é|são|seria|jest|wynosi|être|равен|er|og er"
)
_BETWEEN = r"(?:\s+(?!(?:is|are|not|ist|es|est)\b)[^\s.!?:=+*/]+){0,7}?"
MARKER = AnyCase(
    rf"(?:\b(?:{_NOUNS})\b[*_]*(?:\s*=|{_BETWEEN}\s*(?:[:：]|[—–-](?=\s)"
    rf"|\s(?:{_VERBS})(?=[\s:：*])))[\s:：*]*)"
    r"|\b(?:odpowiedź|wynik)\s+to\s+"
    rf"|(?:{_NOUNS_UNSPACED})(?:应该|應該)?(?:是|为|為|は|：|:)[\s:：*]*"
    r"|^答[：:]\s*"
    rf"|(?:{_NOUNS_KOREAN})(?:은|는|이|:|：)\s*"
    rf"|(?:{_NOUNS_ARABIC})(?:\s+(?:النهائية|النهائي|الصحيحة|الصحيح))?\s*(?:هو|هي|:|=)[\s:*]*"
    rf"|(?:{_NOUNS_HINDI})(?:\s+है)?\s*[:：=]?[\s:*]*",
)
"""Words after which the answer follows."""
_ANNOUNCING = tuple(
    "|".join((_NOUNS, _NOUNS_UNSPACED, _NOUNS_KOREAN, _NOUNS_ARABIC, _NOUNS_HINDI, "答")).split("|")
)


def may_announce(text: str) -> bool:
    """Whether a text holds a word that announces an answer: a quick look that leaves none out."""
    lower = text.lower()
    return any(map(lower.__contains__, _ANNOUNCING))


HEADING = AnyCase(rf"[#*_\s]*(?:\w+\s)?(?:{_NOUNS}|答案|答え|解答|정답|답|الجواب|الإجابة|उत्तर)[*_\s]*")
"""A line that announces the answer under it."""
CONCLUSION = AnyCase(
    r"\b(?:so|therefore|thus|hence|consequently|altogether|in total|in all|finally|overall|as a result"
    r"|that means"
    r"|which means|this means|meaning that|we (?:get|obtain|find)"
    r"|gives|yields|equals|comes to|adds up to|leaving|also"
    r"|daher|also|somit|folglich"
    r"|insgesamt|deshalb"
    r"|zusammen|por (?:lo )?tanto|entonces|así que|en total|por consiguiente|donc|par conséquent|ainsi|au "
    r"total"
    r"|alors|quindi|perciò|dunque|in totale|pertanto|portanto|então|logo|no total|dus|in totaal|totaal"
    r"|więc|zatem"
    r"|łącznie|razem|значит|итого|следовательно|поэтому|таким образом|всего|dolayısıyla|toplam|yani|altså"
    r"|i alt)\b"
    r"|所以|因此|总共|一共|因而|故|よって|したがって|合計|だから|ゆえに|따라서|그러므로|총|모두|إذن|لذلك"
    r"|لذا|المجموع|وبالتالي|इसलिए|अतः|कुल",
)
"""Words that draw the sum."""
CORRECTION = AnyCase(
    r"\b(?:wait|actually|correction|on second thought|i made a mistake|let me (?:re|correct)|scratch that"
    r"|oops"
    r"|moment|eigentlich|korrektur|en realidad|corrección|perdón|en fait|correction|anzi|in realtà|na "
    r"verdade|aliás"
    r"|вернее|точнее|на самом деле|исправ)|等等|更正|不对|実は|訂正|아니|사실은|في الواقع|تصحيح|दरअसल",
)
"""Words that take an answer back."""
CONTRAST = AnyCase(
    r"\b(?:but|however|yet|although|aber|jedoch|doch|pero|sin embargo|mais|cependant|ma|però|tuttavia|mas"
    r"|porém|но"
    r"|однако|ama|fakat|maar|ale)\b|但|不过|しかし|でも|が、|하지만|그러나|لكن|लेकिन|परंतु",
)
"""Words that set one thing against another."""
CLOSING = AnyCase(
    r"\b(?:let me know|feel free|hope (?:this|that|it)"
    r"|if you(?:'d| would)? (?:have|need|want|like|prefer|wish)|would you like|do you want me|shall i"
    r"|i can also|happy (?:to help|\w+ing)|any (?:other|more|further) questions|anything else|good luck"
    r"|hesitate|does that (?:help|make)"
    r"|lass(?:en sie)? (?:es )?mich|ich hoffe|falls (?:du|sie)|möchtest du|möchten sie|soll ich|melde dich"
    r"|wenn (?:du|sie) (?:noch|weitere|fragen|möcht|mag|will|woll)|viel (?:spaß|erfolg)"
    r"|avísame|si (?:tienes|necesitas|quieres|deseas|gustas|prefieres)|espero que|quieres que"
    r"|te gustaría|no dudes"
    r"|n'hésite|si vous (?:avez|voulez|souhaitez)|si tu (?:as|veux|souhaites)|j'espère"
    r"|(?:veux|souhaites)-tu|(?:voulez|souhaitez)-vous"
    r"|se hai (?:altre|bisogno|domande)|se (?:vuoi|desideri|ti serve)|vuoi che|fammi sapere"
    r"|spero (?:che|di)|non esitare"
    r"|se (?:você )?(?:tiver|precisar|quiser|desejar)|quer que|gostaria que eu|me avise|qualquer dúvida"
    r"|não hesite|laat (?:het )?me weten"
    r"|daj (?:mi )?znać|jeśli (?:chcesz|masz|potrzebujesz)|mam nadzieję|czy chcesz"
    r"|isters(?:en|eniz)|sorun(?:uz|un)? (?:var|olursa)|çekinme|umarım|yardımcı ol"
    r"|hãy cho (?:tôi|mình) biết|nếu (?:bạn|em) (?:cần|muốn|có (?:câu hỏi|thắc mắc))|hy vọng|bạn có muốn"
    r"|если (?:у (?:вас|тебя)|нужн|хот|понадоб|потреб|остал)|надеюсь|дайте знать|дай знать|обращайтесь"
    r"|могу (?:также|объяснить|показать|помочь)|хо(?:чешь|тите), )"
    r"|希望(?:这|對|对)|如果(?:你|您)(?:有|想|愿意)|如果(?:你|您)?(?:还|還|需要)|请告诉我|請告訴我|随时"
    r"|要我(?:帮|再|继续|为)"
    r"|お役に立て|他に(?:何か|ご|質問)|ご質問|お気軽に|必要であれば|ご希望|お知らせください"
    r"|도움이|궁금한|원하시면|필요하시면|말씀해 ?주세요|알려 ?주세요"
    r"|إذا كان(?:ت)? لديك|إذا (?:أردت|احتجت|كنت ت)|آمل|أخبرني|هل تريد|يسعدني"
    r"|(?:अगर|यदि) आप|क्या आप चाह|आशा है|मुझे बता|मदद (?:चाहिए|कर)",
)
"""What is said to end a conversation."""
_TO = (
    r"[\W_]*(?:(?:to|for|as|let(?:['’]s| us| me)|we can|you can|a|quick|just|para|per|pour|zur|als|um"
    r"|чтобы|для|aby|để) ){0,3}"
)
PROOF = AnyCase(
    rf"{_TO}(?:check(?:ing)?\b|verif|confirm(?:ing)?\b|sanity|double[- ]?check|proof\b|probe\b|kontroll"
    r"|überprüf|gegenprobe|comprob|vérif|prova\b|sprawdz|провер|контрол|kontrol\b|sağlama|doğrulama"
    r"|kiểm tra|thử lại|验证|驗證|检验|檢驗|验算|検算|確認|確かめ|검산|확인|للتحقق|التحقق|जाँच|जांच|सत्यापन)",
)
"""How a sentence begins that checks the answer."""
ASIDE = AnyCase(
    rf"{PROOF.pattern}|{_TO}(?:double|note\b|n\.?b\.?|confirmar|hinweis|anmerkung|übrigens|nota\b|remarque"
    r"|controle\b|observação|uwaga|примечание|кстати|lưu ý|ghi chú|fun fact|by the way|por cierto"
    r"|注意|注[：:]|备注|なお|ちなみに|補足|참고|ملاحظة|ध्यान दें)"
    r"|[\W_]*for (?:reference|comparison)"
    r"|[\W_]*(?:that(?:['’]s| is)|which is|das (?:sind|ist)|es(?:o|to) (?:es|son)|c'est|isto é|cioè|это)"
    r" (?:just )?(?:about|approx|rough|around|nearly|etwa|ungefähr|rund|fast|casi|unos|unas|aprox|environ"
    r"|presque|cerca|quase|circa|quasi|около|примерно|почти)"
    r"|[\W_]*(?:p\.?s\.?|(?:pro )?tips?|bonus|tipp|consejo|astuce|conseil|suggerimento|dica|wskazówka|совет"
    r"|ipucu|mẹo|提示|小贴士|ヒント|팁|نصيحة|सुझाव)[*_\s]*[:：]",
)
"""How a sentence begins that checks the answer, or adds a note."""
OPENING = AnyCase(
    r"[\W_]*(?:first|at first|initially|to start|let|step|we (?:know|have|get)|since|zuerst|zunächst|erst"
    r"|am anfang|primero"
    r"|al principio|d'abord|au début|prima|all'inizio|primeiro|сначала|вначале|首先|先|まず|最初|먼저|처음"
    r"|أولا|في البداية|पहले|सबसे पहले)",
)
"""How a sentence begins that is a first step, and not the answer."""
ROUNDING = AnyCase(
    r"≈|\b(?:round|nearest|approx|about|roughly|estimat|around|almost|nearly|just (?:under|over)"
    r"|a (?:bit|little) (?:under|over|less|more)|knapp\b|casi\b|presque|un peu (?:moins|plus)|quasi\b|quase\b"
    r"|почти|prawie|neredeyse|khoảng|xấp xỉ|gerundet|runde|ungefähr|etwa|circa"
    r"|rund\b|redonde"
    r"|aproximad|cerca de|arrond|environ|approssim|arrotond|ongeveer|afgerond|około|округл|примерно|около"
    r"|yaklaşık)"
    r"|约|大约|四舍五入|約|およそ|四捨五入|약|반올림|تقريب|حوالي|लगभग",
)
"""That a number is rounded or is to be."""
