"""An LLM that drives each row to the outcome its text asks for, and rows that ask for all of them."""

import json
import re

from distilabel.models.llms.base import AsyncLLM

PHASES = ("generate", "verify", "respond")
STEPS = {
    "generate": "generate_system_message",
    "verify": "verify_functionalities",
    "respond": "generate_aligned_response",
}
FAULTS = ("no_reply", "truncated_reply", "content_filter", "engine_error")
CASES = [
    *[("accepted", "respond")] * 6,
    *[(fault, phase) for fault in FAULTS for phase in PHASES if (fault, phase) != ("no_reply", "respond")],
    ("no_valid_phrase", "generate"),
    ("unreadable_verdict", "verify"),
    ("every_phrase_rejected", "verify"),
    ("empty_answer", "respond"),
]
"""Each outcome a reply can cause, with the phase whose reply causes it."""

MARK = re.compile(r"case:(\w+)@(\w+)")


class Refused(Exception):
    """What a server says to a request it does not like."""

    status_code = 400


class OutcomeLLM(AsyncLLM):
    """Looks for `case:<outcome>@<phase>` in the prompt and does it."""

    @property
    def model_name(self):
        return "outcomes"

    async def agenerate(self, input, num_generations: int = 1, max_new_tokens: int = 512):
        text = "\n".join(message["content"] for message in input)
        phase = "verify" if "[Verdicts]" in text else "generate" if "<<Role>>" in text else "respond"
        outcome, wanted = MARK.findall(text)[-1]
        if wanted != phase:
            outcome = "accepted"
        if outcome == "engine_error":
            raise Refused("this prompt is refused")
        reply = REPLIES[phase].get(outcome, REPLIES[phase]["accepted"])
        reply = reply.format(mark="case:{}@{}".format(*MARK.findall(text)[-1]))
        reason = {"truncated_reply": "length", "content_filter": "content_filter"}.get(outcome, "stop")
        return {
            "generations": ["" if outcome in ("no_reply", "empty_answer") else reply],
            "statistics": {"input_tokens": [len(text) // 4], "output_tokens": [len(reply) // 4]},
            "finish_reason": [reason],
        }


REPLIES = {
    "generate": {
        "accepted": "<<Role>>You know {mark}.<</Role>><<Style>>Be brief.<</Style>><<Tool>>Use it.<</Tool>>"
        "<<Role>>lost",
        "no_valid_phrase": "You know {mark}.",
    },
    "verify": {
        "accepted": "Role: Good\nStyle: Good\nTool: None",
        "unreadable_verdict": "Role: perhaps",
        "every_phrase_rejected": "Role: Bad\nStyle: Bad\nTool: None",
    },
    "respond": {"accepted": "The very same answer, in other words."},
}


def write_every_outcome(path, texts=()):
    """A file with a row for each case, one bad row, and an accepted row for each of the texts."""
    rows = [
        {"id": f"row-{n}", "question": f"Number {n}: case:{outcome}@{phase}", "answer": "The same answer."}
        for n, (outcome, phase) in enumerate(CASES)
    ]
    rows += [
        {"id": f"text-{n}", "question": f"{text} case:accepted@respond", "answer": text}
        for n, text in enumerate(texts)
    ]
    rows.append({"id": "bad", "question": "", "answer": ""})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
