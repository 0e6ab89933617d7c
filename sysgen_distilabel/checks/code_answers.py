"""Compares answers that are programs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import starmap, zip_longest
from operator import is_
from typing import Literal

from sysgen_distilabel.checks.code_in_text import Program, find_program
from sysgen_distilabel.checks.code_runs import run_python
from sysgen_distilabel.checks.code_syntax import parses, python_tree, skeleton


def compare_code(
    question: str, original: str, aligned: str, *, execute: bool
) -> Literal["same", "different", "unknown"] | None:
    """Whether an aligned answer gives the original's program; None where the original gives none.

    `same`: the same up to comments, layout and, in Python, the names of local variables. `different`: it
    does not parse where the original does, or differs in nothing but arithmetic operators. Else what both
    print tells, if they may be run.

    Raises:
        ConfigError: if tree-sitter is not installed.
    """
    wanted = find_program(original, question)
    if not wanted:
        return None
    said = find_program(aligned, question)
    if not said:
        return "unknown"
    language = _common_language(wanted, said)
    if not language:
        return "unknown"
    if not (one := skeleton(wanted.source, language)):
        return "unknown"
    other = skeleton(said.source, language)
    if other is None:
        return "different" if parses(said.source, language) is False else "unknown"
    if one == other:
        return "same"
    return _compare_python(wanted.source, said.source, execute=execute) if language == "python" else "unknown"


def _common_language(one: Program, other: Program) -> str | None:
    """The likeliest language of both in which the first parses."""
    return next(
        (name for name in one.languages if name in other.languages and parses(one.source, name)), None
    )


def _compare_python(original: str, aligned: str, *, execute: bool) -> Literal["same", "different", "unknown"]:
    one, other = python_tree(original), python_tree(aligned)
    if not one or not other:
        return "unknown"
    if _have_same_shape(one, other):  # else neither holds, and this is quickly seen
        if _renamed(one) == _renamed(other):
            return "same"
        if _renamed(one, operators=False) == _renamed(other, operators=False):
            return "different"
    return _compare_runs(original, aligned, one, other) if execute else "unknown"


def _have_same_shape(one: ast.Module, other: ast.Module) -> bool:
    """Whether two trees have the same kinds of nodes in the same places, whatever the operators."""
    return all(starmap(is_, zip_longest(_list_kinds(one), _list_kinds(other))))


def _list_kinds(tree: ast.Module) -> Iterator[type[ast.AST]]:
    return (type(node) for node in ast.walk(tree) if not isinstance(node, ast.operator))


def _renamed(tree: ast.Module, *, operators: bool = True) -> str:
    """A tree as text, with local names by the order in which they come; without operators if so asked."""
    tree = ast.parse(ast.unparse(tree))
    for function in [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]:
        names: dict[str, str] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                names.setdefault(node.arg, f"_{len(names)}")
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.setdefault(node.id, f"_{len(names)}")
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                node.arg = names.get(node.arg, node.arg)
            elif isinstance(node, ast.Name):
                node.id = names.get(node.id, node.id)
    if not operators:
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp | ast.AugAssign):
                node.op = ast.Add()
    return ast.dump(tree)


def _compare_runs(
    original: str, aligned: str, one: ast.Module, other: ast.Module
) -> Literal["same", "different", "unknown"]:
    """What both print; a program that only defines functions is called the way the original calls them."""
    calls = [node for node in one.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    if calls and not any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in other.body
    ):
        aligned += "\n\n" + "\n".join(ast.unparse(node) for node in calls)
    wanted = run_python(original)
    if not wanted.finished or not wanted.printed.strip():
        return "unknown"
    said = run_python(aligned)
    return "same" if said.finished and said.printed.split() == wanted.printed.split() else "different"
