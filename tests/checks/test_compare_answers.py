# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Final answers are found and compared, in many spellings and languages; what code cannot tell is unknown."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sysgen_distilabel.checks.compare_answers import AnswerKind, compare_answers
from sysgen_distilabel.checks.signs_in_words import signs_to_digits

CLIPS = "Mia sold 48 clips in April and half as many in May. How many clips did she sell in the two months?"
PAIRS = Path(__file__).parents[1] / "benchmarks" / "answers.jsonl"


def result(original, aligned, question=CLIPS):
    return compare_answers(question, original, aligned).result


@pytest.mark.parametrize(
    "aligned",
    [
        "#### 72",
        "The answer is: 72",
        "So \\boxed{72}.",
        "She sold 72 clips.",
        "48 + 24 = 72 clips in 2 months.",
        "Altogether seventy-two clips.",
        "She sold **72** clips. I hope this helps!",
        "She sold 72 clips, not 48.",
        "It is 72.00.",
        "**Final Answer**\n\n72",
        "She sold 72 clips. Quite something for 2 months of work!",
        "The answer is 24. Wait, I forgot April: 48 + 24 = 72.",
    ],
)
def test_an_end_in_other_words_is_the_same(aligned):
    assert result("She sold 48/2 = <<48/2=24>>24 in May and 72 in all.\n#### 72", aligned) == "same"


@pytest.mark.parametrize(
    "aligned",
    [
        "48 - 24 = 24. The answer is 24.",
        "48 + 24 = 72. But she gave half of them back, so she sold 36.",
        "The answer is 72. No, wait: it is 73.",
        "She sold 73 clips.",
        "First we get 72. Then 70 remain.",
        "Some say 72, but as she lost a few, she sold 70 clips.",
    ],
)
def test_the_value_at_the_end_counts(aligned):
    assert result("#### 72", aligned) == "different"


def test_open_text_is_unknown_unless_it_is_the_same():
    question = "Describe the sea."
    assert result("Monday swim, Sunday rest.", "Hike on Sunday.", "Give me a plan.") == "unknown"
    assert result("A small boat.", "A boat of **12 metres**.", "Think of something that swims.") == "unknown"
    assert result("It is blue, with 7 waves.", "A wide plain of water, 3 boats on it.", question) == "unknown"
    assert result("It is blue.", "It is blue.", question) == "same"


