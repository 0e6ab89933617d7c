"""Lines in the schema of VerifIF, NeMo Gym's server of checks for instruction following.

Source: NVIDIA-NeMo/Gym, `resources_servers/verifif` (Apache-2.0), as of August 2026: what its endpoint asks
of a row, its `EXPECTED_ARGUMENTS`, and which of its validators agree with ours in which language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

from sysgen_distilabel.constraints.describe import describe
from sysgen_distilabel.constraints.verifiers import Constraint
from sysgen_distilabel.rl_environments.environment_task import Entry, EnvironmentTask

_RENAMED: Final = {
    "change_case:english_capital": "change_case:all_caps",
    "change_case:english_lowercase": "change_case:lowercase",
}
KNOWN: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(arguments)
    for name, arguments in {
        "change_case:all_caps": (),
        "change_case:lowercase": (),
        "detectable_content:number_placeholders": ("relation", "num_placeholders"),
        "detectable_content:numeric_inclusion": ("relation", "num_numbers"),
        "detectable_content:postscript": ("postscript_marker",),
        "detectable_format:heading_depth": ("levels",),
        "detectable_format:json_format": (),
        "detectable_format:number_bullet_lists": ("relation", "num_bullets"),
        "detectable_format:number_paragraphs": ("relation", "num_paragraphs"),
        "detectable_format:numbered_list": ("relation", "num_numbered_items"),
        "detectable_format:sentence_count": ("relation", "num_sentences"),
        "detectable_format:sentences_per_paragraph": ("relation", "num_sentences"),
        "detectable_format:table": ("min_rows", "min_cols"),
        "detectable_format:title": (),
        "keywords:existence": ("keywords",),
        "keywords:forbidden_words": ("forbidden_words",),
        "keywords:frequency": ("keyword", "relation", "frequency"),
        "length_constraints:number_characters": ("relation", "num_chars"),
        "length_constraints:number_words": ("relation", "num_words"),
        "length_constraints:paragraph_length": ("relation", "words_per_paragraph"),
        "length_constraints:sentence_length": ("max_words",),
        "punctuation:no_comma": (),
        "punctuation:no_period": (),
        "startend:end_checker": ("end_phrase",),
        "startend:quotation": (),
        "startend:start_checker": ("start_phrase",),
    }.items()
}
"""The ids of VerifIF that are written, and the arguments each one needs there; no other id ever is."""
_LOOSE: Final = frozenset({"detectable_format:json_format"})
"""Ids that VerifIF checks less strictly than we do, so that a question is asked beside."""
_DENSE: Final = frozenset(
    {"length_constraints:number_words", "length_constraints:paragraph_length",
     "length_constraints:sentence_length", "detectable_format:title"}
)  # fmt: skip
_OTHERWISE: Final = {
    "zh": _DENSE,
    "ja": _DENSE
    | {"change_case:lowercase", "change_case:all_caps", "punctuation:no_period", "keywords:forbidden_words",
       "keywords:existence", "keywords:frequency", "startend:quotation"},
    "ko": frozenset({"change_case:lowercase", "change_case:all_caps"}),
}  # fmt: skip
"""Ids that VerifIF has not, or understands otherwise, in a language."""
_LANGUAGES: Final = {
    "ar": "ar", "de": "de", "es": "es", "fr": "fre", "hi": "hi", "it": "it", "ja": "ja", "ko": "ko",
    "pt": "pt-BR", "zh": "zh",
}  # fmt: skip


def write_row(task: EnvironmentTask, extra: Mapping[str, Any]) -> dict[str, Any]:
    """One line of a NeMo Gym dataset for the server `verifif`.

    A constraint that VerifIF cannot check becomes a question for its judge.

    Args:
        task: the task.
        extra: further fields, such as `pass_rate`.
    """
    language = _LANGUAGES.get(task.language, "en")
    instructions, questions = [], []
    for entry in task.constraints:
        written = _write_instruction(entry, task.language)
        if written is not None:
            instructions.append(written)
        if written is None or written["instruction_id"] in _LOOSE:
            asked = f"{describe(Constraint.from_row(entry)).removesuffix('.')}. Is that so?"
            questions.append({"content": asked, **_marks(entry)})
    questions += [{"content": entry["question"], **_marks(entry)} for entry in task.questions]
    for uid, item in enumerate([*instructions, *questions], start=1):
        item["uid"] = uid
    return {
        "id": crc32(task.id.encode(errors="surrogatepass")),
        "instructions": instructions,
        "llm_judge": questions,
        "responses_create_params": {"input": task.prompt},
        "language": language,
        "source_id": task.id,
        **extra,
    }


def _write_instruction(entry: Entry, language: str) -> dict[str, Any] | None:
    constraint = Constraint.from_row(entry)
    name = _RENAMED.get(constraint.verifier, constraint.verifier)
    arguments = dict(constraint.arguments)
    if constraint.verifier == "detectable_format:number_bullet_lists":
        arguments.setdefault("relation", "equal to")
    if constraint.verifier == "detectable_content:number_placeholders":
        arguments.setdefault("relation", "at least")
    if KNOWN.get(name) != arguments.keys() or name in _OTHERWISE.get(language, ()):
        return None
    return {"instruction_id": name, **_marks(entry), **arguments}


def _marks(entry: Entry) -> dict[str, Any]:
    return {"source": entry["source"], "is_misalignment_check": entry["is_misalignment_check"]}
