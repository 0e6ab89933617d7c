"""The table of a proof compares the same prompts, over seeds, and says what is noise."""

import pytest

from sysgen_distilabel.workflows.prove.comparison import Graded, choose_best, compare_arms, tabulate


def answers(arm, scores, seed=0, test="t", role="native", group=""):
    return [Graded(arm, seed, test, role, f"p{n}", score, group) for n, score in enumerate(scores)]


def line(lines, arm, role="native", group=""):
    return next(each for each in lines if (each.arm, each.role, each.group) == (arm, role, group))


def test_a_prompt_counts_once_with_the_mean_of_its_seeds():
    graded = [
        *answers("none", [0.0, 0.0]),
        *answers("sysgen", [1.0, 0.0], seed=0),
        *answers("sysgen", [0.0, 0.0], seed=1),
    ]
    found = line(compare_arms(graded, "none"), "sysgen")
    assert found.followed.mean == 0.25 and found.followed.number == 2
    assert found.seeds == [0.5, 0.0] and found.against.estimate.mean == 0.25


def test_a_clear_gain_is_better_and_a_small_one_is_within_noise():
    graded = [
        *answers("none", [0.0] * 40),
        *answers("sysgen", [1.0] * 20 + [0.0] * 20),
        *answers("default", [1.0] + [0.0] * 39),
    ]
    lines = compare_arms(graded, "none")
    assert line(lines, "sysgen").verdict == "better"
    assert line(lines, "default").verdict == "within noise"
    assert line(lines, "none").verdict == "" and line(lines, "none").against is None


def test_a_loss_is_worse():
    graded = [*answers("none", [1.0] * 30), *answers("sysgen", [0.0] * 30)]
    assert line(compare_arms(graded, "none"), "sysgen").verdict == "worse"


def test_more_arms_make_a_difference_less_sure():
    base, ours = answers("none", [0.0] * 12), answers("sysgen", [1.0] * 6 + [0.0] * 6)
    alone = line(compare_arms([*base, *ours], "none"), "sysgen")
    others = [one for n in range(3) for one in answers(f"other-{n}", [0.0] * 12)]
    among = line(compare_arms([*base, *ours, *others], "none"), "sysgen")
    assert among.p == pytest.approx(4 * alone.p)
    assert alone.verdict == "better" and among.verdict == "within noise"


def test_the_lines_come_by_test_role_and_group_with_all_prompts_first():
    graded = [
        *answers("none", [1.0], test="b", group="new"),
        *answers("none", [1.0], test="b", group="known"),
        *answers("none", [0.0], test="a", role="folded"),
        *answers("none", [0.0], test="a"),
    ]
    places = [(each.test, each.role, each.group) for each in compare_arms(graded, "none")]
    assert places == [
        *(("b", "native", group) for group in ("", "known", "new")),
        *(("a", role, "") for role in ("native", "folded")),
    ]


def test_a_single_group_says_nothing_more():
    lines = compare_arms(answers("none", [1.0], group="only"), "none")
    assert [each.group for each in lines] == [""]


def test_the_best_arm_is_that_of_the_first_test():
    graded = [
        *answers("base", [1.0, 1.0]),
        *answers("none", [0.0, 0.0]),
        *answers("sysgen", [1.0, 0.0]),
        *answers("none", [1.0, 1.0], test="second"),
    ]
    lines = compare_arms(graded, "none")
    assert choose_best(lines, ["none", "sysgen"]) == "sysgen"
    head, *rows = tabulate(lines)
    assert len(rows) == 4 and all(len(row) == len(head) for row in rows)
    assert rows[2][3:7] == ["sysgen", "50.0 (9.5 to 90.5)", "50.0", "+50.0 (+0.0 to +100.0)"]
