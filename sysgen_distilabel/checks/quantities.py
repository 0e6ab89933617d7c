# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Reads numbers with their units out of a text, and compares them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from sysgen_distilabel.checks.reading_language import DECIMAL_COMMA
from sysgen_distilabel.checks.units import MONEY, Unit, common_scale, find_unit, magnitudes, read_unit

_NUMBER = (
    r"\d{1,3}(?P<gap>[,.' _])\d{3}(?:(?P=gap)\d{3})*(?![\d])(?:[.,]\d+(?![\d.,]*\d))?"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d{1,60}(?:[.,]\d{1,60})?|(?<!\w)\.\d{1,60}"
)
_SIGNS_BEFORE = r"US\$|R\$|[$€£¥₹₩₽₺]|Rs\.?|USD|EUR|GBP"
_QUANTITY = re.compile(
    rf"(?<![A-Za-z_\d^])(?P<sign>(?<![\d)%])(?<![\d)%]\s)[-+])?(?:(?P<before>{_SIGNS_BEFORE})\s?)?(?P<late>-)"
    rf"?"
    rf"(?P<number>{_NUMBER})(?![\d])"
    r"(?:\s?(?:[x×*·]\s?10\s?\^\s?\{?|[eE])(?P<exponent>[-+]?\d{1,3})\}?)?"
    r"(?:\s(?P<top>\d{1,60})/(?P<bottom>\d{1,60})|\s?/\s?(?P<over>\d{1,60}(?:\.\d{1,60})?)(?![\d/]))?"
)
_DIGIT = re.compile(r"\d")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|e|º|ª|ο|-й|-я)\b")
_AND = re.compile(r"[\s,]*(?:and|und|y|e|et|и|و|ve)?\s*")
_NOUN = re.compile(r"[\s*-]*([^\W\d_]+(?:\s[^\W\d_]+)?)")


