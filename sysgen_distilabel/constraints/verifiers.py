"""Constraints that a program can check: the verifiers of IFEval as lm-eval carries them, and our own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sysgen_distilabel.constraints.own_verifiers import IDS_OF_IFEVAL_TOO, OWN_VERIFIERS, find_own
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import missing_extra

_PUNKT: Final = "tokenizers/punkt_tab"
_NEED_PUNKT: Final = frozenset({"length_constraints:number_sentences", "change_case:capital_word_frequency"})
_LETTERS: Final = "keywords:letter_frequency"
_PATTERNS: Final = ("keyword", "keywords", "forbidden_words")
"""Arguments that the verifiers read as regular expressions."""
_PROBE: Final = "A short text."


class BadConstraint(ValueError):
    """A constraint names no verifier, or lacks or has wrong arguments; the row it is in is malformed."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a response has to fulfil, in the form a program can check.

    Attributes:
        verifier: id of an IFEval instruction, such as `length_constraints:number_words`, or of one of
            `OWN_VERIFIERS`.
        arguments: what the verifier needs, such as `{"num_words": 100, "relation": "at least"}`.
    """

    verifier: str
    arguments: Mapping[str, Any]

    def to_row(self) -> dict[str, str]:
        """The constraint as it stands in a dataset column: the arguments are one JSON text.

        So every constraint has the same type, whichever verifier it is for.
        """
        return {"verifier": self.verifier, "arguments": json.dumps(dict(self.arguments), ensure_ascii=False)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Constraint:
        """Read what `to_row` has written, and check it.

        Raises:
            BadConstraint: if it is of another form, or no verifier can check it.
        """
        try:
            arguments = row["arguments"]
            read = json.loads(arguments) if isinstance(arguments, str) else dict(arguments or {})
            constraint = cls(str(row["verifier"]), read)
        except (KeyError, TypeError, ValueError) as error:
            raise BadConstraint(f"no constraint: {type(error).__name__}: {error}") from None
        check_constraint(constraint)
        return constraint


def read_ifeval_constraints(ids: Sequence[str], kwargs: Sequence[Mapping[str, Any]]) -> list[Constraint]:
    """The constraints of a row in the layout of IFEval: `instruction_id_list` and `kwargs`.

    Args:
        ids: the ids of the instructions.
        kwargs: their arguments; those that are null are left out, as the published files have them all.

    Raises:
        BadConstraint: if the two differ in length, or a verifier cannot check one of them.
    """
    if len(ids) != len(kwargs):
        raise BadConstraint(f"{len(ids)} instructions have {len(kwargs)} sets of arguments")
    constraints = []
    for name, arguments in zip(ids, kwargs, strict=True):
        given = {key: value for key, value in (arguments or {}).items() if value is not None}
        constraints.append(Constraint(name, given))
        check_constraint(constraints[-1])
    return constraints


def list_verifiers() -> dict[str, tuple[str, ...]]:
    """The verifiers of IFEval and the names of the arguments each one needs.

    Raises:
        ConfigError: if lm-eval is not installed.
    """
    return {name: tuple(kind(name).get_instruction_args_keys()) for name, kind in sorted(_registry().items())}


def check_constraint(constraint: Constraint) -> None:
    """Make sure that a verifier can check the constraint.

    A verifier draws the arguments it is not given at random, so a missing one is an error here. So is
    one that only breaks the verifier when it looks at a text.

    Raises:
        BadConstraint: if there is no such verifier, or its arguments are missing, unknown or wrong.
        ConfigError: if lm-eval, or the data of nltk that a verifier of IFEval needs, is not installed.
    """
    _any_follows([_PROBE], constraint)


def is_available(constraint: Constraint) -> bool:
    """Whether the constraint can be checked here: some need data of nltk that may not be installed.

    Raises:
        BadConstraint: if the constraint cannot be checked anywhere.
    """
    try:
        check_constraint(constraint)
    except ConfigError:
        return False
    return True


def follows(response: str, constraint: Constraint) -> bool:
    """Whether the response fulfils the constraint ("strict" in IFEval); an empty one never does.

    Raises:
        BadConstraint: if the constraint cannot be checked.
        ConfigError: if something is not installed, see `check_constraint`.
    """
    return _any_follows([response], constraint)


def follows_loosely(response: str, constraint: Constraint) -> bool:
    """Whether the response fulfils it but for a first line, a last line or asterisks ("loose" in IFEval).

    Raises:
        BadConstraint: if the constraint cannot be checked.
        ConfigError: if something is not installed, see `check_constraint`.
    """
    return _any_follows(loose_variants(response), constraint)


def _any_follows(responses: Sequence[str], constraint: Constraint) -> bool:
    check = _find_check(constraint)
    try:
        return any(text.strip() and check(text) for text in responses)
    except ConfigError:
        raise
    except Exception as error:  # the verifiers do not check all that they are given
        raise BadConstraint(f"{constraint.verifier}: {type(error).__name__}: {error}") from None


def loose_variants(response: str) -> list[str]:
    """IFEval's eight: with or without the first and the last line, and the asterisks."""
    lines = response.split("\n")
    shorter = [lines[1:], lines[:-1], lines[1:-1]]
    texts = [response, *("\n".join(part).strip() for part in shorter)]
    return list(dict.fromkeys([*texts, *(text.replace("*", "") for text in texts)]))


