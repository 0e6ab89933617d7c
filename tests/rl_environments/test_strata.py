"""Tasks are drawn evenly from strata, the same ones again, and as many as there are."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask
from sysgen_distilabel.rl_environments.strata import KINDS, LANGUAGE, draw_tasks, name_strata


def make_task(number, language="en", verifiers=("a",)):
    checks = [{"verifier": verifier} for verifier in verifiers]
    return EnvironmentTask(f"row-{number}", [], "", language, checks, [])


@given(st.lists(st.sampled_from(["en", "de", "ko"]), max_size=40), st.integers(1, 50))
def test_no_stratum_is_more_than_one_ahead_of_another_that_has_more(languages, number):
    tasks = [make_task(place, language) for place, language in enumerate(languages)]
    drawn = draw_tasks(tasks, number, LANGUAGE)
    assert len(drawn) == min(number, len(tasks)) and drawn == [task for task in tasks if task in drawn]
    there, taken = Counter(languages), Counter(task.language for task in drawn)
    for one in there:
        for other in there:
            assert taken[other] <= taken[one] + 1 or taken[one] == there[one]


def test_a_task_counts_as_the_rarest_of_its_kinds():
    tasks = [make_task(0, verifiers=("a", "b")), make_task(1), make_task(2, verifiers=("b",)), make_task(3)]
    assert name_strata(tasks, KINDS) == ["b", "a", "b", "a"]
    tasks.append(make_task(4, verifiers=("b", "c")))
    assert name_strata(tasks, KINDS)[-1] == "c"


def test_a_greater_sample_has_the_smaller_one_in_it():
    tasks = [make_task(number, ("en", "de")[number % 3 == 0]) for number in range(30)]
    small, great = ({task.id for task in draw_tasks(tasks, number, LANGUAGE)} for number in (7, 15))
    assert small < great
