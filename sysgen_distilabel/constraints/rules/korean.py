"""Korean sentences about responses."""

# ruff: noqa: RUF001
from __future__ import annotations

from typing import Final

from sysgen_distilabel.constraints.rules.counts import Unit, none_of, some
from sysgen_distilabel.constraints.rules.readers import (
    JSON,
    NO_DIGITS,
    TABLE,
    groups,
    no_signs,
    read_end,
    read_forbidden,
    read_required,
    read_start,
)
from sysgen_distilabel.constraints.rules.rule import QUOTED, Rule, rule
from sysgen_distilabel.constraints.rules.vocabulary import Vocabulary
from sysgen_distilabel.constraints.verifiers import Constraint

_WORDS: Final = Vocabulary(
    numbers={
        "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
        "백": 100, "이백": 200, "삼백": 300,
    },
    languages={
        "한국어": "ko", "한글": "ko", "영어": "en", "일본어": "ja", "중국어": "zh",
        "프랑스어": "fr", "독일어": "de",
        "스페인어": "es", "러시아어": "ru", "이탈리아어": "it", "포르투갈어": "pt",
    },
)  # fmt: skip
_BIND: Final = r"(?:(?:항상|반드시|언제나|꼭|무조건|모두|오직) )*"
_ANSWER: Final = r"(?:(?:모든 |각 |매 )?(?:답변|대답|응답|출력|답)(?:은|을|의 길이는|에는|에서는?|에)? )"
_SUBJECT: Final = rf"{_BIND}{_ANSWER}?{_BIND}"
_DO: Final = (
    r"(?:(?:으?로|에|에서)?(?:만)?|(?:을|를)(?= ?(?:작성|출력|사용|제시|반환|써|쓰)))"
    r" ?(?:답변|대답|응답|작성|출력|제한|답|유지|반환|제시|정리|사용|설명|표현)?(?:해야"
    r"|하)?"
    r" ?(?:하세요|해 ?주세요|하십시오|해라|할 것|합니다|하라|한다|써 ?주세요|쓰세요)"
)
_UNITS: Final = {
    Unit.CHARACTERS: r"(?:글자|자)",
    Unit.WORDS: r"(?:개의 )?단어",
    Unit.SENTENCES: r"(?:개의 )?문장",
    Unit.PARAGRAPHS: r"(?:개의 )?(?:문단|단락)",
    Unit.LINES: r"줄",
    Unit.BULLETS: r"(?:개의 )?(?:글머리 기호|불릿)",
}
_UNIT: Final = groups(_UNITS)
_LIMIT: Final = (
    rf"(?:(?:최대|최소) )?(?P<number>{_WORDS.number}) ?{_UNIT}(?:를|을)? ?"
    r"(?:(?P<most>이내|이하|까지|넘지 않게|초과하지 않게|넘지 마세요|초과하지 마세요|넘지 말 것)"
    r"|(?P<below>미만)|(?P<least>이상)|(?P<above>초과))"
)
_MOST: Final = rf"(?P<limit>최대) (?P<number>{_WORDS.number}) ?{_UNIT}"
_LEAST: Final = rf"(?P<least>최소) (?P<number>{_WORDS.number}) ?{_UNIT}"
_BETWEEN: Final = rf"(?P<low>{_WORDS.number}) ?(?:에서|~|-) ?(?P<high>{_WORDS.number}) ?{_UNIT}(?: 사이)?"
_BARE: Final = rf"(?:(?P<exactly>정확히) )?(?P<number>{_WORDS.number}) ?{_UNIT}"
_LIST: Final = (
    rf"(?P<words>{QUOTED}(?:(?:, |이?나 |과 |와 |또는 | 및 | 또는 ){QUOTED})*)(?:이?라는 (?:단어|표현|말))?"
)
_NO: Final = (
    r"(?:은|는|을|를)? ?(?:절대(?:로)? )?(?:사용하지|쓰지|포함하지|언급하지|넣지) ?"
    r"(?:마세요|말 것|마십시오|않습니다|말아 ?주세요|마라|말아야 합니다)"
)
_SIGNS: Final = {
    r"(?:쉼표)": no_signs(",，"),
    r"(?:이모지|이모티콘)": none_of(Unit.EMOJIS),
    r"(?:느낌표)": no_signs("!"),
    r"(?:물음표)": no_signs("?"),
    r"(?:마침표)": Constraint("punctuation:no_period", {}),
    r"(?:제목|마크다운 제목)": none_of(Unit.HEADINGS),
    r"(?:글머리 기호|글머리표)": none_of(Unit.BULLETS),
    r"(?:아라비아 숫자)": NO_DIGITS,
    r"(?:링크|url)": Constraint("sysgen:no_links", {}),
    r"(?:마크다운)": Constraint("sysgen:no_markdown", {}),
}
KOREAN_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.speak(rf"{_SUBJECT}{_WORDS.language}{_DO}"),
    _WORDS.count(rf"{_SUBJECT}{_LIMIT}(?:{_DO})?"),
    _WORDS.count(rf"{_SUBJECT}{_MOST}(?:{_DO})?"),
    _WORDS.count(rf"{_SUBJECT}{_LEAST}(?:{_DO})?"),
    _WORDS.count(rf"{_SUBJECT}{_BETWEEN}{_DO}"),
    _WORDS.count(rf"{_SUBJECT}{_BARE}{_DO}"),
    _WORDS.count(
        rf"{_SUBJECT}(?P<bullets>글머리 기호|불릿)(?:를|을)? (?:(?P<exactly>정확히) )?"
        rf"(?P<number>{_WORDS.number}) ?개(?: (?:(?P<most>이하|이내)|(?P<least>이상)))?(?:로|만|를)?"
        r" (?:사용하|작성하|쓰)(?:세요|십시오)"
    ),
    rule(rf"{_SUBJECT}(?:유효한 )?json(?: 형식| 객체)?{_DO}", JSON),
    rule(rf"{_SUBJECT}(?:마크다운 )?표(?: 형식)?{_DO}", TABLE),
    rule(rf"{_SUBJECT}(?:번호가 매겨진|번호) (?:목록|리스트)(?: 형식)?{_DO}", some(Unit.NUMBERED)),
    rule(rf"{_SUBJECT}(?:글머리 기호|불릿 포인트)(?: 목록)?(?: 형식)?{_DO}", some(Unit.BULLETS)),
    rule(rf"{_SUBJECT}(?:단어 |표현 )?{_LIST}{_NO}", read_forbidden),
    rule(rf"{_SUBJECT}(?:단어 )?{_LIST}(?:을|를) (?:반드시 |꼭 )?(?:포함|사용){_DO}", read_required),
    rule(rf"{_SUBJECT}(?P<words>{QUOTED})(?:이?라는 말)?(?:으?로) 시작{_DO}", read_start),
    rule(
        rf"{_SUBJECT}(?P<words>{QUOTED})(?:이?라는 말)?(?:으?로) (?:끝내|마무리|끝맺)(?:{_DO}|세요|십시오)",
        read_end,
    ),
    rule(
        rf"{_SUBJECT}질문으로 (?:끝내|마무리)(?:{_DO}|세요|십시오)",
        Constraint("sysgen:ends_with_question", {}),
    ),
    *(rule(rf"{_SUBJECT}{pattern}{_NO}", sign) for pattern, sign in _SIGNS.items()),
)
