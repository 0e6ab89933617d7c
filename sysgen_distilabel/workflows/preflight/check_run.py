"""Looks an input, an engine and a disk over before anything is spent."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sysgen_distilabel.extras import install_line, is_installed
from sysgen_distilabel.inputs.structure import DROPPED, JOINED, UNREAD_TOOLS
from sysgen_distilabel.inputs.turn_objects import REASONING
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.report.page.page_tables import format_percent
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.preflight.probe_engine import Probe
from sysgen_distilabel.workflows.preflight.survey import Survey

BYTES_PER_TOKEN: Final = 3.5
"""UTF-8 bytes of text in a token, about: 4 in English, 3 in Chinese."""

_PROMPT_TOKENS: Final = 1_000
"""Length of the first phase's instruction and demonstrations, the longest of the three."""

_NEW_TOKENS: Final = 512
_LEAST_ROWS: Final = 20
_MOST_KEYS: Final = 8

_BYTES_PER_ROW: Final = 12_000
"""Disk space of a row with replies, results and what is written meanwhile, beside its own text."""

_EXTRAS: Final = {
    "constraints": ("verifiers", "lm_eval", "langdetect"),
    "measure_responses": ("metrics", "rouge_score", "nltk"),
    "ray": ("ray", "ray"),
}
"""For settings that need an extra its name, and the modules that it brings."""

_COMING: Final = ("row comes", "rows come")

Level = Literal["problem", "warning", "fine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        level: `problem` if a run would fail, `warning` if it would be worse than it could be.
        text: what was found.
        hint: what to do about it.
    """

    level: Level
    text: str
    hint: str = ""


def check_rows(survey: Survey) -> list[Finding]:
    """Whether the rows can be used, and what may be wrong with them."""
    findings = [_check_readable(survey)]
    readable = survey.rows - survey.bad
    findings += _check_notes(survey)
    if survey.duplicates:
        share = format_percent(100 * survey.duplicates / readable)
        repeated = count_of(survey.duplicates, "row repeats", "rows repeat")
        text = f"{repeated} the conversation of another row ({share})."
        findings.append(Finding("warning", text, "Equal prompts share one reply; remove them if unwanted."))
    if survey.with_system_message:
        different = count_of(survey.different_system_messages, "different one")
        text = f"{count_of(survey.with_system_message, *_COMING)} with a system message, {different}."
        findings.append(
            Finding("fine", text, "`existing_system` says whether it is shown, kept, skipped or replaced.")
        )
    looked_at = survey.languages.total()
    if looked_at >= _LEAST_ROWS and survey.languages[""] > 0.5 * looked_at:
        findings.append(Finding("warning", "The language of most rows is not recognised."))
    return findings


def check_context(survey: Survey, max_model_len: int | None) -> list[Finding]:
    """Whether every conversation fits the engine; nothing if it does not say how long it may be."""
    if max_model_len is None:
        return []
    room = (max_model_len - _PROMPT_TOKENS - _NEW_TOKENS) * BYTES_PER_TOKEN
    too_long = sum(size > room for size in survey.bytes)
    if not too_long:
        return [Finding("fine", f"Every conversation fits the context of {max_model_len:,} tokens.")]
    rows = count_of(too_long, "row is", "rows are")
    text = f"About {rows} too long for the context of {max_model_len:,} tokens."
    level: Level = "problem" if too_long == len(survey.bytes) else "warning"
    return [Finding(level, text, "They end as rejected; use an engine with a longer context to keep them.")]


def check_engine(probe: Probe) -> list[Finding]:
    """Whether the engine answers, also under a system message."""
    if probe.problem:
        return [Finding("problem", probe.problem, probe.hint)]
    findings = [Finding("fine", f"The engine answers in {probe.answer_seconds:.2g} s, as {probe.model}.")]
    if probe.system_role_problem:
        text = f"It does not take a system message: {probe.system_role_problem}"
        hint = "Phase 4 needs a model whose chat template has a system role."
        findings.append(Finding("problem", text, hint))
    if probe.parameter_problem:
        findings.append(Finding("problem", probe.parameter_problem))
    if probe.structured_outputs is not None:
        formats = ", ".join(probe.structured_outputs) or "none; replies are read as text"
        findings.append(Finding("fine", f"Structured outputs it takes: {formats}."))
    return findings


def check_extras(config: RunConfig) -> list[Finding]:
    """Whether everything is installed that the settings ask for; nothing if it is."""
    wanted = {
        "constraints": config.constraints != "off",
        "measure_responses": config.measure_responses,
        "ray": config.ray is not None,
    }
    findings = []
    for setting, (extra, *modules) in _EXTRAS.items():
        missing = [module for module in modules if not is_installed(module)]
        if wanted[setting] and missing:
            text = f"The setting `{setting}` needs a package that is missing: {', '.join(missing)}."
            findings.append(Finding("problem", text, f"Run: {install_line(extra)}"))
    return findings


def check_disk(survey: Survey, directory: Path) -> list[Finding]:
    """Whether there is room for a run directory."""
    existing = next(path for path in (directory.absolute(), *directory.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    needed = 2 * sum(survey.bytes) + _BYTES_PER_ROW * survey.rows
    sizes = f"about {_as_size(needed)} of the {_as_size(free)} free in {existing}"
    if needed > free:
        return [Finding("problem", f"The run needs {sizes}.", "Free some space or use another disk.")]
    return [Finding("fine", f"The run needs {sizes}.")]


def _as_size(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.1f} MB"


def _check_readable(survey: Survey) -> Finding:
    if not survey.bad:
        return Finding("fine", f"{count_of(survey.rows, 'row')} read, a conversation in each.")
    first = survey.bad_rows[0]
    reasons = ", ".join(f"{number:,} {outcome}" for outcome, number in survey.bad_outcomes.most_common())
    text = f"{survey.bad:,} of {survey.rows:,} rows hold no conversation; the first is {first.place}: "
    level: Level = "problem" if survey.bad == survey.rows else "warning"
    return Finding(level, f"{text}{first.problem}.", f"They end as rejected: {reasons}. {first.hint}")


def _check_notes(survey: Survey) -> list[Finding]:
    """What is read otherwise than it stands in the source, or not at all."""
    read = {
        REASONING: "with reasoning beside the answers, which is set aside.",
        JOINED: "with turns of one speaker one after the other, which are joined.",
        DROPPED: "with a last turn that nobody answers, which is left out.",
    }
    findings = [
        Finding("fine", f"{count_of(number, 'row')} {read[note]}")
        for note, number in survey.notes.items()
        if note in read
    ]
    if lost := survey.notes[UNREAD_TOOLS]:
        tools = "tools whose schemas cannot be read; they are used without them."
        text = f"{count_of(lost, *_COMING)} with {tools}"
        findings.append(Finding("warning", text, "Name the column to read with variety.tools_column."))
    keys = [(key, number) for key, number in survey.notes.most_common() if key.startswith(("'", '"'))]
    if keys:
        shown = ", ".join(f"{key} in {count_of(number, 'row')}" for key, number in keys[:_MOST_KEYS])
        more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
        text = f"Keys of turns that are not kept: {shown}{more}."
        findings.append(Finding("warning", text, "Only role, text, tool calls and marks such as weight are."))
    return findings
