"""Compares parsed expressions by their values at a few points, which takes no time to speak of."""

from __future__ import annotations

import cmath
from typing import Any

_POINTS = (("17/13", 1), ("29/11", 2), ("5/7", 3))
_DIGITS = 15
_EXACT, _ROUNDED = 1e-9, 2e-3  # of the larger value; a decimal may be rounded from a root
_MOST_OPERATIONS = 60
_LARGEST_POWER = 6  # of a sum: beyond it sympy multiplies out for minutes


def same_values(one: Any, other: Any) -> bool | None:
    """Whether two sympy expressions have the same value wherever they are looked at.

    None where either has no value (an interval, an equation of two sides) or none at a point.
    An equation `y = …` counts as its right side, and so does any equation beside what is none; a decimal
    may be what a root was rounded to.
    """
    import sympy

    if isinstance(one, sympy.MatrixBase) and isinstance(other, sympy.MatrixBase):
        return _same_entries(one, other)
    if isinstance(one, sympy.Eq) != isinstance(other, sympy.Eq):
        one, other = (side.rhs if isinstance(side, sympy.Eq) else side for side in (one, other))
    one, other = _right_side(one), _right_side(other)
    if not _has_values(one) or not _has_values(other):
        return None
    names = sorted(str(symbol) for symbol in one.free_symbols | other.free_symbols)
    if len(names) > 5:
        return None
    rounded = not names and bool(one.atoms(sympy.Float) or other.atoms(sympy.Float))
    pairs = [(_value(one, names, point), _value(other, names, point)) for point in range(len(_POINTS))]
    if not all(cmath.isfinite(value) for pair in pairs for value in pair):
        return None
    return all(_close(*pair, within=_ROUNDED if rounded else _EXACT) for pair in pairs)


def _same_entries(one: Any, other: Any) -> bool | None:
    """Whether two matrices have the same shape and the same entries."""
    if one.shape != other.shape:
        return False
    said = [same_values(a, b) for a, b in zip(one, other, strict=True)]
    return False if False in said else None if None in said else True


def is_small(expression: Any) -> bool:
    """Whether sympy works an expression out quickly: few operations, and no high power of a sum."""
    import sympy

    if not isinstance(expression, sympy.Basic) or expression.count_ops() > _MOST_OPERATIONS:
        return False
    return not any(
        power.base.is_Add and not (power.exp.is_number and abs(power.exp) <= _LARGEST_POWER)
        for power in expression.atoms(sympy.Pow)
    )


def _right_side(expression: Any) -> Any:
    import sympy

    if isinstance(expression, sympy.Eq) and (expression.lhs.is_Symbol or expression.lhs.is_Function):
        return expression.rhs
    return expression


def _has_values(expression: Any) -> bool:
    import sympy

    return isinstance(expression, sympy.Expr) and not expression.has(sympy.Integral, sympy.Sum, sympy.Limit)


def _value(expression: Any, names: list[str], point: int) -> complex:
    import sympy

    start, step = _POINTS[point]
    values = {name: sympy.Rational(start) + step * at for at, name in enumerate(names)}
    symbols = {symbol: values[str(symbol)] for symbol in expression.free_symbols}
    return complex(expression.evalf(_DIGITS, subs=symbols))


def _close(one: complex, other: complex, *, within: float) -> bool:
    return abs(one - other) <= within * max(abs(one), abs(other), within)
