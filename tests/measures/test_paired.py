"""Differences of the same prompts: the p-value is that of all flips, and many comparisons make it larger."""

from itertools import product
from statistics import fmean

import pytest

from sysgen_distilabel.measures.paired import adjust_for_many, compare_paired, is_noise


def test_the_p_value_is_the_share_of_flips_that_come_as_far():
    differences = [0.5, 0.25, 1.0, -0.25, 0.75, 0.0]
    ours = {str(n): difference for n, difference in enumerate(differences)}
    found = compare_paired(ours, dict.fromkeys(ours, 0.0))
    moved = [value for value in differences if value]
    flips = [fmean(s * v for s, v in zip(signs, moved, strict=True)) for signs in product((1, -1), repeat=5)]
    share = fmean(abs(flip) >= fmean(moved) - 1e-12 for flip in flips)
    assert found.p == pytest.approx(share)
    assert found.estimate.mean == pytest.approx(fmean(differences)) and found.estimate.number == 6


def test_only_prompts_of_both_count():
    assert compare_paired({"a": 1.0}, {"b": 0.0}) is None
    assert compare_paired({"a": 1.0, "b": 0.0}, {"b": 0.0}).estimate.number == 1
    assert compare_paired({"a": 1.0}, {"a": 1.0}).p == 1


def test_a_steady_gain_is_no_noise_and_a_wavering_one_is():
    prompts = [str(n) for n in range(60)]
    lower = dict.fromkeys(prompts, 0.0)
    steady = compare_paired({name: float(n % 2) for n, name in enumerate(prompts)}, lower)
    wavering = compare_paired({name: (-1.0) ** n for n, name in enumerate(prompts)}, lower)
    assert not is_noise(steady.p) and is_noise(wavering.p)


def test_p_values_of_several_comparisons_are_adjusted_after_holm():
    assert adjust_for_many([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjust_for_many([0.9, 0.8]) == [1, 1]
    assert adjust_for_many([]) == []
