"""Measures `parse_annotated`: cost of a typical message, and time against length on adversarial text.

Run `python tests/benchmarks/parse_annotated.py [--messages 200000]`.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
from time import process_time

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.replies.annotation import parse_annotated

WORDS = re.findall(
    r"\S+",
    "you are an assistant who explains the reasoning behind each step in plain language and lists what is "
    "needed to solve problems of school mathematics, code or writing; use `x < 3`, 1 << 2 and <b>bold</b>",
)
SLIPS = (("<</", "<<//"), ("<</Task>>", ""), ("<<Style>>", "<<style>>"), ("<</Role>>", "<<Role>>"))
UNITS = (
    "<<",
    "<<Role",
    "<<Role>>",
    "<</Role>>",
    "<<Foo>>",
    "<<Role>>a",
    "<Role>a<Task>",
    "«Role»",
    "<think>",
    "x</think>",
)


def write_message(rng: random.Random) -> str:
    """A reply of 300 to 800 characters as phase 1 gets them; one in five has a slip and text before it."""
    names = rng.sample(FUNCTIONALITIES, rng.randint(5, 7))
    length = rng.randint(300, 800) // len(names) - 20
    lines = []
    for name in names:
        words = " ".join(rng.choices(WORDS, k=30))[: max(length, 10)]
        lines.append(f"<<{name}>>{words}<</{name}>>")
    message = "\n".join(lines)
    if rng.random() < 0.2:
        message = f"Here is the system prompt:\n\n{message}".replace(*rng.choice(SLIPS), 1)
    return message


def measure(texts: list[str], repair: bool) -> float:
    """Core-seconds to parse all the texts."""
    started = process_time()
    for text in texts:
        parse_annotated(text, repair)
    return process_time() - started


def main() -> None:
    """Print the environment, the cost of a message and how time grows with length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    count = parser.parse_args().messages
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores")

    rng = random.Random(1)
    texts = [write_message(rng) for _ in range(count)]
    print(f"{count} messages, {sum(map(len, texts)) / count:.0f} characters on average")
    for repair in (False, True):
        seconds = measure(texts, repair)
        print(
            f"  repair={repair!s:5}  {seconds:6.2f} core-seconds  {seconds / count * 1e6:6.1f} µs per message"
        )

    print("core-seconds for 0.25, 0.5 and 1 MB; linear growth doubles them (repair=True)")
    for unit in UNITS:
        times = [measure([unit * (size // len(unit))], True) for size in (250_000, 500_000, 1_000_000)]
        print(f"  {unit!r:16}" + "".join(f"{seconds:8.3f}" for seconds in times))


if __name__ == "__main__":
    main()
