"""Makes up short conversations, enough of them and different enough to learn a format from."""

from __future__ import annotations

from random import Random
from typing import Final

Conversation = list[dict[str, str]]

_TOPICS: Final = (
    "rain rivers mountains bread cheese bridges maps clocks birds horses bees forests gardens paint glass "
    "paper iron planets moons tides storms volcanoes sharks robots chess poems numbers triangles primes "
    "sleep dreams coffee tea salt sugar apples grapes cotton silk boats wind shadows mirrors lenses "
    "radios queues stacks graphs loops strings arrays sensors batteries trains museums violins drums "
    "marathons recipes budgets contracts invoices vaccines allergies telescopes glaciers deserts orchids "
    "spiders"
)
_QUALITIES: Final = (
    "old small modern cheap rare heavy quiet bright northern digital wooden common broken green frozen public"
)
_LANGUAGES: Final = ("Python", "JavaScript", "SQL", "Rust", "Java")

_QUESTIONS: Final = {
    "any": (
        "What should I know about {a} and {b}?",
        "Why are {a} so different from {b}?",
        "I have to give a talk on {a}. Where do I start?",
        "Could you tell me how {a} work?",
        "My neighbour says that {a} are better than {b}. Is that true?",
        "Compare {a} with {b} in a table.",
    ),
    "code": (
        "Write a {language} function that sorts {a} by {b}.",
        "How can I count {a} in {language}?",
        "This {language} code for {a} fails:\n```\nload({b})\n```\nWhy?",
    ),
    "maths": (
        "Solve for the number of {a}: {n} of them weigh {m} kg. How much does one weigh?",
        "Calculate {n} percent of {m} {a}.",
    ),
    "writing": (
        "Write a poem about {a} and {b}.",
        "Draft an email to my team about {a}.",
        "Write a short story with {a} in it.",
    ),
}

_ANSWERS: Final = (
    "{A} are easier to understand once you have seen {b}.",
    "Start with {a}. After that, look at {b} and compare the two.",
    "There are {n} reasons, and most of them have to do with {b}.",
    "- {A} come first\n- {b} come second\n- everything else can wait",
    "| What | Why |\n|---|---|\n| {a} | they matter most |\n| {b} | they follow |",
    "```\nfor item in {b}:\n    print(item)\n```\nThat handles {a}.",
    "The result is {n} {a}, because {m} divided by {n} leaves nothing over.",
    "{A} and {b}, side by side,\nwaited for the evening tide.",
)

_FOLLOW_UPS: Final = ("And what about {b}?", "Thank you. Can you say more about {a}?", "Is that always so?")


def make_conversations(count: int, seed: int, held_out: bool = False) -> list[Conversation]:
    """Make up conversations of one or two turns.

    Args:
        count: how many.
        seed: other seeds give other conversations.
        held_out: whether to take the topics that are kept for measuring, or the others.
    """
    random = Random(seed)
    topics = [topic for number, topic in enumerate(_TOPICS.split()) if (number % 8 == 0) == held_out]
    return [_make_conversation(topics, random) for _ in range(count)]


def _make_conversation(topics: list[str], random: Random) -> Conversation:
    words = _draw_words(topics, random)
    kind = random.choices(list(_QUESTIONS), weights=[4, 2, 2, 2])[0]
    turns = [_fill(random.choice(_QUESTIONS[kind]), words), _fill(random.choice(_ANSWERS), words)]
    if random.random() < 0.2:
        turns += [_fill(random.choice(_FOLLOW_UPS), words), _fill(random.choice(_ANSWERS), words)]
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(turns)]


def _draw_words(topics: list[str], random: Random) -> dict[str, str | int]:
    first, second = (
        f"{random.choice(_QUALITIES.split())} {topic}" if random.random() < 0.4 else topic
        for topic in random.sample(topics, 2)
    )
    number = random.randint(2, 12)
    return {
        "a": first,
        "A": first.capitalize(),
        "b": second,
        "n": number,
        "m": number * random.randint(2, 30),
        "language": random.choice(_LANGUAGES),
    }


def _fill(template: str, words: dict[str, str | int]) -> str:
    return template.format(**words)
