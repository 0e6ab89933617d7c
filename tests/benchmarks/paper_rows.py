"""Rows like the paper's input: as many from each source, and as long, with text that means nothing."""

import json
import math
import random

SOURCES = {
    "capybara": (41_301, 300.24, 1423.28),
    "airoboros": (59_277, 507.26, 1110.62),
    "orca_math": (200_035, 238.87, 878.43),
    "magicoder": (111_183, 652.53, 1552.41),
    "metamath": (395_000, 213.53, 498.24),
}
"""Rows, mean characters of a question and mean characters of an answer (paper, Table 8)."""

PAPER_ROWS = sum(rows for rows, _, _ in SOURCES.values())

_SIGMA = 0.5
"""Spread of the log-normal lengths; the paper gives means only."""

_POOL = 1 << 22


def write_rows(path, number, seed=0):
    """Write so many rows as JSON lines, one at a time, and return the size of the file in bytes."""
    chance = random.Random(seed)
    pool = _make_pool(chance)
    names, weights = list(SOURCES), [rows for rows, _, _ in SOURCES.values()]
    with path.open("w", encoding="utf-8") as file:
        for row in range(number):
            name = chance.choices(names, weights)[0]
            _, question, answer = SOURCES[name]
            values = {
                "id": f"{name}-{row:06d}",
                "question": f"{row}: {_cut(pool, question, chance)}?",
                "answer": _cut(pool, answer, chance),
            }
            file.write(json.dumps(values) + "\n")
    return path.stat().st_size


def _make_pool(chance):
    letters = "etaoinshrdlucmfw"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(20_000)]
    return " ".join(chance.choices(words, k=_POOL // 6))


def _cut(pool, mean, chance):
    length = int(mean * math.exp(chance.gauss(0, _SIGMA) - _SIGMA**2 / 2))
    start = chance.randrange(len(pool) - length)
    return pool[start : start + length].strip() or "word"
