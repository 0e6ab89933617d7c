"""The language of a system message against the user's."""

import pytest

from sysgen_distilabel.checks.message_language import compare_languages

ENGLISH = "Could you please write me a motivational quote about courage and patience?"
SPANISH = ["Eres una profesora de química.", "Explica los conceptos paso a paso a tus alumnos."]


@pytest.mark.parametrize(
    ("phrases", "asked", "wanted", "differ"),
    [
        (SPANISH, ENGLISH, "", True),
        (["You are a poet who writes for calendars.", "Answer in French only."], ENGLISH, "", False),
        (SPANISH, ENGLISH, "Spanish", False),
        (["You are a poet who writes short quotes."], ENGLISH, "Spanish", True),
        (SPANISH, "2 + 2 = ?", "", False),
        (["OK."], ENGLISH, "", False),
        (
            ["당신은 요리 선생님입니다. 재료를 먼저 목록으로 씁니다."],
            "오늘 저녁에 무엇을 만들면 좋을까요?",
            "",
            False,
        ),
    ],
)
def test_only_what_is_recognised_on_both_sides_can_differ(phrases, asked, wanted, differ):
    assert compare_languages(phrases, asked, wanted).differ == differ


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Bitte übersetze den Satz ins Deutsche: The river was high and the bridge was closed.", "de"),
        ("Please translate this into English:\nDer Fluss war hoch und die Brücke war gesperrt.", "en"),
        ("Что значит это предложение: «The river was high and the bridge was closed»?", "ru"),
        ("¿Qué quiere decir «The river was high and the bridge was closed» en este poema?", "es"),
        ("«The river was high and the bridge was closed»", "en"),
    ],
)
def test_what_is_quoted_or_to_be_translated_is_not_the_language_of_the_user(asked, expected):
    assert compare_languages(SPANISH, asked).expected == expected


def test_what_is_not_recognised_says_so():
    assert not compare_languages(SPANISH, "2 + 2 = ?").are_known
