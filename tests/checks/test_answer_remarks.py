# ruff: noqa: RUF001 (signs of other scripts are meant)
"""What follows an answer, a check, a note or an offer, is taken off; the answer stays."""

import pytest

from sysgen_distilabel.checks.answer_remarks import without_closing, without_remarks
from sysgen_distilabel.checks.compare_answers import compare_answers


@pytest.mark.parametrize(
    "remark",
    [
        "**Check:**\n- 3 rows: 21\n- 4 rows: 28",
        "### Verification\n\nSubstitute 7:\n\n3 × 7 + 2 = 23",
        "Quick check: 7 × 11 = 77.",
        "*Note:* with 12 rows it would be 84.",
        "Pro tip: keep 2 spare seats.",
        "Would you like to see it for another hall? One with 20 rows has 140 seats.",
        "Wenn du möchtest, rechne ich auch den Preis (90 €) aus!",
        "Zur Probe: 77 : 11 = 7.",
        "Para comprobarlo: 77 / 11 = 7. ¡Espero que te sirva!",
        "Souhaitez-vous que je calcule aussi les 3 autres salles ?",
        "Se vuoi, calcolo anche le altre 3 sale.",
        "Verificação: 77 / 11 = 7.",
        "Проверка: 77 : 11 = 7. Если нужно, посчитаю и для 12 рядов.",
        "验算：77 ÷ 11 = 7。",
        "検算：77 ÷ 11 = 7です。",
        "검산: 77 ÷ 11 = 7입니다.",
        "للتحقق: 77 ÷ 11 = 7",
        "जाँच: 77 ÷ 11 = 7",
        "Sağlama: 77 ÷ 11 = 7.",
        "Sprawdzenie: 77 : 11 = 7.",
        "Kiểm tra: 77 : 11 = 7.",
    ],
)
def test_a_last_paragraph_about_the_answer_is_taken_off(remark):
    answer = "There are 7 × 11 = 77 seats."
    assert without_remarks(f"{answer}\n\n{remark}") == answer
    assert compare_answers("How many seats are there?", "#### 77", f"{answer}\n\n{remark}").result == "same"
    wrong = f"There are 70 seats.\n\n{remark}"
    assert compare_answers("How many seats are there?", "#### 77", wrong).result == "different"


@pytest.mark.parametrize(
    "last",
    [
        "Check: 7 × 10 = 70, not 77. Wait, it is 11 rows: 77 seats.",
        "Let me verify: 7 × 11 = 77. The answer is 77.",
        "If you want 3 more, there are 80, so the hall has 80 seats.",
        "Tips of 40 dollars make it 77.",
        "**Check the rows**\n\n11 of them\n\n### Seats\n\n77",
        "**Note:** there are 11 rows.\n\n7 × 11 = 77",
    ],
)
def test_a_paragraph_that_states_the_answer_stays(last):
    text = f"There are 70 seats.\n\n{last}"
    assert without_remarks(text) == text


def test_a_text_of_remarks_keeps_its_first():
    assert without_remarks("Note: 5.\n\nNote: 6.\n\nHope this helps!") == "Note: 5."
    assert without_closing(["It is 5.", "Let me know!", "Check: 5 = 5."]) == ["It is 5."]
    assert without_closing(["Let me know!"]) == ["Let me know!"]
    assert without_closing(["It is 5.", "(The other one would be 6.)"]) == ["It is 5."]
    assert without_closing(["It is", "(x, y) = (5, 6)"]) == ["It is", "(x, y) = (5, 6)"]
