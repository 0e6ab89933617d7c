"""Finds Markdown, HTML and LaTeX in text that should be plain."""

from __future__ import annotations

import re

_KINDS = {
    "heading": r"^#{1,6} \S",
    "bold": r"(?<![\w*])\*\*(?=\S)[^*\n]+(?<=\S)\*\*(?![\w*])|(?<![\w_])__(?=\S)[^_\n]+(?<=\S)__(?![\w_])",
    "list": r"^[ \t]{0,20}[*+-] \S[^\n]*\n(?:[^\n]*\n){0,2}?[ \t]*[*+-] \S",
    "code": r"^[ \t]{0,20}(?:`{3,}|~{3,})|(?<!`)`[^`\n]+`(?!`)",
    "table": r"^[ \t]{0,20}\|?(?:[ \t]{0,9}:?-{3,}:?[ \t]{0,9}\|)+(?:[ \t]{0,9}:?-{3,}:?[ \t]{0,9})?$",
    "link": r"!?\[[^\[\]\n]+\]\((?:https?:|/|#|mailto:)[^)\s]*\)",
    "quotation": r"^> \S",
    "html": r"</(?:p|b|i|em|strong|div|span|h[1-6]|ul|ol|li|a|table|tr|td|code|pre)>|<(?:br|hr|p|div) ?/?>",
    "latex": r"\\\(.{1,300}?\\\)|\\\[.{1,300}?\\\]|\$\$.{1,300}?\$\$|\\(?:frac|sqrt|text|boxed|begin)\{",
}
_MARKUP = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()), re.MULTILINE)


def find_markup(answer: str) -> tuple[str, str] | None:
    """The first markup in a text and its kind (`heading`, `bold`, `list`, `code`, …), or None.

    A lone dash, an asterisk in a sum, or a dollar sign is none.
    """
    found = _MARKUP.search(answer)
    return (str(found.lastgroup), found[0].strip()) if found else None
