# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Answers that are none are found in eighteen languages, and sound answers are let alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.answer_faults import FaultKind, find_faults
from sysgen_distilabel.checks.markup import find_markup
from sysgen_distilabel.checks.message_talk import find_quote

REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "Sorry, I'm not able to provide legal advice.",
    "As an AI language model, I cannot taste food.",
    "I must respectfully decline to answer this.",
    "Lo siento, pero no puedo ayudarte con esa petición.",
    "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
    "Désolé, mais je ne peux pas répondre à cette question.",
    "Mi dispiace, ma non posso aiutarti.",
    "Desculpe, mas não posso fornecer isso.",
    "抱歉，我无法回答这个问题。",
    "申し訳ありませんが、お手伝いできません。",
    "죄송하지만 도와드릴 수 없습니다.",
    "Извините, но я не могу помочь с этим.",
    "عذراً، لا أستطيع مساعدتك في ذلك.",
    "I'm afraid I won't be able to provide that.",
    "Sorry, but that's not something I can help with.",
    "Dabei darf ich leider nicht helfen.",
    "Sorry, I'm not able to make phone calls.",
    "Als Sprachmodell bin ich nicht in der Lage, Anrufe zu tätigen.",
    "माफ करें, मैं इस सवाल का जवाब नहीं दे सकता।",
    "Üzgünüm, bu konuda yardımcı olamam.",
    "Sorry, maar daar kan ik je niet helpen.",
    "Przykro mi, ale nie mogę pomóc w tej sprawie.",
    "I'd rather not discuss this topic.",
    "I'm not comfortable writing about that, sorry.",
    "I'm afraid I have to decline this request.",
    "Darauf möchte ich lieber nicht antworten.",
    "Je dois refuser votre demande.",
    "Prefiero no contestar.",
    "Я предпочитаю не обсуждать это.",
    "恕不能回复。",
    "ご質問へのお答えは控えさせていただきます。",
    "Sorry, ik kan je hier niet mee helpen.",
    "Niestety nie mogę ci pomóc.",
    "Rất tiếc, tôi không thể trả lời câu này.",
    "Maaf, saya tidak bisa menjawab pertanyaan itu.",
    "Jag kan tyvärr inte svara på det.",
]
MENTIONS = [
    "As my system message says, I only speak of cooking.",
    "According to the system prompt, I answer in one line.",
    "Según mi mensaje del sistema, respondo en verso.",
    "Laut meiner Systemnachricht antworte ich kurz.",
    "Selon mon message système, je réponds en français.",
    "Secondo il mio messaggio di sistema, rispondo in breve.",
    "De acordo com minha mensagem de sistema, respondo assim.",
    "根据我的系统消息，我只回答数学问题。",
    "システムメッセージに従って、短く答えます。",
    "시스템 메시지에 따라 짧게 대답합니다.",
    "Согласно моему системному сообщению, я краток.",
    "وفقًا لرسالة النظام، أجيب باختصار.",
    "Following the instructions I was given, I answer in rhyme.",
    "I have been instructed to keep this short: they eat grass.",
    "Laut meinen Vorgaben antworte ich in einem Satz.",
    "Siguiendo mis instrucciones, respondo en verso.",
    "Selon mes consignes, je reste bref.",
    "Conforme as minhas instruções, respondo em versos.",
    "Следуя моим инструкциям, отвечаю стихами.",
    "根据我收到的指令，我只用一句话回答。",
    "제 지침에 따라 한 문장으로 답합니다.",
    "The prompt I was given wants one line, so here it is.",
    "My prompt requires a list: milk, eggs.",
    "I was asked never to use jargon, so think of it as a pipe.",
    "Mein Prompt verlangt einen Reim: Haus, Maus.",
    "On m'a demandé de répondre en vers.",
    "Mi prompt exige una sola frase.",
    "Мне велено отвечать стихами.",
    "我被指示用英文回答。",
    "一文で回答するように指示されています。",
    "저는 한 줄로 답하도록 지시받았습니다.",
]
SOUND = [
    "I can't believe it: the sea was as flat as glass that day.",
    "I'm sorry to hear that. Have you tried to rest?",
    "\"I'm sorry, but I can't help you,\" said the wolf to the fox, and the fox laughed.",
    "Dear all, I am sorry, but I cannot attend on Monday. Kind regards, Jo",
    "I'm sorry, but I can't help with that. However, here is what you may do: ask a doctor, rest, drink.",
    "Unfortunately, the function returns nothing, because `i` is never set.",
    "A system message appears when the disk is full.",
    "I have been told that the shop closes at six.",
    "I was told to keep the gate shut, and I did.",
    "I was told never to climb that wall.",
    "I cannot recommend this path warmly enough.",
    "I can't help but laugh at the picture.",
    "I can't help wondering who lives there.",
    "I can't answer for my brother, but I liked it.",
    "I must decline your invitation, dear aunt, for the ship sails on Monday and I sail with it.",
    "Je dois décliner votre invitation, car je serai en voyage.",
    "Prefiero no salir con lluvia.",
    "My prompt for the painting: a heron at dawn.",
    "According to the instructions on the box, boil it for ten minutes.",
    "Leider kann ich das Bild nicht sehen, aber nach der Beschreibung ist es ein Ahorn mit roten Blättern.",
    "Nach den Anweisungen des Arztes nimmst du eine Tablette am Tag.",
    "Siga las instrucciones del médico.",
    "按照说明书的要求，先关掉电源。",
    "std::cout << name << std::endl; int x = 1 << 4;",
    "Das Ergebnis ist leider falsch; richtig ist 72.",
    "Désolé pour le retard, voici la réponse.",
    "抱歉让您久等了，答案是72。",
    "Извините за задержку, ответ 72.",
]
MESSAGE = (
    "You are a patient gardener. Answer every question with one comparison to plants and end with a kind "
    "wish for the reader and the garden."
)


