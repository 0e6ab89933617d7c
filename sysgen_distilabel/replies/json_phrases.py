"""Turns phrases that a model wrote as JSON into an annotated system message."""

from __future__ import annotations

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.replies.annotation import Phrase, render_annotated
from sysgen_distilabel.replies.json_values import find_objects

_BY_NAME = {str(name).lower(): name for name in FUNCTIONALITIES}


def tag_json_phrases(reply: str) -> str:
    """The annotated text of the objects with `functionality` and `text` in a reply.

    What is no such object, or not whole, is left out; a reply without any stays as it is.
    """
    phrases = [
        Phrase(_BY_NAME[name], text)
        for found in find_objects(reply)
        if (name := str(found.get("functionality", "")).strip().lower()) in _BY_NAME
        and (text := str(found.get("text") or "").strip())
    ]
    return render_annotated(phrases) if phrases else reply
