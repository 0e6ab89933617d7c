"""Readability by level: told where it differs, and where it does not."""

from sysgen_distilabel.report.figures.level_figures import Levels

EASY = "The cat sat by the fire. It was warm. The dog came in. He was wet and cold."
HARD = (
    "Notwithstanding any provision hereinbefore contained, the undersigned contractor irrevocably"
    " indemnifies the commissioning authority against consequential liabilities."
)


def row_of(level, answer):
    aligned = [
        {"role": "system", "content": EASY},
        {"role": "user", "content": HARD},
        {"role": "assistant", "content": answer},
    ]
    return {"expertise": level, "system_message": EASY, "aligned_messages": aligned}


def count(*rows):
    levels = Levels()
    for row in rows:
        levels.add(row)
    return levels.summarise()


def test_answers_that_differ_by_level_are_told():
    found = count(*[row_of("novice", EASY), row_of("expert", HARD)] * 5)

    assert found["differ"]
    assert found["answers"]["expert"]["mean"] > 60 > found["answers"]["novice"]["mean"]
    assert found["messages"]["expert"] == found["messages"]["novice"]
    assert found["answers"]["novice"]["number"] == 5


def test_answers_that_do_not_are_told_too():
    assert not count(*[row_of("novice", EASY), row_of("expert", EASY), row_of("", HARD)] * 5)["differ"]
    assert not count(row_of("novice", EASY))["differ"], "there is nothing to compare with"
    assert count(row_of("", EASY)) == {}
