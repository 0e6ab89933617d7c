# ruff: noqa: RUF001 (signs of other scripts are meant)
"""A table of phrases with what is found in each: fragments, empty formulas, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.phrase_faults import is_empty_formula, is_fragment

FRAGMENTS = [
    "Concise.",
    "a helpful maths tutor",
    "concise and friendly",
    "- time",
    "Return JSON:",
    "Explain every step and",
    "Use the tools of the",
    "Answer in [at most",
    "Mention the price,",
    "short, warm tone",
    "简洁",
    "Schreibe kurz und",
    "You are a customer of a bank. You pay it. The bank I",
    "Name the parts of the answer. They are",
    "Say which step is the last\n\n### 4",
    "Use exactly these parts:</Format>>",
    "<<Role>You are a tutor.",
    ">\nA: Five of the items are purple.",
    "Erkläre, was mit „Licht gemeint ist.",
    "Begin with the words “Dear reader.",
    "You provide the information that is required, <\n\n## [Functionalities]\n<>\n<>",
    "Name the parts of the answer.\n<>\nName its end.",
    ", how the bank will use them, and how it will raise their budget",
    ";\n\nIn the above example the assistant explains the answer to the question.",
    "\uff0c请用中文回答所有的问题。",
    "</A=>\nLadies and gentlemen of the jury.",
    'Red and <a href=""Red</a>, or else <a href=',
    "Du bist eine Köchin, die auf",
    "Eres una guía que trabaja en",
    "Tu es un conseiller qui",
    "Você é um professor que trabalha com",
    "Ты повар и",
    "You are a guide whose",
    f"AABAAA{'B' * 20} User: Can you help me?",
]
FORMULAS = [
    "Be helpful.",
    "Отвечай на вопросы.",
    "Responde con información correcta.",
    "You are a helpful assistant.",
    "You are a helpful AI assistant",
    "Provide accurate and helpful information.",
    "Always answer the user's questions.",
    "Help the user with their requests.",
    "Give good answers.",
    "Sei hilfreich.",
    "Du bist ein hilfreicher Assistent.",
    "Tu es un assistant utile.",
    "Responde siempre las preguntas.",
    "你是一个有用的助手。",
    "당신은 유용한 AI 어시스턴트입니다.",
    "あなたは親切なアシスタントです。",
    "Hilf dem Nutzer so gut wie möglich.",
    "Sé útil y cortés.",
    "Sois poli et utile.",
    "Sei utile e cortese.",
    "Seja educado e útil.",
    "Будьте полезным и вежливым.",
    "Jesteś pomocnym asystentem.",
    "أنت مساعد مفيد.",
    "आप एक उपयोगी सहायक हैं।",
    "役に立つ情報を提供してください。",
    "정확한 정보를 제공하세요.",
]
FINE = [
    "Never ask who the user and you were, he or I.",
    "Du berätst fachkundig bei Fragen zu „Photosynthese“ und „Licht“.",
    "Vysvětli pojem „světlo“ na příkladu",
    "Wyjaśnij słowo „światło” na przykładzie.",
    "Begin with the words “Dear reader”.",
    "Beginne mit „Guten Tag“",
    "Answer under the headings\n\n### Cause\n\n### Remedy",
    "Wrap the result in <b> and </b>.",
    "Write every picture as <img src=url alt=text>.",
    "In SQL, write <> for “not equal”.",
    "Answer under the heading ## [Summary] alone.",
    "Write `std::vector<int>` rather than arrays.",
    "You are a tutor.",
    "You are a patient maths tutor",
    "Be brief.",
    "Refer customers to https://example.com",
    "Use JSON",
    "Write the number of a card as XXXXXXXXXXXXXXXX.",
    "Answer in one sentence.",
    "solve word problems of school mathematics step by step",
    "use tables",
    "Name the source of every figure.",
    "List the parts:\n- Summary\n- Cause",
    "Du bist Köchin.",
    "Schreibe in kurzen Sätzen ohne Fachwörter.",
    "Explique chaque étape à l'aide d'un exemple.",
    "请用两句话回答并给出一个例子。",
    "例を一つ挙げて説明してください。",
    "재료를 먼저 목록으로 쓰세요.",
    "Отвечай коротко и по делу.",
    "اكتب الجواب في جملتين قصيرتين.",
    "Refuse requests for medical advice.",
    "不要说教。",
    "保持中立",
    "Eres un asistente de un hotel.",
    "Будь вежливым с детьми.",
    "Seja educado com os hóspedes.",
    "도움이 되는 의학 정보를 제공하세요.",
    "Be polite to children and never mock their mistakes.",
]


@pytest.mark.parametrize("text", FRAGMENTS)
def test_fragments_are_found(text):
    assert is_fragment(text)


@pytest.mark.parametrize("text", FORMULAS)
def test_empty_formulas_are_found(text):
    assert is_empty_formula(text) and not is_fragment(text)


@pytest.mark.parametrize("text", FINE)
def test_whole_and_definite_phrases_pass(text):
    assert not is_fragment(text) and not is_empty_formula(text)


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(text):
    assert is_fragment(text) in (True, False) and is_empty_formula(text) in (True, False)
