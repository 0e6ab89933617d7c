"""Numbers in Chinese characters and in Korean words."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_DIGITS = dict(zip("〇零一二三四五六七八九两兩壱弐参", (0, 0, *range(1, 10), 2, 2, 1, 2, 3), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_NUMERAL = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_COUNTERS = (
    "个個只隻本人名位岁歳年月日天元円圆块角分枚匹头頭条條张張件台辆輛杯瓶箱次回倍度页頁つ点米斤克升秒周週时時小公千厘平"
    "種种组組层階号號班排袋支颗粒朵棵美欧英"
)
_WORDS_WITH_NUMERALS = ("万一", "千万", "一一", "七八", "三三两两", "一百", "十分", "百万")
_BEHIND_ONE = "共样樣起般定些直下切边邊旦致同"
"""With one before them, words that count nothing: altogether, alike."""
_WEEK = ("周", "週", "星期", "礼拜", "禮拜")
_LONGEST = "{1,24}"  # of one numeral; without a bound, time on hostile text grows with its square
_RUN = re.compile(rf"(?<!第)[{_NUMERAL}]{_LONGEST}(?:点[{''.join(_DIGITS)}]{_LONGEST})?")
_PART = re.compile(rf"([{_NUMERAL}\d]{_LONGEST})分[之の]([{_NUMERAL}\d]{_LONGEST})")
_PERCENT = re.compile(rf"百分之([{_NUMERAL}\d.]{_LONGEST}(?:点[{''.join(_DIGITS)}]{_LONGEST})?)")
_SCALED = rf"\d{_LONGEST}(?:\.\d{_LONGEST})?[{''.join((*_TENS, *_MYRIADS))}]{{1,4}}"
_MIXED = re.compile(rf"(?:{_SCALED}){{1,8}}\d{{0,8}}")
_KOREAN_DIGITS = dict(zip("영일이삼사오육칠팔구", range(10), strict=True))
_KOREAN_TENS = {"십": 10, "백": 100, "천": 1000}
_NATIVE_TENS = dict(
    zip(["열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"], range(10, 100, 10), strict=True)
) | {"스무": 20}
_ONES = ["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"]
_NATIVE = dict(zip(_ONES, range(1, 10), strict=True)) | {
    "한": 1, "두": 2, "세": 3, "네": 4,
}  # fmt: skip
_KOREAN_COUNTER = (
    "개|명|원|살|세|년|일|시간|분|초|마리|권|달러|미터|킬로|번|장|대|병|잔|배"
    "|퍼센트|유로|자루|송이|그루|켤레|쪽|페이지|층"
    "|센티|그램|리터|도|봉지|조각|학생|사람|쌍|줄|통|알|입니다|이다|$"
)
_KOREAN_FACTORS = _KOREAN_TENS | {"만": 10**4, "억": 10**8}
_KOREAN_SCALED = rf"\d{_LONGEST}(?:\.\d{_LONGEST})?[{''.join(_KOREAN_FACTORS)}]{{1,2}}(?![가-힣]{{2}})"
_KOREAN_MIXED = re.compile(rf"{_KOREAN_SCALED}(?:\s?{_KOREAN_SCALED}){{0,3}}(?:\s?\d{{3,4}}(?![\d.,]))?")
_SINO = re.compile(
    rf"(?<![가-힣\d])[{''.join(_KOREAN_DIGITS)}십백천만억]{_LONGEST}(?=\s?(?:{_KOREAN_COUNTER}))"
)
_NATIVE_RUN = re.compile(
    rf"(?<![가-힣])({'|'.join(_NATIVE_TENS)})?({'|'.join(_NATIVE)})?(?=\s?(?:{_KOREAN_COUNTER}))"
)


_FACTORS = _TENS | _MYRIADS | _KOREAN_FACTORS
_MIXED_PART = re.compile(rf"(\d+(?:\.\d+)?)([{''.join(_FACTORS)}]*)")


def hanzi_to_digits(text: str, *, short: bool) -> str:
    """Chinese and Japanese numerals as digits; one character alone only before a counter, or in a short
    text."""
    text = text.replace("千米", "公里").replace("千克", "公斤")
    text = _MIXED.sub(_as_sum, text)
    text = _PERCENT.sub(lambda part: f"{_as_number(part[1])}%", text)
    text = _PART.sub(lambda part: f"{_as_number(part[2])}/{_as_number(part[1])}", text)

    def number(found: re.Match[str]) -> str:
        run, after = found[0], text[found.end() : found.end() + 1]
        if (run in _WORDS_WITH_NUMERALS and after not in _COUNTERS) or all(c in _MYRIADS for c in run):
            return run
        if run == "一" and after and after in _BEHIND_ONE:
            return run
        if (
            len(run) == 1
            and text[: found.start()][-2:].endswith(_WEEK)
            and not (after and after in _COUNTERS)
        ):
            return run  # a day of the week
        if len(run) == 1 and not short and (run == "一" or not after or after not in _COUNTERS):
            return run
        return _as_number(run)

    return _RUN.sub(number, text)


def _as_number(run: str) -> str:
    if run.replace(".", "").isdecimal():
        return run
    whole, _, decimals = run.partition("点")
    if decimals:
        return f"{_as_number(whole)}.{''.join(str(_DIGITS[c]) for c in decimals)}"
    if all(c in _DIGITS for c in whole):
        return "".join(str(_DIGITS[c]) for c in whole)
    return str(_added_up(whole, _DIGITS, _TENS, _MYRIADS))


def _as_sum(found: re.Match[str]) -> str:
    """Digits and characters mixed: 3万5千 is 35000, and 3만 5천 too."""
    total = Decimal(0)
    for digits, factors in _MIXED_PART.findall(found[0]):
        total += Decimal(digits) * math.prod(_FACTORS[factor] for factor in factors)
    return f"{total.normalize():f}"


def _added_up(run: str, digits: dict[str, int], tens: dict[str, int], myriads: dict[str, int]) -> int:
    total = section = digit = 0
    for character in run:
        if character in digits:
            digit = digits[character]
        elif character in tens:
            section, digit = section + (digit or 1) * tens[character], 0
        else:
            total, section, digit = (total + section + digit or 1) * myriads[character], 0, 0
    return total + section + digit


def korean_to_digits(text: str, *, short: bool) -> str:
    """Korean numerals before a counter as digits; of one syllable only in a short text or when native."""

    def sino(found: re.Match[str]) -> str:
        if len(found[0]) == 1 and not short:
            return found[0]
        if len(found[0]) == 2 and found[0][1] == "일" and found[0][0] in _KOREAN_DIGITS:
            return f"{_KOREAN_DIGITS[found[0][0]]}일"  # so many days
        return str(_added_up(found[0], _KOREAN_DIGITS, _KOREAN_TENS, {"만": 10**4, "억": 10**8}))

    def native(found: re.Match[str]) -> str:
        if not found[0] or (found[0] == "한" and not short):
            return found[0]
        return str(_NATIVE_TENS.get(found[1] or "", 0) + _NATIVE.get(found[2] or "", 0))

    return _SINO.sub(sino, _NATIVE_RUN.sub(native, _KOREAN_MIXED.sub(_as_sum, text)))
