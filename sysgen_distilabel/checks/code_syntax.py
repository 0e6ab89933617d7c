"""Whether a program parses, and what is left of it without comments and layout."""

from __future__ import annotations

import ast
import json
import textwrap
import warnings
from functools import cache, lru_cache
from typing import Any, Final

from sysgen_distilabel.checks.answers_extra import import_answers_library

_LANGUAGES: Final = {
    "javascript": "language", "typescript": "language_typescript", "java": "language", "c": "language",
    "cpp": "language", "c_sharp": "language", "go": "language", "rust": "language", "ruby": "language",
    "php": "language_php", "bash": "language", "html": "language", "css": "language", "sql": "language",
}  # fmt: skip
GRAMMARS: Final = tuple(f"tree_sitter_{language}" for language in _LANGUAGES)
"""The modules that hold the grammars."""

_LOOSE_SEMICOLONS = frozenset({"javascript", "typescript"})
_LONGEST = 100_000


def parses(source: str, language: str) -> bool | None:
    """Whether a program has no syntax error; None of a language that no parser is there for.

    Python is parsed as the running Python reads it, other languages with tree-sitter.

    Raises:
        ConfigError: if tree-sitter or the grammar is not installed.
    """
    if len(source) > _LONGEST:
        return None
    if language == "python":
        return python_tree(source) is not None
    if language == "json":
        return _is_json(source)
    return not _tree(source, language).root_node.has_error if language in _LANGUAGES else None


def skeleton(source: str, language: str) -> object:
    """A value that is equal for two programs that differ in comments and layout alone; None if it does
    not parse."""
    if language == "python":
        tree = python_tree(source) if len(source) <= _LONGEST else None
        return tree and ast.dump(_without_docstrings(tree))
    if not parses(source, language):
        return None
    if language == "json":
        return json.dumps(json.loads(source), sort_keys=True)
    tokens = _leaves(_tree(source, language).root_node)
    if language in _LOOSE_SEMICOLONS:
        tokens = [token.replace(b"'", b'"') for token in tokens if token != b";"]
    return [token.upper() for token in tokens if token != b";"] if language == "sql" else tokens


def python_tree(source: str) -> ast.Module | None:
    """The tree of a Python program without a common indent, or None if it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _is_json(source: str) -> bool:
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        return False
    return True


@lru_cache(maxsize=4)  # asked whether it parses, and then for its tokens
def _tree(source: str, language: str) -> Any:
    if language == "php" and "<?" not in source:
        source = f"<?php\n{source}"
    return _parser(language).parse(source.encode(errors="replace"))


def _leaves(root: Any) -> list[bytes]:
    """The tokens of a tree, comments left out; without recursion, as trees may be deep."""
    tokens, stack = [], [root]
    while stack:
        node = stack.pop()
        if "comment" in node.type:
            continue
        if node.child_count and "string" not in node.type:
            stack.extend(reversed(node.children))
        elif text := b" ".join(node.text.split()) if node.type == "text" else node.text:
            tokens.append(text)
    return [token for token in tokens if token.strip()]


@cache
def _parser(language: str) -> Any:
    tree_sitter = import_answers_library("tree_sitter")
    grammar = import_answers_library(f"tree_sitter_{language}")
    return tree_sitter.Parser(tree_sitter.Language(getattr(grammar, _LANGUAGES[language])()))