@pytest.mark.parametrize(
    ("question", "original", "same", "other"),
    [
        ("How deep is the lake?", "It is 1.2 km deep.\n#### 1.2", "It is 1,200 metres deep.",
         "1,020 metres"),
        ("Quelle quantité faut-il ?", "Il faut 0,5 litre.", "Cela fait 50 cl.", "Cela fait 5 cl."),
        ("우유는 얼마나 필요한가요?", "우유 2리터입니다.", "2000밀리리터입니다.", "200밀리리터입니다."),
        ("何時間かかりますか。", "4時間かかります。", "240分かかります。", "40分かかります。"),
        ("모두 얼마인가요?", "모두 27,000원입니다.", "모두 2만 7천 원입니다.", "모두 7천 원입니다."),
        ("Was kostet das Rad?", "Es kostet 1.450 €.", "Der Preis ist 1 450 Euro.", "Es kostet 1 540 Euro."),
        ("Was kostet ein Brot?", "Es kostet 4,80 €.", "Es kostet 4 Euro 80.", "Es kostet 4 Euro 8."),
        ("What is the temperature?", "It is -7 degrees.", "It is minus seven degrees.", "It is 7 degrees."),
        ("Wie kalt ist es?", "Es sind -12 Grad.", "Es sind 12 Grad unter null.", "Es sind 12 Grad."),
        ("What fraction is red?", "1/2 of it is red.", "Half of it is red.", "A third of it is red."),
        ("Que fração da pizza sobrou?", "Sobrou 1/2 da pizza.", "Sobrou metade da pizza.", "Sobrou 1/4."),
        ("What is the height and the weight?", "The height is 170 cm and the weight is 65 kg.",
         "Weight: 65 kg\nHeight: 170 cm", "Height: 165 cm\nWeight: 70 kg"),
        ("Solve x - y = 1, x + y = 9.", "x = 5, y = 4", "(x, y) = (5, 4)", "(x, y) = (4, 5)"),
        ("What are the factors of 6?", "1, 2, 3 and 6", "The factors of 6 are 6, 3, 2 and 1.",
         "The factors of 6 are 1, 2 and 3."),
        ("猫和狗各有多少只？", "猫有4只，狗有9只。", "狗9只，猫4只。", "猫9只，狗4只。"),
        ("What is the ratio of cats to dogs?", "6:9", "The ratio is 2 to 3.", "The ratio is 3 to 2."),
        ("Solve x^2 = 81.", "x = 9 or x = -9", "The solutions are ±9.", "The solution is 9."),
        ("What is y if 4y = 28?", "4y = 28, so y = 7.", "Dividing by 4, we see y = 7.", "We see that y = 8."),
        ("When does it open?", "At 9:30 am.", "It opens at half past nine.", "It opens at half past eight."),
        ("Wann fährt der Bus?", "Der Bus fährt um 15:45 Uhr.", "Um Viertel vor vier.",
         "Um Viertel nach vier."),
        ("¿A qué hora abre?", "A las 9:30.", "Abre a las nueve y media.", "Abre a las diez y media."),
        ("Wann war das?", "Am 7. Mai 1950.", "Am 7.5.1950.", "Am 17.5.1950."),
        ("Solve 0x = 3.", "There is no solution.", "The equation has no real solutions.", "x = 3"),
        ("Löse x + 1 = x.", "Keine Lösung.", "Die Gleichung hat keine Lösung.",
         "Es gibt unendlich viele Lösungen."),
        ("正しいのはどれですか。\nア. 海\nイ. 山\nウ. 川", "ウ", "正解はウの川です。", "正解はアです。"),
        ("How much is 3/4 of 60?", "3/4 of 60 is 45.", "The answer is 45.", "The answer is 40."),
        ("What is 9/4 as a mixed number?", "2 1/4", "It is two and one quarters.", "It is 1/4."),
        ("Реши x + 2 = x.", "Нет решений.", "Уравнение не имеет решений.", "x = 2"),
        ("Which is a tree?\nA) rose\nB) oak\nC) fern", "B", "Rose and fern are not, so it is the oak.",
         "Oak and rose are not, so it is the fern."),
        ("Qual é o mar?\na) Tejo\nb) Egeu", "b", "A alternativa correta é a b.",
         "A alternativa correta é a a."),
        ("Quanto tempo dura?", "Dura 3 horas e meia.", "Dura 210 minutos.", "Dura 180 minutos."),
        ("Wie lange dauert es?", "Es dauert 80 Minuten.", "Eine Stunde und 20 Minuten.",
         "Eine Stunde und 2 Minuten."),
        ("How long is the drive?", "It takes an hour and 30 minutes.", "It takes 90 minutes.",
         "It takes 130 minutes."),
        ("何時間かかりますか。", "1時間半かかります。", "90分かかります。", "100分かかります。"),
        ("一共多少米？", "一共1.5万米。", "一共15000米。", "一共1500米。"),
        ("犬と猫はそれぞれ何匹ですか。", "犬は2匹、猫は5匹です。", "猫5匹、犬2匹です。",
         "猫2匹、犬5匹です。"),
        ("Wann beginnt es?", "Es beginnt um 20:30 Uhr.", "Es beginnt um halb neun.",
         "Es beginnt um halb zehn."),
        ("What percent did the price of $80 rise?", "#### 15", "It rose by $12, which is 15%.",
         "It rose by 12%."),
        ("Multiply the matrix by 2.", "$\\boxed{\\begin{pmatrix} 2 & 0 \\\\ 6 & 8 \\end{pmatrix}}$",
         "We get\n\n$$\\begin{bmatrix} 2 & 0 \\\\ 6 & 8 \\end{bmatrix}$$",
         "It is $\\begin{bmatrix} 2 & 6 \\\\ 0 & 8 \\end{bmatrix}$."),
        ("Find the surface.", "$\\boxed{36\\pi}$", "It is **36π** (roughly 113.1) square metres.",
         "It is **12π** (roughly 37.7) square metres."),
        ("Simplify $\\sqrt{50}$.", "$\\sqrt{50}=\\boxed{5\\sqrt{2}}$.", "√50 = 5√2", "√50 = 2√5"),
        ("Решите уравнение x - 4 = 5.", "$x = 4+5 = \\boxed{9}$", "Ответ: 9.", "Ответ: 1."),
        ("List the first four odd numbers.", "1, 3, 5, 7", "Here they are:\n\n1. 1\n2. 3\n3. 5\n4. 7",
         "Here they are:\n\n1. 1\n2. 3\n3. 5\n4. 9"),
        ("How warm is it?", "25 °C", "It is 77 °F.", "It is 25 °F."),
        ("How warm is it?", "25 °C", "It is 25 degrees Celsius (77 °F).", "It is 77 degrees Celsius."),
        ("Compute the volume.", "$\\boxed{9\\pi}$", "The volume is πr²h = 3.14159 × 9 ≈ 28.27.",
         "The volume is πr³ ≈ 84.82."),
        ("Write 0.0032 in scientific notation.", "3.2 × 10^-3", "Moving 3 places gives 0.0032 = 3.2 × 10⁻³.",
         "Moving 3 places gives 0.0032 = 3.2 × 10⁻²."),
        ("2.4킬로미터는 몇 미터입니까?", "2400 m",
         "1킬로미터는 1000미터이므로 2.4킬로미터는 2,400미터입니다.",
         "1킬로미터는 1000미터이므로 2.4킬로미터는 240미터입니다."),
        ("Split 70 coins between Pia and Tom.", "Pia: 40, Tom: 30", "Tom gets 30 coins and Pia gets 40.",
         "Tom gets 40 coins and Pia gets 30."),
        ("Quantos anos tem cada um?", "Rui tem 9 e Eva tem 12.", "Eva tem 12 anos e Rui tem 9.",
         "Eva tem 9 anos e Rui tem 12."),
        ("¿Cuáles son el largo y el área?", "Largo: 9 m; área: 27 m²", "- **Largo:** 9 m\n- **Área:** 27 m²",
         "- **Largo:** 9 m\n- **Área:** 18 m²"),
        ("Wann hält der Zug?", "16:05", "Er hält um 16.05 Uhr.", "Er hält um 16.50 Uhr."),
        ("For which x is x = x?", "All real numbers", "It has infinitely many solutions: every real number.",
         "There is no solution."),
        ("एक पेन 15 रुपये का है। 4 पेन की कीमत क्या होगी?", "4*15 = 60 रुपये", "कीमत ₹60 होगी।", "कीमत ₹65 होगी।"),
        ("Which are even?\nA) 4\nB) 7\nC) 10\nD) 9", "A and C", "**A** (4) and **C** (10) are even.",
         "The even ones are A and D."),
        ("In which year did it open?", "1931", "It opened in 1931: on May 1, with 2 more halls in 12 weeks.",
         "It opened in 1913: on May 1, with 2 more halls in 12 weeks."),
        ("Was kostet es?", "19,95 €", "Es kostet 19,95 €, also knapp 20 €.",
         "Es kostet 18,95 €, also knapp 19 €."),
        ("Write 0.4 as a fraction.", "2/5", "Dividing 4 and 10 by 2 we obtain 2/5.",
         "Dividing 4 and 10 by 2 we obtain 2/4."),
        ("Solve it.", "$x=\\boxed{3, -\\frac14}$", "So x = 3 or x = -0.25.", "So x = 3 or x = 0.25."),
        ("12是4的倍数吗？", "是", "12 ÷ 4 = 3，没有余数，因此12是4的倍数。", "不是，12不是4的倍数。"),
        ("会议在哪一天？", "星期三", "会议在周三。", "会议在周五。"),
        ("Một con nhện có mấy chân?", "8", "Một con nhện có tám chân.", "Một con nhện có sáu chân."),
        ("When is it over?", "12:40", "Ten minutes bring us to 12:00, and 40 more to 12:40.",
         "Ten minutes bring us to 12:00, and 30 more to 12:30."),
        ("Is the text formal or informal?", "informal", "As it says \"hey\", it is **informal**, not formal.",
         "Despite the \"hey\" it is **formal**, not informal."),
        ("다음 중 짝수는?\n1) 3\n2) 8\n3) 5", "2", "정답은 2번, 8입니다.", "정답은 3번입니다."),
    ],
)  # fmt: skip
def test_other_words_for_a_value_are_told_from_another_value(question, original, same, other):
    assert result(original, same, question) == "same"
    assert result(original, other, question) == "different"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("10 minus 3", "10 minus 3"),
        ("12 apples minus 5", "12 apples minus 5"),
        ("x minus 3", "x minus 3"),
        ("it is minus 3", "it is -3"),
        ("half of the 48 clips", "half of the 48 clips"),
        ("half of the clips. 48 are left", "1/2 of the clips. 48 are left"),
    ],
)
def test_signs_in_words_are_read_where_they_are_no_step(text, plain):
    assert signs_to_digits(text, "en") == plain
    assert signs_to_digits("al menos 3", "es") == "al menos 3"


