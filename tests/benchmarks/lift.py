"""What lift tells: AUC of the lift of answers that follow a message against answers that do not.

    python -m tests.benchmarks.lift MODEL [--base-url http://localhost:8000/v1]

Without an address the model is loaded with transformers. The pairs are in `lift_pairs.py`.
"""

import argparse
from itertools import product

from sysgen_distilabel.llms.likelihoods import LocalLikelihoods, ServerLikelihoods
from sysgen_distilabel.measures.lift import lift_per_token, with_answer
from tests.benchmarks.lift_pairs import PAIRS


def measure_lifts(likelihoods, pairs):
    """Per pair the lift of the answer that follows, and of the plain one."""
    chats = [
        with_answer([{"role": "user", "content": pair.question}], answer, message)
        for pair in pairs
        for answer in (pair.following, pair.plain)
        for message in (pair.message, "")
    ]
    found = likelihoods.measure(chats)
    lifts = [lift_per_token(*found[at : at + 2]) for at in range(0, len(found), 2)]
    return list(zip(lifts[::2], lifts[1::2], strict=True))


def auc(lifts):
    """The chance that an answer that follows has more lift than one that does not."""
    following, plain = zip(*lifts, strict=True)
    wins = [(one > other) + (one == other) / 2 for one, other in product(following, plain)]
    return sum(wins) / len(wins)


def print_table(lifts):
    """AUC and the share of pairs in the right order, of all pairs and by kind."""
    kinds = dict.fromkeys(pair.kind for pair in PAIRS)
    print("| kind | pairs | AUC | following above plain |\n|---|---:|---:|---:|")
    for kind in ("all", *kinds):
        part = [found for pair, found in zip(PAIRS, lifts, strict=True) if kind in ("all", pair.kind)]
        above = sum(following > plain for following, plain in part)
        print(f"| {kind} | {len(part)} | {auc(part):.2f} | {above} |")


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--base-url")
    given = parser.parse_args()
    likelihoods = (
        ServerLikelihoods(given.base_url, given.model) if given.base_url else LocalLikelihoods(given.model)
    )
    print_table(measure_lifts(likelihoods, PAIRS))


if __name__ == "__main__":
    main()
