# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Loops are found in any script, whole or in pieces; what merely repeats is none."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.loops import WINDOW, LoopFinder, find_loop, may_loop

LOOPS = {
    "a word": "the " * 60,
    "a letter": "Well, a" + "a" * 400,
    "a sentence": "Of course. " + "I am not sure what you mean. " * 8,
    "a paragraph": "The river rises in the hills, and then it runs past the mill and under the old bridge. "
    * 4
    + "\n\n"
    + "The river rises in the hills, and then it runs past the mill and under the old bridge. " * 4,
    "Chinese": "这是一个很好的问题。" * 10,
    "Japanese": "はい、わかりました。" * 10,
    "Korean": "네, 그렇게 하겠습니다. " * 10,
    "Arabic": "نعم، هذا صحيح. " * 12,
    "Russian": "Да, конечно, я помогу. " * 9,
    "numbered": "".join(f"Step {n}: Check the list again.\n" for n in range(1, 20)),
    "zeros": "The answer is 1" + "0" * 1500,
    "a row of numbers": "0, " * 300,
    "blank lines": "Done." + "\n" * 1000,
    "cut in the middle": ("We go on and on about the weather. " * 9)[:-12],
    "different gaps": "I will do it now.\nI will do it now. I will do it now.  " * 4,
}
OTHERS = {
    "nothing": "",
    "a ruler": "Title\n" + "-" * 120 + "\nText",
    "a table": "| a | b | c |\n" + "|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 9,
    "a count": ", ".join(str(n) for n in range(1, 400)),
    "laughter": "Ha ha ha ha ha! " + "Ahahahahahahaha!",
    "a refrain": "Row, row, row your boat\nGently down the stream\n" * 2,
    "a chant": "Never again! " * 4,
    "a list of days": "".join(f"Day {n}: rest.\n" for n in range(1, 31)),
    "cells": "<tr><td></td><td></td><td></td><td></td></tr>\n" * 3,
    "a matrix": "[0, 0, 0, 0, 0, 0, 0, 0],\n" * 8,
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_found(name):
    text = LOOPS[name]
    loop = find_loop(text)
    assert loop is not None
    assert 0 <= loop.start < loop.end <= len(text)
    assert loop.times >= 3
    assert loop.end - loop.start > len(text) * 0.6


@pytest.mark.parametrize("name", OTHERS)
def test_what_merely_repeats_is_no_loop(name):
    assert find_loop(OTHERS[name]) is None


def test_a_loop_says_where_it_is_and_what_is_repeated():
    text = "Good morning to you all! " + "We sing the song once more; " * 6 + "The end."
    loop = find_loop(text)
    assert text[loop.start :].startswith(" We sing the song once more; We sing")
    assert (loop.unit, loop.times) == (" We sing the song once more;", 6)
    assert text[loop.end :] == " The end."


@given(st.text(alphabet="ab 01\n好", max_size=400), st.lists(st.integers(1, 30), max_size=20))
def test_pieces_make_no_difference(text, cuts):
    finder, rest = LoopFinder(), text * 3
    for cut in cuts:
        finder.feed(rest[:cut])
        rest = rest[cut:]
    finder.feed(rest)
    assert finder.close() == find_loop(text * 3)


@given(st.text(min_size=1, max_size=80), st.text(max_size=100))
def test_repeated_long_enough_anything_loops(unit, before):
    loop = find_loop(before + unit * (2000 // len(unit) + 30))
    assert loop is not None
    assert loop.end <= len(before) + len(unit) * (2000 // len(unit) + 30)


def test_a_stream_may_be_stopped_early():
    finder = LoopFinder()
    read = next(n for n in range(1, 10_000) if finder.feed("I will think again. "))
    assert read <= 8


def test_memory_does_not_grow_with_the_text():
    def peak(characters: int) -> int:
        words = (f"w{n * 7919 % 100_003}x " for n in range(characters // 8))
        finder = LoopFinder()
        tracemalloc.start()
        for word in words:
            finder.feed(word)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(40 * WINDOW) < 1.5 * peak(10 * WINDOW)


@pytest.mark.parametrize("name", LOOPS)
def test_no_loop_is_left_out_by_the_quick_look(name):
    assert may_loop(LOOPS[name])


units = st.text(alphabet="abcde .,\n7好", min_size=1, max_size=60)


@given(units, st.integers(3, 60), st.text(alphabet="xyz \n", max_size=50))
def test_the_quick_look_leaves_out_no_loop_of_any_unit(unit, times, around):
    text = around + unit * times + around
    assert may_loop(text) or find_loop(text) is None


unspaced = st.text(alphabet="好文章一二。、a7²1٣", min_size=1, max_size=200)


@given(unspaced, st.integers(3, 60), st.text(alphabet="他説\n", max_size=50))
def test_the_quick_look_leaves_out_no_loop_without_blanks(unit, times, around):
    text = around + unit * times + around
    assert may_loop(text) or find_loop(text) is None


@given(st.lists(st.integers(0, 10**19), min_size=8, max_size=40))
def test_the_quick_look_leaves_out_no_loop_that_counts(numbers):
    text = "".join(f"第{number}步：请仔细检查下面清单里的每一项内容是否都已经完成。" for number in numbers)
    assert find_loop(text) is not None and may_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "You are a tutor. Explain every step, and name the operation before you carry it out.",
        "あなたは小学校の算数の先生です。計算の手順を一つずつ説明し、使った決まりの名前も伝えてください。",
        "你是一家旅行社的顾问。先问清楚出发日期和预算，再推荐三条路线，并说明每条路线的优点和缺点。",
    ],
)
def test_the_quick_look_spares_a_plain_text(text):
    assert not may_loop(text)
