# ruff: noqa: RUF001 (signs of other scripts are meant)
"""A table of pairs of phrases: what they disagree about, or that they go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.contradictions import Contradiction, find_contradictions

OPPOSED = [
    ("Return JSON.", "Write no code or markup.", "code"),
    ("Answer in one sentence.", "Write at least 300 words.", "length"),
    ("Use at most 50 words.", "Write more than 200 words.", "length"),
    ("Schreibe höchstens 20 Wörter.", "Schreibe mindestens 100 Wörter.", "length"),
    ("Format answers as Markdown.", "Reply in plain text.", "markup"),
    ("Use bullet points.", "Do not use lists.", "list"),
    ("Write in continuous prose.", "Give the findings as a numbered list.", "list"),
    ("Add an emoji to every line; use emojis freely.", "Never use emojis.", "emoji"),
    ("Keep a formal tone.", "Be casual and use slang.", "formal"),
    ("Explain step by step.", "Give only the final answer.", "steps"),
    ("Answer in English.", "Reply in French.", "language"),
    ("Ask clarifying questions first.", "Never ask the user anything.", "questions"),
    ("Give comprehensive answers.", "Answer in a single sentence.", "long"),
    ("Write only in lowercase.", "Use capital letters only: all capitals.", "capitals"),
    ("Füge Emojis hinzu.", "Keine Emojis.", "emoji"),
    ("Nutze Tabellen.", "Verzichte auf Tabellen.", "table"),
    ("Explain each step.", "Do not explain your work.", "steps"),
    ("Write in the first person.", "Write in the third person.", "person"),
    ("至少写300字。", "最多写100字。", "length"),
    ("Utilise des emojis.", "N'utilise pas d'emojis.", "emoji"),
    ("Используй эмодзи.", "Не используй эмодзи.", "emoji"),
    ("请使用表情符号。", "不要使用表情符号。", "emoji"),
    ("이모지를 사용하세요.", "이모지는 사용하지 마세요.", "emoji"),
    ("Usa una tabla.", "Responde sin tablas.", "table"),
    ("Verwende Tabellen.", "Vermeide Tabellen.", "table"),
    ("箇条書きで答えてください。", "箇条書きは使わないでください。", "list"),
    ("Use listas.", "Não use listas.", "list"),
    ("Vouvoie l'utilisateur.", "Tutoie l'utilisateur.", "formal"),
    ("Обращайся на вы.", "Обращайся на ты.", "formal"),
    ("Responde siempre en inglés.", "Responde en francés.", "language"),
    ("用英语回答。", "用中文回答。", "language"),
    ("Отвечай на русском языке.", "Отвечай на английском.", "language"),
    ("Escribe al menos 200 palabras.", "Responde en una frase.", "length"),
    ("Напиши не менее 150 слов.", "Ответь двумя предложениями.", "length"),
    ("300文字以上で書いてください。", "二文で答えてください。", "length"),
    ("최소 200단어로 쓰세요.", "두 문장으로 답하세요.", "length"),
    ("至少写三百字。", "用两句话回答。", "length"),
    ("Write at least 200 words.", "Reply in a single sentence.", "length"),
    ("以JSON返回结果。", "不要写代码。", "code"),
    ("結果はJSONで返してください。", "コードや表は使わないでください。", "code"),
    ("少なくとも200文字で書いてください。", "一文で答えてください。", "length"),
    ("코드 블록으로 답하세요.", "코드와 마크업은 쓰지 마세요.", "code"),
    ("أجب في جملة واحدة.", "اكتب 200 كلمة على الأقل.", "length"),
    ("استخدم الرموز التعبيرية.", "لا تستخدم الرموز التعبيرية.", "emoji"),
    ("कम से कम 200 शब्दों में लिखें।", "एक वाक्य में उत्तर दें।", "length"),
    ("इमोजी का उपयोग करें।", "इमोजी का उपयोग न करें।", "emoji"),
    ("En az 150 kelime kullan.", "İki cümleyle cevapla.", "length"),
    ("Emoji kullan.", "Emoji kullanma.", "emoji"),
    ("Użyj co najmniej 200 słów.", "Odpowiedz dwoma zdaniami.", "length"),
    ("Dodawaj emoji.", "Nie dodawaj emoji.", "emoji"),
    ("Używaj list.", "Nie używaj wypunktowania.", "list"),
    ("Tablo kullan.", "Tablo kullanma.", "table"),
    ("Erkläre es Schritt für Schritt.", "Nenne nur das Ergebnis.", "steps"),
]
TOGETHER = [
    ("Return JSON.", "Use double quotes for keys."),
    ("Answer in one sentence.", "Use at most 40 words."),
    ("Keep an informal tone.", "Be casual."),
    ("Do not use bullet points.", "Write in continuous prose."),
    ("Write at least 100 words.", "Write at most 300 words."),
    ("Answer in English.", "Translate names into French where there is a word."),
    ("Explain step by step.", "End with the final answer on a line of its own."),
    ("Never use emojis.", "Do not use slang."),
    ("Be brief.", "Be kind."),
    ("Keep a formal tone.", "Avoid slang."),
    ("Use bullet points.", "Do not use more than five bullet points."),
    ("Use a table.", "Use no more than one table."),
    ("Use at most three emojis.", "Do not use more than three emojis."),
    ("Write at least 300 words.", "Introduce each part in one sentence."),
    ("Usa listas.", "No uses más de tres listas."),
    ("Write at least 200 words.", "End in one sentence that sums up the answer."),
    ("Schreibe mindestens 200 Wörter.", "Fasse am Ende in einem Satz zusammen."),
    ("Напиши не менее 200 слов.", "Начни одним предложением о главном."),
    ("至少写200字。", "开头用一句话说明结论。"),
    ("200文字以上で書いてください。", "冒頭は一文で要約してください。"),
    ("최소 200단어로 쓰세요.", "처음에 한 문장으로 답하세요."),
    ("اكتب 200 كلمة على الأقل.", "ابدأ بجملة واحدة."),
    ("Napisz co najmniej 200 słów.", "Zacznij jednym zdaniem."),
    ("En az 200 kelime yaz.", "Tek cümleyle başla."),
    ("Use bullet points.", "Avoid nested bullet points."),
    ("Verwende Listen.", "Keine Listen mit mehr als sechs Punkten."),
    ("Keep a formal tone.", "Explain slang that occurs in a text."),
    ("Use slang.", "Translate formal letters into everyday words."),
    ("Usa listas.", "Evita listas anidadas."),
    ("اكتب 200 كلمة على الأقل.", "لكل خطوة جملة واحدة."),
    ("Emoji kullan.", "Üç kelimeden uzun başlık yazma."),
    ("Używaj emoji.", "Nie używaj list."),
    ("Sieze den Nutzer.", "Antworte auf Deutsch."),
    ("Réponds en français.", "Traduis les mots anglais."),
    ("用不超过200字回答。", "用两句话说明原因。"),
    ("한 문장으로 답하세요.", "최대 50단어로 쓰세요."),
    ("Отвечай подробно.", "Не используй жаргон."),
]


@pytest.mark.parametrize(("one", "other", "about"), OPPOSED)
def test_contradictions_are_found_in_either_order(one, other, about):
    assert list(find_contradictions(["You are kind.", one, other])) == [Contradiction(2, 1, about)]
    assert [found.phrase for found in find_contradictions([other, one])] == [1]


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_phrases_that_go_together_pass(one, other):
    assert not list(find_contradictions([one, other])) and not list(find_contradictions([other, one]))


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_phrases_can_be_asked_about(phrases):
    assert all(found.other < found.phrase < len(phrases) for found in find_contradictions(phrases))
