"""Chinese sentences about responses."""

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
        "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
        "二十": 20, "三十": 30, "五十": 50, "一百": 100, "百": 100, "两百": 200, "二百": 200, "三百": 300,
        "五百": 500,
    },
    languages={
        "中文": "zh", "汉语": "zh", "简体中文": "zh", "普通话": "zh", "英文": "en", "英语": "en",
        "日语": "ja", "日文": "ja", "韩语": "ko", "韩文": "ko", "法语": "fr", "德语": "de", "西班牙语": "es",
        "俄语": "ru",
        "葡萄牙语": "pt", "意大利语": "it", "阿拉伯语": "ar",
    },
)  # fmt: skip
_BIND: Final = (
    r"(?:请|你|您|必须|务必|应当|应该|应|需要|需|要|始终|总是|一律|全部|只能|只|仅|都|须|一定要|始终都|均)*"
)
_ANSWER: Final = (
    r"(?:(?:你的|您的|每个|每次|所有|全部|整个|每一个|每条)*(?:回答|回复|答复|答案|输出"
    r"|内容|回应)(?:内容|长度|字数)?)"
)
_SAY: Final = r"(?:回答|回复|作答|答复|回应|书写|写作|写|输出|返回|表达|交流|撰写|呈现|给出答案|给出)"
_SUBJECT: Final = rf"(?:{_BIND}{_ANSWER})?{_BIND}"
_UNITS: Final = {
    Unit.CHARACTERS: r"(?:个)?(?:汉字|字符|字)",
    Unit.WORDS: r"(?:个)?(?:单词|词)",
    Unit.SENTENCES: r"(?:个)?(?:句话|句子|句)",
    Unit.PARAGRAPHS: r"(?:个)?(?:段落|段话|段)",
    Unit.LINES: r"行",
    Unit.BULLETS: r"(?:个)?(?:要点|项目符号)",
}
_RELATION: Final = (
    r"(?:(?P<most>不(?:要|得|能|应|可)?(?:超过|多于|超出)|最多(?:不超过)?|至多|控制在|限制在|限)"
    r"|(?P<below>少于|低于|小于)|(?P<least>至少(?:要)?|不(?:得|能|要)?(?:少于|低于)|最少)|"
    r"(?P<above>超过|多于)"
    r"|(?P<exactly>恰好|正好|刚好))"
)
_QUANTITY: Final = (
    rf"(?:(?:在)?(?P<low>{_WORDS.number})(?:到|至|-|~)(?P<high>{_WORDS.number}){groups(_UNITS)}(?:之间)?)"
)
_LIMIT: Final = rf"{_RELATION}(?:用|使用|写)?(?P<number>{_WORDS.number}){groups(_UNITS)}(?:以内|之内)?"
_WITHIN: Final = (
    rf"(?:在|控制在|限制在|用)?(?P<number>{_WORDS.number}){groups(_UNITS)}(?P<limit>以内|之内|以下)"
)
_BARE: Final = (
    r"(?:用|以|使用|写|分(?:成|为)?|包含)(?:(?P<exactly>恰好|正好|刚好))?"
    rf"(?P<number>{_WORDS.number}){groups(_UNITS)}"
)
_LIST: Final = (
    rf"(?P<words>{QUOTED}(?:(?:、|和|或|及|与|以及|,|，)?{QUOTED})*)(?:(?:这|等)?(?:两|三"
    rf"|几|些)?个?(?:词语?|字|短语|字样)|一词)?"
)
_NO: Final = (
    r"(?:不要|不得|禁止|不能|不可以?|切勿|避免|请勿|勿|不)(?:在回答中|在回复中)?(?:使用"
    r"|出现|包含|用|提及|说|加入|添加)?(?:任何)?"
)
_USE: Final = r"(?:使用|用|以|采用|按|按照)"
_SIGNS: Final = {
    r"逗号": no_signs(",，"),
    r"(?:表情符号|表情|emoji|emoji表情)": none_of(Unit.EMOJIS),
    r"(?:感叹号|叹号)": no_signs("!！"),
    r"问号": no_signs("?？"),
    r"(?:句号)": Constraint("punctuation:no_period", {}),
    r"分号": no_signs(";；"),
    r"(?:阿拉伯数字)": NO_DIGITS,
    r"(?:链接|网址|超链接)": Constraint("sysgen:no_links", {}),
    r"(?:markdown|markdown格式|markdown语法)": Constraint("sysgen:no_markdown", {}),
    r"(?:标题|markdown标题)": none_of(Unit.HEADINGS),
    r"(?:项目符号|项目符号列表)": none_of(Unit.BULLETS),
    r"(?:第一人称|第一人称代词)": Constraint("sysgen:no_first_person", {"language": "zh"}),
}
CHINESE_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.speak(
        rf"{_SUBJECT}(?:用|使用|以|采用|为){_WORDS.language}(?:来)?(?:进行)?"
        rf"(?:{_SAY}(?:(?:所有|全部)(?:的)?(?:问题|提问))?)?"
    ),
    _WORDS.speak(rf"{_SUBJECT}{_SAY}(?:的)?语言(?:必须)?(?:为|是|用){_WORDS.language}"),
    _WORDS.count(rf"{_SUBJECT}(?:用|以|列出|给出|写出|分为|分成)?{_LIMIT}(?:来)?(?:{_SAY})?"),
    _WORDS.count(rf"{_SUBJECT}(?:{_SAY}|字数|篇幅|长度)?{_WITHIN}(?:{_SAY})?"),
    _WORDS.count(rf"{_SUBJECT}(?:{_SAY}|字数|篇幅|长度)?(?:控制|限制)?{_QUANTITY}"),
    _WORDS.count(rf"(?:{_SUBJECT}|{_BIND}{_SAY})(?:字数|篇幅|长度)?{_LIMIT}"),
    _WORDS.count(
        rf"{_SUBJECT}(?P<exactly>恰好|正好|刚好)(?:用|写|分(?:成|为)|包含)(?P<number>{_WORDS.number}){groups(_UNITS)}"
    ),
    _WORDS.count(rf"{_SUBJECT}{_BARE}(?:来)?(?:{_SAY})?"),
    rule(
        rf"{_SUBJECT}(?:{_USE}|{_SAY})?(?:为|成)?(?:有效的|合法的|标准)?json(?:格式"
        rf"|对象)?(?:来)?(?:{_SAY})?(?:结果)?"
        r"(?:[,，]?(?:不要|不得|不)(?:添加|包含|输出|加)任何(?:其他|额外|多余)?(?:的)?(?:解释|说明|文字|文本|内容))?",
        JSON,
    ),
    rule(rf"{_SUBJECT}{_USE}(?:markdown)?表格(?:形式|格式)?(?:来)?{_SAY}", TABLE),
    rule(rf"{_SUBJECT}{_USE}(?:编号|有序|数字)列表(?:形式|格式|的形式)?(?:来)?{_SAY}", some(Unit.NUMBERED)),
    rule(
        rf"{_SUBJECT}{_USE}(?:项目符号|无序列表|项目符号列表|要点列表)(?:形式|格式|的形式)?(?:来)?{_SAY}",
        some(Unit.BULLETS),
    ),
    rule(
        rf"{_BIND}(?:{_ANSWER}(?:中|里))?{_BIND}{_NO}(?:词语|单词|词|字眼|短语)?{_LIST}",
        read_forbidden,
    ),
    rule(
        rf"{_SUBJECT}(?:包含|使用|提到|出现)(?:关键词|词语|单词|词)?(?P<words>{QUOTED}(?:(?:、"
        rf"|和|及|与){QUOTED})*)(?:这?(?:两|三|几)?个?(?:词语?|关键词))?",
        read_required,
    ),
    rule(
        rf"{_SUBJECT}(?:以|用)(?P<words>{QUOTED})(?:这句话|一词|二字)?(?:作为)?(?:开头|开始|开场)", read_start
    ),
    rule(
        rf"{_SUBJECT}(?:以|用)(?P<words>{QUOTED})(?:这句话|一词|二字)?(?:作为)?(?:结尾|结束|收尾)", read_end
    ),
    rule(
        rf"{_SUBJECT}(?:以|用)(?:一个)?(?:问题|问句|提问)(?:作为)?(?:结尾|结束|收尾)",
        Constraint("sysgen:ends_with_question", {}),
    ),
    *(rule(rf"{_SUBJECT}{_NO}{pattern}", sign) for pattern, sign in _SIGNS.items()),
)
