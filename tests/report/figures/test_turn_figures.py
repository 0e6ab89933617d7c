"""What becomes of each turn, counted by hand."""

from sysgen_distilabel.report.figures.turn_figures import TurnFigures
from sysgen_distilabel.report.page.turn_tables import TURN_HEAD, tabulate_turns
from tests.tasks.test_turn_modes import MESSAGES

ALIGNED = [{"role": "system", "content": "Be brief."}, *MESSAGES]
CONSTRAINTS = [{"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Do not use commas."}]


def row(broken=(), answers=(), constraints=CONSTRAINTS):
    notes = [
        {"turn": n, "answer": answer, "refers_back": int(n == 2), "rewritten_from": "x" if n == 2 else ""}
        for n, answer in enumerate(answers, start=1)
    ]
    entries = [{"turn": turn, "verifier": "v", "phrase": "p"} for turn in broken]
    return {
        "messages": MESSAGES,
        "aligned_messages": ALIGNED,
        "answer_turns": notes,
        "constraints": list(constraints),
        "broken_constraints": entries,
    }


def summarise(*rows):
    figures = TurnFigures()
    for given in rows:
        figures.add(given)
    return figures.summarise()


def test_persistence_is_of_the_turns_up_to_each():
    found = summarise(row(), row(broken=[2]), row(broken=[1, 3]), row(constraints=()))
    assert [found[turn]["followed_so_far"] for turn in "123"] == [2, 1, 1]
    assert {found[turn]["checkable"] for turn in "123"} == {3}
    assert {found[turn]["conversations"] for turn in "123"} == {4}
    assert [found[turn]["refers_back"] for turn in "123"] == [0, 4, 0], "told by the signs, without notes"


def test_what_the_run_noted_counts():
    found = summarise(
        row(answers=["regenerated", "kept", "regenerated"]),
        row(answers=["original", "original", "regenerated"]),
    )
    assert [found["2"][key] for key in ("kept", "original", "regenerated", "rewritten")] == [1, 1, 0, 2]
    assert found["3"]["checkable"] == 1, "answers that never saw the message say nothing of persistence"


def test_verdicts_of_a_judge_are_counted_per_turn():
    verdicts = [("coherent", "not_coherent"), ("coherent", "unreadable"), ("unknown", "coherent")]
    judged = [
        {"coherence": [{"turn": 2, "verdict": second}, {"turn": 3, "verdict": third}]}
        for second, third in verdicts
    ]
    found = summarise(*(row() | coherence for coherence in judged), row())
    keys = ("coherent", "not_coherent", "coherence_unknown")
    assert [[found[turn][key] for key in keys] for turn in "123"] == [[0, 0, 0], [2, 0, 1], [1, 1, 1]]
    cells = [line[TURN_HEAD.index("coherent, by a judge")] for line in tabulate_turns(found)]
    assert cells[0] == "" and cells[1].startswith("66.7 % (") and cells[1].endswith(" of 3")


def test_one_answer_is_no_conversation_of_several_turns():
    assert summarise({"messages": MESSAGES[:2], "aligned_messages": ALIGNED[:3]}) == {}


def test_the_table_has_a_cell_for_every_heading():
    table = tabulate_turns(summarise(row(), row(broken=[2])))
    assert all(len(cells) == len(TURN_HEAD) for cells in table)
    assert table[1][0] == "2" and table[1][-1] == "50.0 % (9.5 % to 90.5 %) of 2"
