"""Numbers and their nouns agree."""

import pytest

from sysgen_distilabel.plural import count_of


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2400, ("row",), "2,400 rows"),
        (1, ("row has", "rows have"), "1 row has"),
        (3, ("row has", "rows have"), "3 rows have"),
    ],
)
def test_one_is_singular_and_all_else_plural(number, words, said):
    assert count_of(number, *words) == said
