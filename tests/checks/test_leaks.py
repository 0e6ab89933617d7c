"""Leaks: what only a reader of the answer can know is found; what fits any conversation is not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.leaks import Leak, LeakKind, find_leaks

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "leaks.jsonl"
GENERIC = (
    "You are a helpful assistant.",
    "Think step by step and check the result.",
    "Use 3 bullet points of at most 20 words each.",
    'End with "#### <number>" on its own line.',
    "Return a JSON object with the keys answer and explanation.",
    "Eres un asistente amable que responde con claridad.",
    "Antworte höflich und in ganzen Sätzen.",
    "请用简洁的语言回答,不超过100字。",
    "丁寧な言葉で三文以内で答えてください。",
    "Отвечай кратко и по делу, не более 50 слов.",
    "أجب باختصار وبأسلوب واضح.",
    "सरल भाषा में उत्तर दें।",
)


def talk(question, answer):
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


CLIPS = talk(
    "Mara sold clips to 48 friends in April and half as many in May. How many in total?",
    "She sold 48/2 = 24 clips in May and 48 + 24 = 72 clips in total.",
)


@pytest.mark.parametrize(
    ("phrase", "messages", "kind"),
    [
        ("State that Mara sold 72 clips.", CLIPS, "number"),
        ("The result is seventy-two.", CLIPS, "number"),
        ("First find the 24 clips of May.", CLIPS, "number"),
        ("Sag, dass es zweiundsiebzig sind.", CLIPS, "number"),
        ("La réponse est soixante-douze.", CLIPS, "number"),
        ("Укажи, что всего семьдесят два.", CLIPS, "number"),
        ("答案是七十二。", CLIPS, "number"),
        ("الناتج هو ٧٢.", CLIPS, "number"),
        (
            "State that it is 1,250,000 euros.",
            talk("What does it cost?", "It costs 1250000 euros."),
            "number",
        ),
        ("Sage, dass es 1.250,5 sind.", talk("Wie viel?", "Es sind 1250,50 Euro."), "number"),
        ("Say that 75% are left.", talk("How much is left?", "3/4 of it is left."), "number"),
        ("State that it is ¾.", talk("How much is left?", "0.75 of it is left."), "number"),
        ("Say it has 3 million people.", talk("How large is it?", "It has 3,000,000 people."), "number"),
        ("State that option B is right.", talk("Which one? A) Oslo B) Rome", "B) Rome"), "choice"),
        ("Show why Rome is the right one.", talk("Which one? A) Oslo B) Rome", "B) Rome"), "choice"),
        ("Zeige, warum Rom richtig ist.", talk("Was stimmt? A) Oslo B) Rom", "B) Rom"), "choice"),
        ("Say that it is negative.", talk("Is this positive or negative: bad!", "Negative"), "choice"),
        (
            "State that the Moon is larger.",
            talk("Which is larger, the Moon or Pluto?", "The Moon."),
            "choice",
        ),
        (
            "Choose the beech as the right option.",
            talk("Which tree is that? A) oak B) beech C) fir", "It is a beech, so B."),
            "choice",
        ),
        (
            "Sage, dass die Buche richtig ist.",
            talk("Welcher Baum ist das?\na) Eiche\nb) Buche\nc) Tanne", "b) Buche"),
            "choice",
        ),
        (
            "Di que son once pájaros.",
            talk("¿Cuántos pájaros de los 15 quedan?", "Quedan 15 - 4 = 11 pájaros."),
            "number",
        ),
        (
            "Mention the 150 pages of the second day.",
            talk(
                "I read 60 pages and then some more pages. How many?",
                "60 + 90 = 150 pages. With 8 it is 158.",
            ),
            "number",
        ),
        (
            "정약용이 썼다고 말하세요.",
            talk("목민심서는 누가 썼나요?", "목민심서는 정약용이 썼습니다."),
            "paraphrase",
        ),
        ("Reply with no.", talk("Is 9 prime?", "No, 9 is 3 times 3."), "choice"),
        (
            'Call it "The Daily Grind".',
            talk("A name for a cafe?", "1. The Daily Grind\n2. Bean There"),
            "choice",
        ),
        ("Show [1, 2, 5, 9].", talk("Sort 9 5 2 1", "sorted(x)  # [1, 2, 5, 9]"), "code"),
        ("Use `sorted(items)[::-1]`.", talk("Reverse it.", "```\nx = sorted(items)[::-1]\n```"), "code"),
        ("Mention Canberra.", talk("What is the capital?", "The capital is Canberra."), "name"),
        ("指出首都是堪培拉。", talk("澳大利亚的首都是哪里?", "澳大利亚的首都是堪培拉。"), "paraphrase"),
        (
            "Suggest the carrots and the parsnips.",
            talk("What do I buy?", "- carrots\n- parsnips\n- leeks"),
            "items",
        ),
        (
            "Tell how grey waves fold the pale light.",
            talk("Write about the sea.", "Grey waves fold the pale light of dawn."),
            "run",
        ),
        (
            "Answer this: why do cats purr when they are stroked?",
            talk("Why do cats purr when they are stroked?", "Nobody knows for certain."),
            "question",
        ),
        (
            "She works 6 hours a day for $14, 5 days a week.",
            talk("Lena earns $14 an hour, 6 hours a day, 5 days a week. How much is it?", "It is $420."),
            "question",
        ),
    ],
)
def test_a_phrase_that_hands_over_the_answer_is_found(phrase, messages, kind):
    assert kind in {leak.kind for leak in find_leaks([phrase], messages)}


@pytest.mark.parametrize(
    ("phrase", "messages"),
    [
        ({"functionality": "Format", "text": "Give 3 points of 72 words."}, CLIPS),
        ({"functionality": "Task", "text": "Solve problems about clips sold to friends."}, CLIPS),
        ({"functionality": "Background", "text": "The user asks about 48 friends."}, CLIPS),
        ({"functionality": "Format", "text": "Begin with A, B, C or D."}, talk("A) x B) y", "B) y")),
        (
            {"functionality": "Task", "text": "Say positive or negative."},
            talk("positive or negative? bad!", "Negative"),
        ),
        (
            {"functionality": "Format", "text": "Return JSON with the keys name and age."},
            talk("As JSON with the keys name and age: Bo, 5", '{"name": "Bo", "age": 5}'),
        ),
        (
            {"functionality": "Tool", "text": "Call `find_flights` before you name a price."},
            talk("A flight to Rome, please", "find_flights('ROM')"),
        ),
        (
            {"functionality": "Style", "text": "Write Python that follows PEP 8."},
            talk("Sort a list", "Use Python's sort"),
        ),
        (
            {"functionality": "Role", "text": "You are Captain Ahab, who hunts a whale."},
            talk(
                "Who are you?",
                "I am Captain Ahab of the Pequod, and I shall chase him round perdition's flames.",
            ),
        ),
    ],
)
def test_a_phrase_about_form_or_topic_is_no_leak(phrase, messages):
    assert find_leaks([phrase], messages) == []


@pytest.mark.parametrize(
    "phrase",
    [
        "Say of each option, the oak, the beech and the fir, why it fits.",
        "Compare the oak with other trees.",
        "Explain once why the option is right.",
        "Find the right words for each of the oak, the beech and the fir.",
        "Write at most 150 words.",
    ],
)
def test_options_and_lengths_that_tell_nothing_are_no_leak(phrase):
    question = "Which tree is that? A) oak B) beech C) fir. Write 40 words."
    assert (
        find_leaks([phrase], talk(question, "It is a beech, so B. It has grown for 11 or 150 years.")) == []
    )


def test_units_in_katakana_are_no_names():
    messages = talk("富士山の高さは?", "高さは3776メートルです。")
    assert find_leaks(["高さはメートルで示してください。"], messages) == []


def test_a_leak_names_its_phrase_and_its_evidence():
    leaks = find_leaks(
        [
            {"functionality": "Role", "text": "You teach maths."},
            {"functionality": "Content", "text": "It is 72."},
        ],
        CLIPS,
    )
    assert leaks == [Leak(1, LeakKind.NUMBER, "72")]


def test_what_a_tool_returned_is_part_of_the_answer_and_its_name_is_not():
    messages = [
        {"role": "user", "content": "How warm is it?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"function": {"name": "get_weather", "arguments": "{}"}}],
        },
        {"role": "tool", "content": '{"degrees": 31}'},
        {"role": "assistant", "content": [{"type": "text", "text": "Hot."}]},
    ]
    leaks = find_leaks(["Call get_weather.", "Say it has 31 degrees."], messages)
    assert {leak.phrase for leak in leaks} == {1}


def test_a_system_message_that_stood_there_before_is_known():
    messages = [
        {"role": "system", "content": "The fee is 12 doubloons."},
        *talk("What is the fee?", "12 doubloons"),
    ]
    assert find_leaks(["Keep in mind that the fee is 12 doubloons."], messages) == []


@pytest.mark.parametrize(
    "row", [json.loads(line) for line in BENCHMARK.read_text(encoding="utf-8").splitlines()]
)
def test_what_fits_any_conversation_leaks_from_none(row):
    assert find_leaks(GENERIC, row["messages"]) == []


@given(
    st.integers(13, 10**12),
    st.sampled_from(["State that it is {}.", "答案是{}。", "Der Wert beträgt {}.", "{}"]),
)
def test_the_final_result_never_gets_through(number, form):
    messages = talk("How many are there in all?", f"Adding them up gives {number}.")
    for written in (str(number), f"{number:,}", f"{number:,}".replace(",", ".")):
        assert find_leaks([form.format(written)], messages)


@given(st.lists(st.text(), max_size=4), st.text(), st.text())
def test_no_text_raises(phrases, question, answer):
    for leak in find_leaks(phrases, talk(question, answer)):
        assert leak.evidence
        assert 0 <= leak.phrase < len(phrases)


@given(st.text(alphabet="0123456789.,/ '-", max_size=60), st.text(alphabet="0123456789.,/= ()", max_size=60))
def test_no_row_of_digits_raises(phrase, answer):
    find_leaks([phrase], talk("", answer))


@pytest.mark.parametrize(
    "unit",
    [
        "十",
        "一万",
        "一分之",
        "일만",
        "सौ ",
        "тысяча ",
        "hundred ",
        "f(",
        "<a",
        "a=b",
        "A) ",
        "1,",
        "。",
        '"a b"',
    ],
)
def test_no_repetition_raises(unit):
    text = "one " + unit * 3000
    find_leaks([text], talk(text[:1000], text))


@given(st.text())
def test_without_an_answer_nothing_leaks(text):
    leaks = find_leaks([text], [{"role": "user", "content": "?"}, {"role": "assistant", "content": ""}])
    assert leaks == []
