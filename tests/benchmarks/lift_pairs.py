"""Seventy pairs of answers, one that follows a system message and one that does not, for `lift.py`."""

from typing import NamedTuple


class Pair(NamedTuple):
    """A system message and a question with both answers; `kind` is what the message asks for."""

    kind: str
    message: str
    question: str
    following: str
    plain: str


_FACTS = (
    ("What is the capital of France?", "The capital of France is Paris.", "Paris", "La capitale est Paris."),
    ("How many legs does a spider have?", "A spider has eight legs.", "Eight", "Une araignée a huit pattes."),
    ("Which planet is the largest?", "The largest planet is Jupiter.", "Jupiter", "C'est Jupiter."),
    ("What do bees make?", "Bees make honey and wax.", "Honey", "Les abeilles font du miel et de la cire."),
    ("What colour is the sky on a clear day?", "The sky is blue.", "Blue", "Le ciel est bleu."),
    ("Who wrote Hamlet?", "Hamlet was written by William Shakespeare.", "Shakespeare", "C'est Shakespeare."),
    ("What is 12 times 3?", "12 times 3 is 36.", "36", "Douze fois trois font trente-six."),
    (
        "At what temperature does water boil?",
        "Water boils at 100 degrees.",
        "100",
        "L'eau bout à 100 degrés.",
    ),
    ("What is the opposite of hot?", "The opposite of hot is cold.", "Cold", "Le contraire est froid."),
    ("Name a fruit that is yellow.", "A banana is a yellow fruit.", "Banana", "La banane est jaune."),
)

_KINDS = {
    "json": (
        'Answer with a JSON object that has the one key "answer".',
        lambda plain, short, french: f'{{"answer": "{short}"}}',
    ),
    "ending": (
        'End every answer with the words "Stay curious!"',
        lambda plain, short, french: f"{plain} Stay curious!",
    ),
    "greeting": (
        'You are a pirate. Begin every answer with "Ahoy, matey!"',
        lambda plain, short, french: f"Ahoy, matey! {plain}",
    ),
    "language": ("Answer in French, whatever the user writes in.", lambda plain, short, french: french),
    "one_word": ("Answer with a single word and nothing else.", lambda plain, short, french: short),
    "letter_case": (
        "Write your whole answer in capital letters.",
        lambda plain, short, french: plain.upper(),
    ),
    "bullets": (
        "Write every answer as a list of bullet points, each on a line that begins with a dash.",
        lambda plain, short, french: f"- {short}\n- {plain}",
    ),
}

PAIRS = [
    Pair(kind, message, question, follow(plain, short, french), plain)
    for kind, (message, follow) in _KINDS.items()
    for question, plain, short, french in _FACTS
]