def test_the_same_measure_is_the_same_where_the_question_does_not_tell():
    question = "What does the sign at the cliff say?"
    assert result("It says -40 m.", "It says 40 metres below sea level.", question) == "same"
    assert result("It says 40 m.", "It says 30 m.", question) == "unknown"


def test_a_range_is_no_ratio():
    assert result("5 to 10 degrees", "5 to 15 degrees", "What range of temperatures is safe?") == "different"


def test_one_of_a_list_in_the_question_is_a_choice():
    question = "Is the tone of 'I loved it' positive, negative or neutral?"
    assert compare_answers(question, "positive", "The tone is positive.").kind == AnswerKind.CHOICE
    assert result("positive", "The tone is positive.", question) == "same"
    assert result("positive", "Negative.", question) == "different"


@pytest.mark.parametrize("piece", ["\n", "(", "1,", "\\boxed{", "A) ", "answer is ", "½", "9"])
def test_long_texts_are_read_at_their_ends(piece):
    long = piece * (60_000 // len(piece))
    assert result("#### 7", long + "\nThe answer is 7.") == "same"
    assert result("#### 7", long + "\nThe answer is 8.") == "different"


def test_a_comparison_tells_what_was_read():
    found = compare_answers("How much is it?", "It costs $5.", "You pay 5 dollars and 0 cents, so $6.")
    assert (found.result, found.kind) == ("different", AnswerKind.MONEY)
    assert "5" in found.original
    assert "6" in found.aligned


@pytest.mark.parametrize(
    ("kind", "question", "original"),
    [
        ("number", "How many?", "7"),
        ("money", "How much?", "$7"),
        ("percentage", "What percentage?", "7%"),
        ("fraction", "How much of it?", "3/7"),
        ("several", "Solve x^2 = 49.", "x = 7 or x = -7"),
        ("expression", "Simplify.", "2\\sqrt{7}"),
        ("choice", "Which?\nA) 7\nB) 8", "A"),
        ("yes_no", "Is 7 prime?", "Yes."),
        ("date", "When?", "7 July 2007"),
        ("code", "Write a function.", "def f():\n    return 7"),
        ("text", "Write a verse.", "The sea sings to 7 stars in the dark"),
    ],
)
def test_every_kind_is_told_and_is_the_same_as_itself(kind, question, original):
    found = compare_answers(question, original, original)
    assert (found.kind.value, found.result) == (kind, "same")


def test_threads_may_compare():
    pairs = [(f"\\sqrt{{{n}}}", f"{n}^{{1/2}}") for n in range(12, 20)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: result(*pair, "Simplify."), pairs))
    assert found == ["same"] * len(pairs)


