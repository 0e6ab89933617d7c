"""Finds the program in an answer, and in which language it is."""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_NAMES = {
    "py": "python", "python3": "python", "js": "javascript", "jsx": "javascript", "node": "javascript",
    "ts": "typescript", "c++": "cpp", "cc": "cpp", "h": "c", "cs": "c_sharp", "c#": "c_sharp",
    "csharp": "c_sharp",
    "golang": "go", "rs": "rust", "rb": "ruby", "mysql": "sql", "sh": "bash", "shell": "bash",
    "zsh": "bash", "html5": "html",
}  # fmt: skip
_TYPED = (
    r"(?:(?:unsigned|const|static|inline|long) )*(?:int|void|double|float|char|bool|long|size_t|string|auto"
    r"|std::[\w:<>]+|[A-Z]\w*(?:<.+>)?)(?:\[\])?[\s*&]+\w+(?:\s*\([^;]*\)\s*\{?|\[?\]? = .*;)$"
)
_NO_CODE = frozenset(
    {"text", "txt", "plaintext", "markdown", "md", "output", "console", "latex", "tex", "math"}
)
_STARTS = {
    "python": r"(?:async )?def \w+\(|class \w+[(:]|from [\w.]+ import |import \w+(?:\.\w+)*(?: as \w+)?$|@\w+"
    r"|if __name__|for \w+ in .+:$"
    r"|while .+:$|with open\(|print\(",
    "javascript": r"(?:async )?function\*? ?\w*\(|(?:const|let|var) "
    r"[\w{[]|export |import .* from |console\.log\(|document\.|module\.exports|class \w+ |fetch\(|#!.*node",
    "typescript": r"interface \w+ \{|type \w+ =|(?:const|let) \w+: ?\w|function \w+\([^)]*: ?\w",
    "java": rf"(?:public|private|protected|static|abstract|final)[\w<>\[\] ]+[({{;=]|import java|package "
    rf"[\w.]+;|class \w+ \{{|System\.out|{_TYPED}",
    "c_sharp": rf"using [\w.]+;|namespace \w+|Console\.|public|class \w+|{_TYPED}",
    "cpp": rf"#include|using namespace|std::|template ?<|class \w+ \{{?$|{_TYPED}",
    "c": rf"#include <std|#include <string\.h|{_TYPED}",
    "go": r"package \w+$|func (?:\(\w+ [*\w]+\) )?\w+\(|import \($",
    "rust": r"(?:pub )?fn \w+|use std::|impl |let mut ",
    "ruby": r"def \w+[?!]?(?:\(.*\))?$|require '|puts ",
    "php": r"<\?php|function \w+\(\$|\$\w+ ?=[^\n]*(?:;|[\[({,][ \t]*$)",
    "sql": r"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (?:TABLE|VIEW|INDEX)|ALTER TABLE|WITH \w+ AS)\b",
    "bash": r"#!/.*sh|for \w+ in .*; do|if \[|echo \"|sudo |grep |find |awk |sed ",
    "html": r"<!DOCTYPE|<html|<(?:div|ul|table|form|head|body|p|h1)\b",
    "css": r"[.#]?[\w-]+(?:[ ,>.#:]+[\w-]+)* \{$",
}  # fmt: skip
_FIRST = {name: re.compile(rf"\s*(?:{pattern})", re.MULTILINE) for name, pattern in _STARTS.items()}
_COMMENT = re.compile(r"\s*(?:#(?!include|!)|//|/\*|--|\*|\"\"\"|<!--)")
_ASKED = re.compile(
    r"(?<![\w+#])(python|javascript|typescript|java|c\+\+|c#|golang|rust|ruby|php|sql|mysql|bash|shell"
    r"|html|css|node)(?![\w+#])"
)
_PROSE = re.compile(r"[A-Z][\w']*+(?: [\w',]++){4,}+[.:!?]$")
_CODE_SIGN = re.compile(r"[(){};=<>F](?:(?<!F)|(?<=\bF)ROM\b)")
_KEYWORD = rf"(?:{'|'.join((*keyword.kwlist, *keyword.softkwlist))})\b"
_TWO_NAMES = re.compile(rf"\s*(?!{_KEYWORD})[^\W\d]\w*[ \t]+(?!{_KEYWORD})[^\W\d]\w*(?![\w'\"])")
"""What no Python program begins with: two names side by side."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program, and the languages it may be in, the likeliest first: `python`, `c_sharp`.

    `named` says that the text itself names the language.
    """

    source: str
    languages: tuple[str, ...]
    named: bool = False


def find_program(text: str, question: str) -> Program | None:
    """The program that a text gives, or None: its longest fenced block, or all of it where it starts as
    code does."""
    has_fence = "```" in text or "~~~" in text
    blocks = [(found[2], found[3]) for found in _FENCE.finditer(text)] if has_fence else []
    if not blocks:
        languages = _guess(text, question) if _is_only_code(text) else ()
        return Program(text, languages) if languages else None
    named, source = max(blocks, key=lambda block: len(block[1]))
    language = _NAMES.get(named.lower(), named.lower())
    if language in _NO_CODE or not source.strip():
        return None
    if language:
        return Program(source, (language,), named=True)
    languages = _guess(source, question) or _asked(question)
    return Program(source, languages) if languages else None


def _guess(source: str, question: str) -> tuple[str, ...]:
    """The languages in which programs start so; first the one that the question names."""
    line = next((line for line in source.splitlines() if line.strip() and not _COMMENT.match(line)), "")
    hits = [name for name, first in _FIRST.items() if first.match(line)]
    if not hits and _is_script(source):
        hits = ["python"]
    asked = [name for name in _asked(question) if name in hits] if len(hits) > 1 else hits
    return (*asked, *(name for name in hits if name not in asked))


def _is_script(source: str) -> bool:
    """Whether a text is a Python script that does something, and not a word or a list that happens to
    parse."""
    if _TWO_NAMES.match(source):
        return False
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(not isinstance(node, ast.Expr) for node in tree.body) and len(tree.body) > 1


def _asked(question: str) -> tuple[str, ...]:
    found = _ASKED.findall(question.lower())
    return tuple(_NAMES.get(name, name) for name in reversed(found))


def _is_only_code(text: str) -> bool:
    """Whether there is no prose: no line reads as a sentence."""
    if not _CODE_SIGN.search(text):
        return False
    return not any(_PROSE.match(line.strip()) and not _COMMENT.match(line) for line in text.splitlines())