_WITH_HUNDREDTHS = ("eur", "usd", "gbp", "brl")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        readings: what the digits may mean, the likeliest first: `1.234` is 1234 in German, or 1.234.
        unit: what it measures, see `units.Unit`; None where no known unit stands at it.
        decimals: digits after the decimal sign, or None of a fraction, which is exact.
        start, end: where it stands in the text, with its unit.
        noun: the one or two words after it, in lower case.
        ordinal: whether it is a rank, as "3rd".
    """

    readings: tuple[Fraction, ...]
    unit: Unit | None
    decimals: int | None
    start: int
    end: int
    noun: str = ""
    ordinal: bool = False


def find_quantities(text: str, language: str) -> list[Quantity]:
    """The numbers of a text in plain digits (see `numerals.to_digits`), in their order."""
    if not _DIGIT.search(text):
        return []
    return _joined(text, [_read(text, found, language) for found in _QUANTITY.finditer(text)])


def _joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """Numbers that go on in a smaller unit as one: 1 hour 30 minutes, 5 dollars and 50 cents."""
    kept: list[Quantity] = []
    for quantity in found:
        last = kept[-1] if kept else None
        scales = common_scale(last.unit, quantity.unit) if last and last.unit and quantity.unit else None
        if last and _is_part_of_unit(text, last, quantity):
            kept[-1] = replace(last, readings=(last.readings[0] + quantity.readings[0],), end=quantity.end)
        elif last and _are_coins(text, last, quantity):
            coins = last.readings[0] + quantity.readings[0] / 100
            kept[-1] = replace(last, readings=(coins,), decimals=2, end=quantity.end)
        elif last and scales and scales[0] > scales[1] and _AND.fullmatch(text, last.end, quantity.start):
            ratio = scales[1] / scales[0]
            readings = tuple(
                x + y * ratio for x, y in zip(last.readings[:1], quantity.readings[:1], strict=True)
            )
            kept[-1] = replace(last, readings=readings, decimals=None, end=quantity.end)
        else:
            kept.append(quantity)
    return kept


def _is_part_of_unit(text: str, last: Quantity, quantity: Quantity) -> bool:
    """Whether a fraction behind a whole amount is of the same unit: 2 hours 1/2."""
    return (
        last.unit is not None
        and last.decimals == 0
        and quantity.unit is None
        and quantity.decimals is None
        and quantity.readings[0] < 1
        and text[last.end : quantity.start].strip() in ("", "and", "und", "y", "et", "e")
    )


def _are_coins(text: str, last: Quantity, quantity: Quantity) -> bool:
    """Whether a number of two digits behind a whole amount of money counts its hundredths: 3 Euro 20."""
    return (
        last.unit is not None
        and not last.unit.keys().isdisjoint(_WITH_HUNDREDTHS)
        and last.decimals == 0
        and quantity.unit is None
        and not quantity.noun
        and text[last.end : quantity.start] == " "
        and quantity.end - quantity.start == 2
    )


def _read(text: str, found: re.Match[str], language: str) -> Quantity:
    readings, digits = _values(found["number"], language)
    decimals: int | None = digits
    if found["exponent"]:
        readings = tuple(value * Fraction(10) ** int(found["exponent"]) for value in readings)
    if found["bottom"] and int(found["bottom"]):
        readings = tuple(value + Fraction(int(found["top"]), int(found["bottom"])) for value in readings)
        decimals = None
    elif found["over"] and Fraction(found["over"]):
        readings, decimals = tuple(value / Fraction(found["over"]) for value in readings), None
    if found["sign"] == "-" or found["late"]:
        readings = tuple(-value for value in readings)
    end = found.end()
    ordinal = _ORDINAL.match(text, end)
    factor, end = _magnitude(text, end)
    unit, length = read_unit(text[end:].lstrip(" -~\n")[:40]) if not ordinal else (None, 0)
    if unit:
        end += len(text[end:]) - len(text[end:].lstrip(" -~\n")) + length
    if found["before"]:
        unit = find_unit(found["before"]) or unit
    if unit and unit.keys() & MONEY and len(readings) > 1 and digits in (0, 3):
        readings = (max(readings),)  # nobody writes a thousandth of a coin
    noun = _NOUN.match(text, end if not unit or found["before"] else found.end())
    return Quantity(
        tuple(dict.fromkeys(readings if factor == 1 else (value * factor for value in readings))),
        unit,
        decimals,
        found.start(),
        end,
        noun[1].lower() if noun else "",
        ordinal is not None,
    )


def _magnitude(text: str, end: int) -> tuple[int, int]:
    """What "million" and the like after a number multiply it by, and where they end."""
    factor = 1
    while found := re.compile(r"\s?([^\W\d_]+)\.?").match(text, end):
        word = found[1].lower()
        hit = word if word in magnitudes() else ""
        if not hit and not word[0].isascii():
            hit = next((word[:n] for n in (2, 1) if word[:n] in magnitudes()), "")
        if not hit or (hit in ("mil", "k") and (found[0][0] == " ") != (hit == "mil")):
            break
        factor *= magnitudes()[hit]
        end = found.start(1) + len(hit)
        if text.startswith(". ", end) and hit in ("тыс", "млн", "млрд", "mio"):
            end += 1
    return factor, end


def _values(number: str, language: str) -> tuple[tuple[Fraction, ...], int]:
    """What digits with separators may mean, likeliest first, and how many decimals there are."""
    number = re.sub(r"[' _](?=\d{3})", "", number)
    marks = re.findall(r"[.,]", number)
    if not marks:
        return (Fraction(int(number)),), 0
    last = marks[-1]
    whole, decimals = number.rsplit(last, 1)
    grouped = Fraction(int(re.sub("[.,]", "", number)))
    as_decimal = Fraction(f"{re.sub('[.,]', '', whole) or 0}.{decimals}")
    if len(set(marks)) == 2:
        return (as_decimal,), len(decimals)
    if len(marks) > 1:
        return (grouped,), 0
    if len(decimals) != 3 or not whole or whole.startswith("0") or len(whole) > 3:
        return (as_decimal,), len(decimals)
    if language in DECIMAL_COMMA:
        return ((grouped, as_decimal), 0) if last == "." else ((as_decimal, grouped), 3)
    if last == ",":
        return (grouped,), 0
    return ((as_decimal, grouped), 3) if not language or decimals == "000" else ((as_decimal,), 3)


def same_quantity(one: Quantity, other: Quantity, *, rounded: bool = False) -> bool:
    """Whether two quantities are the same amount.

    A unit that only one of them has is not held against them, 50 % is 0.5 as well as 50, and 120 minutes
    are two hours. What is written with two decimals or more equals what it is rounded or cut from; with
    fewer only where the question or the answer speaks of rounding (`rounded`).
    """
    pairs, converted = [(x, y) for x in one.readings for y in other.readings], False
    if one.unit and other.unit:
        scales = common_scale(one.unit, other.unit)
        if scales:
            pairs, converted = [(x * scales[0], y * scales[1]) for x, y in pairs], scales[0] != scales[1]
        elif "fahrenheit" in one.unit and "celsius" in other.unit:
            pairs, converted = [(_to_celsius(x), y) for x, y in pairs], True
        elif "celsius" in one.unit and "fahrenheit" in other.unit:
            pairs, converted = [(x, _to_celsius(y)) for x, y in pairs], True
        else:
            return False
    if _is_percent(one) and not other.unit:
        pairs += [(x / 100, y) for x, y in pairs]
    elif _is_percent(other) and not one.unit:
        pairs += [(x, y / 100) for x, y in pairs]
    return any(_close(x, y, one, other, rounded=rounded, converted=converted) for x, y in pairs)


def _to_celsius(fahrenheit: Fraction) -> Fraction:
    return (fahrenheit - 32) * 5 / 9


def _is_percent(quantity: Quantity) -> bool:
    return quantity.unit is not None and "percent" in quantity.unit


def _close(
    x: Fraction, y: Fraction, one: Quantity, other: Quantity, *, rounded: bool, converted: bool
) -> bool:
    if x == y:
        return True
    distance = abs(x - y)
    if converted:
        return distance <= abs(x) / 1000
    digits = [quantity.decimals for quantity in (one, other) if quantity.decimals is not None]
    fewest = min(digits, default=99)
    if len(digits) == 2 and digits[0] == digits[1] and not rounded:
        return False
    if fewest >= 2:
        return distance < Fraction(1, 10**fewest)
    if fewest == 1:
        return distance < Fraction(1, 10) and distance <= abs(x) / 100
    if rounded and distance <= abs(x) / 200 and abs(x) > 100:
        return True
    return rounded and fewest == 0 and distance <= Fraction(1, 2) and abs(x) > 1
