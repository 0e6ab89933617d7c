# ruff: noqa: RUF001 (signs of other scripts are meant)
"""The quick look leaves out no loop and spares most texts a closer one."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.loop_signs import may_loop
from sysgen_distilabel.checks.loops import find_loop
from tests.checks.test_loops import LOOPS


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


def test_a_quick_look_at_a_very_long_text_takes_no_memory():
    text = " ".join(f"w{n * 7919 % 1_000_003}x" for n in range(100_000))
    tracemalloc.start()
    assert may_loop(text)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 100_000
