"""Rows where a look is likely to change something come first."""

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.review.order import Norms, assess, draw, measure_lengths


def row(verdicts, defects=(), outcome="accepted", text="x" * 100, answer="y" * 100):
    phrases = [{"functionality": "Task", "text": "Do it.", "verdict": verdict} for verdict in verdicts]
    aligned = [{"role": "system", "content": text}, {"role": "assistant", "content": answer}]
    messages = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "z" * 100}]
    return {
        "phrases": phrases,
        "tag_defects": list(defects),
        "outcome": outcome,
        "system_message": text,
        "aligned_messages": aligned,
        "messages": messages,
    }


ORDINARY = row(["Good", "Good", "Good"])
NORMS = Norms([measure_lengths(ORDINARY)] * 20)


def risk(one):
    return assess(one, measure_lengths(one), NORMS)


def test_an_ordinary_row_can_wait():
    assert risk(ORDINARY).score == 0 and risk(ORDINARY).reasons == ()


def test_the_nearer_to_the_other_outcome_the_greater_the_risk():
    order = [
        row(["Good", "Bad", "None"]),
        row(["Good", "Good", "Bad"]),
        row(["Good", "Good", "Good", "Bad"]),
        ORDINARY,
    ]
    scores = [risk(one).score for one in order]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 4
    assert risk(order[0]).reasons == ("near_limit",)
    rejected = [row(["Bad"] * number, outcome="every_phrase_rejected") for number in (1, 2, 6)]
    assert [risk(one).score for one in rejected] == sorted(
        (risk(one).score for one in rejected), reverse=True
    )


def test_repaired_tags_and_odd_lengths_count():
    repaired = row(["Good"], ["missing_end@0-10 (repaired): <<Role>>You"])
    dropped = row(["Good"], ["missing_end@0-10: a text that says (repaired)"])
    assert risk(repaired).score > risk(dropped).score > 0
    assert risk(repaired).reasons == ("repaired_tags",)
    assert "odd_length" in risk(row(["Good"], text="x" * 5000)).reasons
    assert "odd_length" in risk(row(["Good"], answer="y" * 9000)).reasons


@given(
    st.lists(st.sampled_from(["Good", "Bad", "None", ""]), min_size=1, max_size=8),
    st.integers(0, 10_000),
    st.integers(1, 10_000),
)
def test_the_score_stays_within_bounds(verdicts, system_message, answer):
    one = row(verdicts, ["x@1-2 (repaired): y"], text="x" * system_message, answer="y" * answer)
    assert 0 <= risk(one).score <= 1


def test_a_random_order_is_the_same_each_time():
    drawn = [draw(f"row-{n}") for n in range(1000)]
    assert drawn == [draw(f"row-{n}") for n in range(1000)] and 0.4 < sum(drawn) / 1000 < 0.6
