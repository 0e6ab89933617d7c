"""Japanese sentences about responses."""

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
        "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "百": 100,
        "二百": 200, "三百": 300,
    },
    languages={
        "日本語": "ja", "英語": "en", "中国語": "zh", "韓国語": "ko", "フランス語": "fr", "ドイツ語": "de",
        "スペイン語": "es", "イタリア語": "it", "ロシア語": "ru", "ポルトガル語": "pt",
    },
)  # fmt: skip
_BIND: Final = r"(?:必ず|常に|いつも|すべて|全て|毎回|、)*"
_ANSWER: Final = (
    r"(?:(?:すべての|全ての|各|毎回の)?(?:回答|返答|応答|返信|出力)(?:全体)?(?:は|を|では"
    r"|には|に|の最初は|の最後は)?、?)"
)
_SUBJECT: Final = rf"{_BIND}{_ANSWER}?{_BIND}"
_DO: Final = (
    r"(?:で|に|として)?(?:回答|返答|応答|出力|返信|記述|作成|表示|収め|まとめ|おさめ|留め"
    r"|抑え|書い|答え|返し|述べ|説明|制限)?"
    r"(?:する|し|る)?(?:てください|て下さい|こと|なさい|ます|ましょう)"
)
_UNITS: Final = {
    Unit.CHARACTERS: r"(?:文字|字)",
    Unit.WORDS: r"(?:単語|語)",
    Unit.SENTENCES: r"文",
    Unit.PARAGRAPHS: r"(?:つの)?段落",
    Unit.LINES: r"行",
    Unit.BULLETS: r"(?:つの|個の)?箇条書き",
}
_LIMIT: Final = (
    rf"(?:最大|最長)?(?P<number>{_WORDS.number}){groups(_UNITS)}"
    r"(?:(?P<most>以内|以下|まで)|(?P<below>未満)|(?P<least>以上)|(?P<exactly>ちょうど|ぴったり))"
)
_BETWEEN: Final = (
    rf"(?P<low>{_WORDS.number})(?:から|~|〜|-)(?P<high>{_WORDS.number}){groups(_UNITS)}(?:以内)?"
)
_COUNTED: Final[dict[Unit, str]] = {
    unit: words for unit, words in _UNITS.items() if unit is not Unit.CHARACTERS
}
_BARE: Final = rf"(?P<number>{_WORDS.number}){groups(_COUNTED)}"
_LIST: Final = rf"(?P<words>{QUOTED}(?:(?:、|や|と|または|および|又は){QUOTED})*)"
_NO: Final = (
    r"(?:(?:は|を|が)?(?:一切|絶対に|決して)?(?:使わない|使用しない|用いない|含めない"
    r"|入れない|書かない|言わない)(?:でください|で下さい|こと|ように(?:して|し)(?:ください"
    r"|て下さい)?|ようにしてください)|(?:は|の使用は)?(?:禁止|禁止です|厳禁))"
)
_SIGNS: Final = {
    r"(?:読点|コンマ|カンマ)": no_signs(",、，"),
    r"(?:絵文字|顔文字や絵文字)": none_of(Unit.EMOJIS),
    r"(?:感嘆符|エクスクラメーションマーク)": no_signs("!！"),
    r"(?:疑問符|クエスチョンマーク)": no_signs("?？"),
    r"(?:句点)": Constraint("punctuation:no_period", {}),
    r"(?:見出し)": none_of(Unit.HEADINGS),
    r"(?:箇条書き)": none_of(Unit.BULLETS),
    r"(?:アラビア数字)": NO_DIGITS,
    r"(?:リンク|url|URL)": Constraint("sysgen:no_links", {}),
    r"(?:マークダウン|markdown)(?:記法|形式)?": Constraint("sysgen:no_markdown", {}),
}
JAPANESE_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.speak(rf"{_SUBJECT}{_WORDS.language}(?:のみ|だけ)?{_DO}"),
    _WORDS.count(rf"{_SUBJECT}{_LIMIT}{_DO}"),
    _WORDS.count(rf"{_SUBJECT}{_LIMIT}(?:です|とする|厳守)?"),
    _WORDS.count(rf"{_SUBJECT}{_BETWEEN}{_DO}"),
    _WORDS.count(rf"{_SUBJECT}{_BARE}{_DO}"),
    _WORDS.count(
        rf"{_SUBJECT}(?P<bullets>箇条書き)(?:を|で)(?P<exactly>ちょうど|ぴったり)?"
        rf"(?P<number>{_WORDS.number})(?:つ|個|項目)(?:(?P<most>以内|以下|まで)|(?P<least>以上))?(?:使っ|使用し|用い)?{_DO}"
    ),
    rule(rf"{_SUBJECT}(?:有効な)?json(?:形式|オブジェクト)?(?:のみ|だけ)?(?:を(?=出力|返|作成))?{_DO}", JSON),
    rule(rf"{_SUBJECT}(?:マークダウンの|markdownの)?表(?:形式)?{_DO}", TABLE),
    rule(rf"{_SUBJECT}(?:番号付き(?:の)?(?:リスト|箇条書き))(?:形式)?{_DO}", some(Unit.NUMBERED)),
    rule(rf"{_SUBJECT}箇条書き(?:形式)?{_DO}", some(Unit.BULLETS)),
    rule(rf"{_SUBJECT}{_LIST}(?:という(?:言葉|単語|語|表現)|の(?:語|単語))?{_NO}", read_forbidden),
    rule(
        rf"{_SUBJECT}{_LIST}(?:という(?:言葉|単語|語|表現))?を(?:必ず)?(?:含め|使用し|使っ|入れ){_DO}",
        read_required,
    ),
    rule(
        rf"{_SUBJECT}(?P<words>{QUOTED})(?:という言葉)?(?:から|で)(?:始め|開始し|書き始め){_DO}", read_start
    ),
    rule(
        rf"{_SUBJECT}(?P<words>{QUOTED})(?:という言葉)?で(?:終え|終わっ|締めくくっ|終わらせ"
        rf"|終了し|締め){_DO}",
        read_end,
    ),
    rule(
        rf"{_SUBJECT}(?:質問|疑問文)で(?:終え|終わっ|締めくくっ|終わらせ){_DO}",
        Constraint("sysgen:ends_with_question", {}),
    ),
    *(rule(rf"{_SUBJECT}{pattern}{_NO}", sign) for pattern, sign in _SIGNS.items()),
)
