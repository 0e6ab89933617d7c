"""Says how many there are of something: `1 row`, `2,400 rows`."""

from __future__ import annotations


def count_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun, and what agrees with it.

    Args:
        number: how many there are.
        one: the words for one of them, such as `row repeats`.
        many: the words for any other number, such as `rows repeat`; by default `one` with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
