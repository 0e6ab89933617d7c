"""Finished rows for judges, and what judges say of them."""

SYSTEM = "You are a tutor. Be brief."
PHRASES = [
    {"functionality": "Role", "text": "You are a tutor.", "verdict": "Good"},
    {"functionality": "Content", "text": "The answer is 4.", "verdict": "Bad"},
    {"functionality": "Style", "text": "Be brief.", "verdict": "Good"},
]


def finished_row(source_id="a", original="The original answer.", aligned="Aligned.", turns=1, **columns):
    """An accepted row with the same two answers in every turn."""
    requests = [{"role": "user", "content": f"Question {turn}?"} for turn in range(1, turns + 1)]
    sides = {"messages": original, "aligned_messages": aligned}
    conversations = {
        column: [m for request in requests for m in (request, {"role": "assistant", "content": answer})]
        for column, answer in sides.items()
    }
    conversations["aligned_messages"].insert(0, {"role": "system", "content": SYSTEM})
    state = {"outcome": "accepted", "outcome_detail": "", "rejected_by": "", "model_name": "writer"}
    return {"source_id": source_id, **conversations, "phrases": PHRASES, **state, **columns}


def pair_judgement(original_first, aligned_first, verdict=None, question="request", detail=""):
    """An entry of `pair_judgements`; the verdict follows from the two orders."""
    from sysgen_distilabel.replies.judgements import combine_orders

    return {
        "question": question,
        "verdict": verdict or combine_orders(original_first, aligned_first),
        "original_first": original_first,
        "aligned_first": aligned_first,
        "judge": "judge",
        "detail": detail,
    }
