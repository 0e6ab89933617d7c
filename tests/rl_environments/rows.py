"""Accepted rows of a run, as environments are made of them."""


def row_of(number, *phrases, conflicting="", answer="It is green.", role="You are a guide to the hills."):
    """A row under a message of these phrases of format, and of a role."""
    kept = [{"functionality": "Role", "text": role, "verdict": "Good"}]
    kept += [{"functionality": "Format", "text": text, "verdict": "Good"} for text in phrases]
    system = " ".join(phrase["text"] for phrase in kept)
    asked = (
        conflicting or f"Tell me all you know of hill number {number}, which lies east of town {number * 7}."
    )
    turns = [("system", system), ("user", asked), ("assistant", answer)]
    return {
        "source_id": f"row-{number}",
        "system_message": system,
        "phrases": kept,
        "conflicting_turn": conflicting,
        "aligned_messages": [{"role": role, "content": content} for role, content in turns],
    }
