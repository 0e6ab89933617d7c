"""Prompts of SysGen for the simulated engine."""

from sysgen_distilabel.functionalities import Functionality
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.prompts.demonstrations import load_demonstrations


def conversation(*texts):
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


CODE = conversation(
    "Write a Python function that counts the words of a text file.",
    "Like so:\n\n```python\nfrom collections import Counter\n\ndef count(path): ...\n```\nIt uses a counter.",
)
CONVERSATIONS = {
    "en": conversation("What are the advantages of electric cars?", "They are quiet and cheap to run."),
    "de": conversation(
        "Was ist der Unterschied zwischen Wetter und Klima?", "- Wetter: Tage\n- Klima: Jahre"
    ),
    "es": conversation("¿Cuáles son las causas de la Revolución Francesa?", "Hubo varias. " * 90),
    "fr": conversation("Écris un poème sur la mer en hiver.", "La mer est grise."),
    "ko": conversation("김치가 건강에 어떤 도움을 주는지 설명해 주세요.", "김치는 유산균이 풍부합니다."),
    "ja": conversation("光合成の仕組みを教えてください。", "植物は光を使います。"),
    "zh": conversation("请介绍一下长城的历史和建筑特点。", "长城很长。"),
}


def generation_prompt(messages):
    return render_prompt(
        "generate_system_message",
        demonstrations=load_demonstrations(),
        messages=messages,
        fence=fence_for([message["content"] for message in messages]),
    )


def verification_prompt(phrases, per_phrase=False):
    return render_prompt(
        "verify_functionalities",
        phrases=[{"functionality": name, "text": text} for name, text in phrases],
        plain=" ".join(text for _, text in phrases),
        per_phrase=per_phrase,
        messages=[],
        as_json=False,
        about_leaks=False,
        fence=fence_for([text for _, text in phrases]),
    )


def many_prompts(count):
    return [generation_prompt(conversation(f"What is the number {n}?", f"It is {n}.")) for n in range(count)]


PHRASES = [
    (Functionality.ROLE, "You are a tutor."),
    (Functionality.CONTENT, "Name the sources."),
    (Functionality.CONTENT, "Give an example."),
    (Functionality.FORMAT, "Answer in a list."),
]
