# ruff: noqa: RUF001 (signs of other scripts are meant)
"""The language of short texts, in many languages, and of none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.measures.languages import UNKNOWN, find_language, guess_language, name_language
from tests.commands import EXAMPLES

SHORT = {
    "ar": "كيف أسلق بيضة؟",
    "cs": "Jaké je hlavní město České republiky?",
    "da": "Hvad hedder hovedstaden i Danmark, og hvor mange bor der?",
    "de": "Wie koche ich ein Ei?",
    "en": "Natalia sold 48 clips in April and half as many in May. How many altogether?",
    "et": "Kuidas keeta muna ja kui kaua see aega võtab?",
    "fi": "Miten keitän kananmunan?",
    "fr": "Comment faire cuire un oeuf ?",
    "he": "איך מבשלים ביצה?",
    "hi": "अंडा कैसे उबालें?",
    "hu": "Hogyan kell tojást főzni?",
    "it": "Qual è la capitale d'Italia?",
    "ja": "卵の茹で方を教えてください。",
    "ko": "계란을 어떻게 삶나요?",
    "nl": "Hoe kook ik een ei?",
    "no": "Hva er hovedstaden i Norge?",
    "pl": "Jak ugotować jajko?",
    "pt": "Como cozinhar um ovo?",
    "ro": "Care este capitala României?",
    "ru": "Какая столица России?",
    "sv": "Hur kokar jag ett ägg?",
    "sw": "Mji mkuu wa Tanzania ni upi?",
    "th": "ต้มไข่อย่างไร",
    "tr": "Bugün hava çok güzel, değil mi?",
    "uk": "Яка столиця України?",
    "vi": "Làm thế nào để luộc trứng?",
    "zh": "怎么煮鸡蛋?",
    "af": "Hoe kook 'n mens 'n eier, en hoe lank duur dit?",
    "ca": "Com es bull un ou i quant de temps cal?",
    "eu": "Nola egosten da arrautza bat eta zenbat denbora behar da?",
    "fa": "چگونه تخم‌مرغ را بپزم؟",
    "tl": "Paano magluto ng itlog at gaano ito katagal?",
    "ur": "انڈا کیسے ابالا جاتا ہے؟",
}


@pytest.mark.parametrize("code", SHORT)
def test_a_short_question_is_recognised(code):
    assert guess_language(SHORT[code]) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42 + 17 = ?",
        "```python\nprint(1)\n```",
        "xyzzy plugh",
        "asdf qwer zxcv",
        "John Smith",
        "Qwen3-8B",
    ],
)
def test_no_language_is_made_up(text):
    assert guess_language(text) == ""
    assert name_language(guess_language(text)) == UNKNOWN


def test_sums_in_english_are_english():
    """Few words among many numbers were taken for Portuguese."""
    texts = [
        "A shop has 12 boxes with 8 pens each. It sells 30 pens. How many pens are left?",
        "There were 12 * 8 = 96 pens. Now 96 - 30 = <<96-30=66>>66 pens are left. #### 66",
        "He ran 3.5 km a day for 6 days, so 3.5 * 6 = 21 km. As he rested on day 7, that is all.",
    ]
    assert [guess_language(text) for text in texts] == ["en"] * 3


def test_the_prose_around_code_decides():
    assert (
        guess_language("Miksi tämä ohjelma ei toimi?\n```python\nfor line in file: print(line)\n```") == "fi"
    )


def test_the_examples_are_recognised():
    rows = [json.loads(line) for line in (EXAMPLES / "messages.jsonl").read_text("utf-8").splitlines()]
    known = [row for row in rows if row["language"] in ("en", "de", "es", "fr", "ko", "ja", "zh")]
    right = sum(guess_language(row["messages"][0]["content"]) == row["language"] for row in known)
    assert right >= 0.9 * len(known) > 0


def test_names_and_codes_belong_together():
    for code in SHORT:
        assert find_language(name_language(code)) == code
    assert find_language("Brazilian Portuguese") == find_language("portuguese") == "pt"
    assert find_language("Simplified Chinese") == find_language("Mandarin") == "zh"
    assert find_language("conversation") == find_language("") == ""


@given(st.text())
def test_any_text_has_a_known_language_or_none(text):
    code = guess_language(text)
    assert code == "" or len(code) == 2
    assert name_language(code) != ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("東京の天気を教えてください。", "ja"),
        ("カタカナとひらがなで書いて", "ja"),
        ("请解释这个公式，并举一个例子。", "zh"),
        ("「の」這個字是什麼意思？請用中文解釋一下。", "zh"),
        ("이 문장을 더 자연스럽게 고쳐 주세요.", "ko"),
        ("大韓民國의 歷史에 대해 자세히 설명해 주세요.", "ko"),
        ("Translate 안녕하세요 into English and explain what each part of it means.", "en"),
        ("Was bedeutet 東京 auf Deutsch, und wie wird es ausgesprochen?", "de"),
    ],
)
def test_a_script_tells_its_language_only_where_most_is_written_in_it(text, code):
    assert guess_language(text) == code