def kinds(answer, **known):
    return [fault.kind for fault in find_faults(answer, **known)]


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_is_found(answer):
    assert kinds(answer) == [FaultKind.REFUSAL]


@pytest.mark.parametrize("answer", MENTIONS)
def test_a_mention_of_the_message_is_found_unless_the_question_is_about_it(answer):
    assert kinds(answer) == [FaultKind.MESSAGE_MENTIONED]
    assert kinds(answer, question="What is a system prompt?") == []


@pytest.mark.parametrize("answer", SOUND)
def test_a_sound_answer_has_no_fault(answer):
    assert kinds(answer, system_message=MESSAGE) == []


def test_a_loop_is_a_fault():
    (fault,) = find_faults("Well. " + "I will water the plants. " * 12)
    assert fault.kind == FaultKind.LOOP
    assert "water the plants" in fault.shown


@pytest.mark.parametrize(
    "answer",
    [
        "<<Role>>A gardener<</Role>> Water it.",
        "Under the Role tag I am a gardener.",
        "The functionality tags ask me for a gardener.",
        "<|im_start|>assistant\nWater it.",
        "[INST] Water? [/INST] Yes, water it.",
        "### Response:\nWater it.",
    ],
)
def test_talk_of_tags_is_a_fault(answer):
    assert kinds(answer) == [FaultKind.TAGS]


def test_the_tags_of_a_template_are_no_fault_where_the_question_is_about_templates():
    answer = "A turn ends with <|im_end|>."
    assert kinds(answer, question="How does ChatML end a turn?") == []
    assert kinds("### Response times\nTwo days.", question="How quick are you?") == []


def test_the_message_quoted_is_a_fault_unless_the_question_says_the_same():
    answer = f"Sure. {MESSAGE} So water it daily."
    assert kinds(answer, system_message=MESSAGE) == [FaultKind.MESSAGE_QUOTED]
    assert kinds(answer, system_message=MESSAGE, question=MESSAGE) == []
    assert kinds("Like a rose, it needs water. A kind wish for the reader!", system_message=MESSAGE) == []


def test_the_message_quoted_in_a_script_without_blanks():
    message = "你是一位耐心的园丁，请用植物作比喻回答每一个问题，并在最后送上美好的祝愿。"
    assert find_quote(f"好的。{message}", message)
    assert find_quote("像玫瑰一样，它需要水。祝您的花园美丽！", message) is None


def test_another_language_than_the_one_asked_for_is_a_fault():
    answer = "Die Pflanzen brauchen jeden Morgen frisches Wasser und viel Sonne."
    (fault,) = find_faults(answer, language="fr")
    assert (fault.kind, fault.shown) == (FaultKind.WRONG_LANGUAGE, "German, not French")
    assert kinds(answer, language="de") == []
    assert kinds(answer) == []
    assert kinds("42", language="fr") == []


@pytest.mark.parametrize(
    ("answer", "language", "is_fault"),
    [
        ("Auf Deutsch sagt man: „Die Pflanzen brauchen jeden Morgen frisches Wasser.“", "de", False),
        ("“Die Pflanzen brauchen jeden Morgen frisches Wasser” is German and speaks of plants.", "en", False),
        ("On dit : “The plants need fresh water every morning and much sun.”", "fr", False),
        ("“The plants need fresh water every morning and much sun.”", "fr", True),
    ],
)
def test_what_an_answer_quotes_is_not_its_language(answer, language, is_fault):
    assert kinds(answer, language=language) == [FaultKind.WRONG_LANGUAGE] * is_fault


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("# Plan\nWater it.", "heading"),
        ("Water it **daily**.", "bold"),
        ("- water\n- sun", "list"),
        ("```\nx\n```", "code"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "table"),
        ("See [this](https://example.org).", "link"),
        ("> Water it.", "quotation"),
        ("<b>Water</b>", "html"),
        ("It is \\frac{1}{2}.", "latex"),
    ],
)
def test_markup_is_a_fault_where_plain_text_was_asked_for(answer, kind):
    assert find_markup(answer)[0] == kind
    assert kinds(answer, plain_text=True) == [FaultKind.MARKUP]
    assert kinds(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        "5 * 3 * 2 = 30",
        "file_name_here",
        "It costs $5 or $6.",
        "- one dash",
        "1. a\n2. b",
        "#sea",
        "a < b > c",
    ],
)
def test_signs_in_plain_text_are_no_markup(answer):
    assert find_markup(answer) is None


@pytest.mark.slow
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_nothing_makes_it_fail(answer, question, message):
    find_faults(answer, question=question, system_message=message, language="en", plain_text=True)
