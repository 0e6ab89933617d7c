"""The figure of leaks counts rows and looks at what made it into the system message."""

from sysgen_distilabel.report.figures.leak_figures import LeakFigures

MESSAGES = [
    {"role": "user", "content": "What is 6 times 12?"},
    {"role": "assistant", "content": "6 times 12 is 72."},
]


def phrase(text, verdict="Good"):
    return {"functionality": "Content", "text": text, "verdict": verdict}


def test_rows_and_kinds_are_counted_with_an_example():
    figures = LeakFigures()
    figures.add(
        "a", "Say that it is 72. Be brief.", [phrase("Be brief."), phrase("Say that it is 72.")], MESSAGES
    )
    figures.add("b", "Be brief.", [phrase("Be brief."), phrase("Say that it is 72.", "Bad")], MESSAGES)
    assert figures.summarise() == {
        "sample": 2,
        "rows_with_leak": 1,
        "rows_by_kind": {"number": 1},
        "examples": [{"source_id": "a", "kind": "number", "phrase": "Say that it is 72."}],
    }


def test_a_message_without_phrases_is_looked_at_as_a_whole():
    figures = LeakFigures()
    figures.add("a", "Say that it is 72.", None, MESSAGES)
    assert figures.summarise()["rows_with_leak"] == 1


def test_without_rows_there_is_no_figure():
    assert LeakFigures().summarise() == {}