def _find_check(constraint: Constraint) -> Callable[[str], bool]:
    """The check of the verifier, with its arguments given."""
    name, arguments = constraint.verifier, constraint.arguments
    if (own := find_own(name, arguments)) is not None:
        if wrong := own.find_wrong(arguments):
            raise BadConstraint(f"{name} does not take {wrong}={arguments[wrong]!r}")
        return lambda text: own.check(text, **arguments)
    if name in OWN_VERIFIERS and name not in IDS_OF_IFEVAL_TOO:
        needed = sorted(OWN_VERIFIERS[name].arguments)
        raise BadConstraint(f"{name} needs the arguments {needed} and has {sorted(arguments)}")
    check: Callable[[str], bool] = _build(constraint).check_following
    return check


def _build(constraint: Constraint) -> Any:
    """The verifier of IFEval with its arguments."""
    name, arguments = constraint.verifier, dict(constraint.arguments)
    if (kind := _registry().get(name)) is None:
        raise BadConstraint(f"there is no verifier '{name}'")
    if name in _NEED_PUNKT:
        _require_punkt(name)
    _check_patterns(name, arguments)
    instruction = kind(name)
    needed = set(instruction.get_instruction_args_keys())
    if needed != arguments.keys():
        raise BadConstraint(f"{name} needs the arguments {sorted(needed)} and has {sorted(arguments)}")
    try:
        instruction.build_description(**arguments)
    except Exception as error:  # the verifiers check their arguments each in their own way, or not at all
        raise BadConstraint(f"{name}: {type(error).__name__}: {error}") from None
    if name == _LETTERS and len(str(arguments["letter"])) == 1:
        instruction._letter = arguments[
            "letter"
        ].lower()  # it draws a letter where a sign such as ! is asked for
    _check_nothing_drawn(instruction, arguments)
    return instruction


def _check_patterns(name: str, arguments: Mapping[str, Any]) -> None:
    """Refuse a keyword that is no regular expression; a verifier may come to it only in some responses."""
    for argument in _PATTERNS:
        value = arguments.get(argument, [])
        try:
            for pattern in [value] if isinstance(value, str) else value:
                re.compile(pattern)
        except (re.error, TypeError, OverflowError, RecursionError) as error:
            raise BadConstraint(f"{name}: {value!r} is no regular expression: {error}") from None


def _check_nothing_drawn(instruction: Any, arguments: Mapping[str, Any]) -> None:
    """Refuse an argument that the verifier has replaced by a random one of its own."""
    taken = instruction.get_instruction_args() or {}
    for name, value in arguments.items():
        if name in taken and _normalise(taken[name]) != _normalise(value):
            raise BadConstraint(f"{instruction.id} does not take {name}={value!r}")


def _normalise(value: Any) -> Any:
    """The value without what the verifiers change in it: order, case and blanks around."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return value.strip().lower() if isinstance(value, str) else value


@cache
def _registry() -> Mapping[str, Any]:
    try:
        with _no_download():
            from langdetect import DetectorFactory
            from lm_eval.tasks.ifeval.instructions_registry import INSTRUCTION_DICT
    except ImportError as error:
        raise missing_extra("Checking constraints", "verifiers", error.name) from None
    DetectorFactory.seed = 0  # else the language of a short text differs from call to call
    registry: Mapping[str, Any] = INSTRUCTION_DICT
    return registry


@contextmanager
def _no_download() -> Iterator[None]:
    """Keep lm-eval from fetching data when it is imported, which only two of the verifiers need."""
    import nltk

    find, nltk.data.find = nltk.data.find, lambda *_, **__: None
    try:
        yield
    finally:
        nltk.data.find = find


@cache
def _require_punkt(verifier: str) -> None:
    import nltk

    try:
        nltk.data.find(_PUNKT)
    except LookupError:
        raise ConfigError(
            f"The verifier {verifier} needs nltk's sentence tokenizer, which is not installed.",
            "Run: python -m nltk.downloader punkt_tab",
        ) from None
