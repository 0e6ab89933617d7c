"""The question to a judge whether answers follow a system message, as several Tasks ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.grammars import verdict_regex, verdict_schema
from sysgen_distilabel.replies.judgements import OVERALL, Alignment

if TYPE_CHECKING:
    from distilabel.typing import ChatType

ALIGNMENT_TEMPLATE: Final = "judges/alignment.jinja2"
"""The file of `sysgen_distilabel.prompts` that the question is made of."""


def keys_to_judge(phrases: Sequence[Mapping[str, str]]) -> list[str]:
    """What gets a verdict: the whole, then the functionalities of the phrases in their order."""
    present = {phrase["functionality"] for phrase in phrases}
    return [OVERALL, *(str(name) for name in FUNCTIONALITIES if name in present)]


def ask_alignment(
    system_message: str,
    phrases: Sequence[Mapping[str, str]],
    conversation: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
) -> ChatType:
    """The system message, annotated where its phrases are known, and the conversation under it.

    Args:
        system_message: its text, shown where there are no phrases.
        phrases: the phrases it is made of.
        conversation: the turns, without a system message.
        keys: what to give verdicts on, see `keys_to_judge`.
    """
    shown = "\n".join(f"<<{p['functionality']}>>{p['text']}<</{p['functionality']}>>" for p in phrases)
    chat: ChatType = render_prompt(
        "judges/alignment",
        system_message=shown or system_message,
        conversation=conversation,
        keys=keys,
        fence=fence_for([shown or system_message, *(message["content"] for message in conversation)]),
    )
    return chat


def alignment_format(keys: Sequence[str], formats: frozenset[str]) -> dict[str, Any] | None:
    """The lines the prompt asks for as a regular expression, or else a JSON object."""
    if "regex" in formats:
        return {"format": "regex", "schema": verdict_regex(list(keys), Alignment)}
    if "json" in formats:
        return {"format": "json", "schema": verdict_schema(list(keys), Alignment)}
    return None
