"""The wording in which the owners of Multifacet ask their judge: fetched from them, never shipped nor run."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.evaluation.benchmarks.sources import Origin, find_data

OURS: Final = "ours"
OWNERS: Final = "owners"

_COMMIT: Final = "b6df51043a0e9e7e23333b25a6ba2b5507c4e5ee"
_ORIGIN: Final = Origin(
    page="https://github.com/kaistAI/Janus",
    licence="Apache-2.0",
    revision=_COMMIT,
    address=f"https://raw.githubusercontent.com/kaistAI/Janus/{_COMMIT}",
    files={"utils/prompts.py": "b712a737fff4f7b5cc8f4e541cef4318334649b7"},
)
_NAMES: Final = {"ABS_SYSTEM_PROMPT": "judge_system", "ABS_USER_PROMPT_TEMPLATE": "judge_template"}
_PLACES: Final = ("{instruction}", "{response}", "{reference_answer}", "{score_rubric}")


def read_wording(judge_prompt: str) -> dict[str, str]:
    """The fields of `ScoreRubrics` for a wording; none for our own.

    The owners' file is a module of Python; the two texts in it are read as literals, nothing is run.

    Args:
        judge_prompt: `ours`, `owners`, or a local copy of their file.

    Raises:
        InputError: if the file cannot be fetched, or is not what it was.
        ConfigError: if it does not hold the texts.
    """
    if judge_prompt == OURS:
        return {}
    file = Path(find_data(_ORIGIN, None if judge_prompt == OWNERS else judge_prompt).location)
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = {
            _NAMES[target.id]: str(ast.literal_eval(statement.value))
            for statement in tree.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in _NAMES
        }
    except (OSError, ValueError, SyntaxError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.", "Name a copy with --judge-prompt.") from None
    if set(texts) != set(_NAMES.values()) or not all(p in texts["judge_template"] for p in _PLACES):
        raise ConfigError(
            f"{file} does not hold the judge's prompt.", f"It is utils/prompts.py of {_ORIGIN.page}."
        )
    return texts
