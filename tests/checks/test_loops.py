"""Loops are found in any script, whole or in pieces; what merely repeats is none."""

import random
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.checks.loops import WINDOW, Loop, LoopFinder, find_loop

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


def prose(characters: int) -> str:
    """Words at random, in which nothing comes again and again."""
    choice = random.Random(0)
    return "".join(choice.choices("aeiolmnrst ", k=characters))


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("before", [8 * WINDOW - 50, 40 * WINDOW])
def test_a_loop_at_the_end_of_a_long_text_is_found(name, before):
    text, alone = prose(before) + "\n#", find_loop(LOOPS[name])
    loop = find_loop(text + LOOPS[name])
    assert loop == Loop(alone.start + len(text), alone.end + len(text), alone.unit, alone.times)


def test_a_loop_that_is_most_of_a_long_text_is_found_to_its_end():
    before, unit = prose(3_000), "I will think again about it. "
    loop = find_loop(f"{before}: {unit * 50_000}#{before}")
    assert (loop.unit.strip(), loop.times) == (unit.strip(), 50_000)
    assert loop.start == len(before) + 1
    assert loop.end - loop.start == len(unit) * 50_000


LONG = prose(8 * WINDOW)


@settings(max_examples=30)
@given(st.integers(0, 400), st.text(alphabet="ab 01\n好", max_size=60), st.integers(1, 60))
def test_where_a_long_text_is_cut_to_be_read_makes_no_difference(start, unit, times):
    text = LONG[start:] + unit * times + "."
    finder = LoopFinder()
    finder.feed(text)
    assert find_loop(text) == finder.close()


def lines_run(text: str) -> int:
    """How many lines of Python the search runs."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_loop(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("text", ["A", "[", "ab ", "I am not sure what you mean. ", "\n", "0", "好"])
def test_a_very_long_loop_costs_little(text):
    assert lines_run(text * (100_000 // len(text))) < 60_000


@pytest.mark.parametrize("alphabet", ["ab", "abc", "0123456789", "1, ", "[]{}", "ab 1\n"])
def test_a_text_of_chance_costs_in_proportion_to_it(alphabet):
    text = "".join(random.Random(3).choices(alphabet, k=20_000))
    short, long = lines_run(text[:10_000]), lines_run(text)
    assert long < 2.2 * short
    assert long < 25 * len(text)


def test_memory_does_not_grow_with_the_text():
    def peak(characters: int) -> int:
        words = "".join(f"w{n * 7919 % 100_003}x " for n in range(characters // 8))
        finder = LoopFinder()
        tracemalloc.start()
        for start in range(0, len(words), 512):
            finder.feed(words[start : start + 512])
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(40 * WINDOW) < 1.5 * peak(20 * WINDOW)
