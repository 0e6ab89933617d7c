"""Rows where a look is likely to change something come first."""

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.review.judged import judge_score, judged_preference
from sysgen_distilabel.review.queue_order import Norms, assess, draw, measure_lengths


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


def test_votes_that_are_split_count_and_those_that_agree_do_not():
    split, near, agreed = ({**ORDINARY, "good_shares": shares} for shares in ([1, 0.5], [1, 0.8], [1, 0]))
    assert risk(split).score > risk(near).score > risk(agreed).score == 0
    assert risk(split).reasons == ("judges_disagree",)


def judged(request="aligned", system_message="aligned", order=("aligned", "aligned"), format="aligned"):
    pair = dict(zip(("original_first", "aligned_first"), order, strict=True))
    verdicts = {"request": request, "system_message": system_message}
    alignment = [("Role", "aligned"), ("Format", format), ("Overall", "not_aligned"), ("Tool", "unreadable")]
    return row(["Good"]) | {
        "pair_judgements": [{"question": q, "verdict": v, "judge": "j", **pair} for q, v in verdicts.items()],
        "alignment_judgements": [
            {"functionality": name, "verdict": verdict, "response": "aligned"} for name, verdict in alignment
        ],
    }


def test_judges_count_where_they_were_asked():
    assert risk(judged()).score == 0 and judge_score(judged()) == 1.0
    assert judged_preference(judged()) == ("aligned", "j")
    assert risk(judged(request="original")).reasons == ("judges_disagree",)
    assert risk(judged(format="not_aligned")).reasons == ("judges_disagree",)
    assert judge_score(judged(format="not_aligned")) == 0.5
    in_two_minds = judged(request="tie", system_message="tie", order=("aligned", "original"))
    assert 0 < risk(in_two_minds).score < risk(judged(request="original")).score
    assert judge_score(ORDINARY) is None and judged_preference(ORDINARY) is None


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