def test_a_missing_extra_is_one_clear_error():
    script = (
        "import sys\nsys.modules['text_to_num'] = None\n"
        "from sysgen_distilabel.checks.compare_answers import compare_answers\n"
        "from sysgen_distilabel.errors import ConfigError\n"
        "try:\n    compare_answers('How many?', '7', '8')\nexcept ConfigError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install" in done.stdout
    assert "sysgen-distilabel[answers]" in done.stdout


def read_pairs():
    return [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_the_pairs_of_the_benchmark_hold():
    pairs = read_pairs()
    found = [compare_answers(row["question"], row["original"], row["aligned"]).result for row in pairs]
    decided = [row["expected"] == said for row, said in zip(pairs, found, strict=True) if said != "unknown"]
    decidable = [
        said == "unknown" for row, said in zip(pairs, found, strict=True) if row["expected"] != "unknown"
    ]
    assert len(pairs) >= 200
    assert len({row["kind"] for row in pairs}) >= 10
    assert len({row["language"] for row in pairs}) >= 6
    assert sum(decided) >= 0.95 * len(decided)
    assert sum(decidable) <= 0.15 * len(decidable)


PIECES = (
    "the answer is 72 1,234.5 $ 3/4 50% x = 2 or (1, 2) A) B) yes no #### \\boxed{7} \\frac{1}{0} 10^9999"
    " ^^ 9^9^9^9 √ 二十 ٧٢ ```py def f(): [1,2) ≤ 3:30 2020-02-30 so wait . ? \n ½ -- Uhr 5 km/h { } \\"
)
WORDS = st.sampled_from(PIECES.split(" "))
TEXT = st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(TEXT, TEXT, TEXT)
def test_nothing_makes_it_fail(question, original, aligned):
    assert compare_answers(question, original, aligned).result in ("same", "different", "unknown")


@FUZZ
@given(TEXT, TEXT)
def test_an_answer_is_the_same_as_itself(question, answer):
    assert compare_answers(question, answer, answer).result == "same"


@FUZZ
@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_numbers_are_the_same_exactly_when_they_are_equal(one, other):
    said = compare_answers("What is the total?", f"#### {one}", f"The answer is {other:,}.").result
    assert said == ("same" if one == other else "different")
    assert said == compare_answers("What is the total?", f"The answer is {other:,}.", f"#### {one}").result


@pytest.mark.parametrize(
    ("question", "original", "aligned", "expected"),
    [
        ("Differentiate x^4.", "4x^3", "$$\\frac{dy}{dx} = 4x^3$$", "same"),
        ("Differentiate x^3.", "3x^2", "d/dx (x^3) = 3x^2", "same"),
        ("Differentiate x^3.", "3x^2", "dy/dx = x^2", "different"),
        ("哪个数是偶数？\nA. 13\nB. 15\nC. 18", "C", "偶数是18。", "same"),
        ("짝수는 어느 것인가요?\nA. 13\nB. 15\nC. 18", "C", "짝수는 15입니다.", "different"),
        ("Which is even?\nA. 13\nB. 115\nC. 18", "C", "It is 118.", "unknown"),
        ("这个数是质数吗？", "是的。", "没错，它是质数。", "same"),
        ("Ist Quarz ein Mineral?", "Nein.", "Kurz gesagt: Ja, Quarz ist eines.", "different"),
        ("À quelle heure finit le film ?", "À 21:45.", "Le film finit à 21.45 h.", "same"),
        (
            "Berechne Umfang und Fläche.",
            "Umfang 20 cm, Fläche 24 cm²",
            "Der Flächeninhalt ist 24 cm² und der Umfang 20 cm.",
            "same",
        ),
        (
            "Berechne Umfang und Fläche.",
            "Umfang 20 cm, Fläche 21 cm²",
            "Der Flächeninhalt ist 20 cm² und der Umfang 21 cm.",
            "different",
        ),
    ],
)
def test_what_is_written_around_an_answer_does_not_hide_it(question, original, aligned, expected):
    assert result(original, aligned, question) == expected
