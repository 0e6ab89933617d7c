"""The pages of the reference, made of the code so that they cannot go stale."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import sysgen_distilabel
from sysgen_distilabel import errors
from sysgen_distilabel.columns import ALL_COLUMNS, COLUMNS
from sysgen_distilabel.evaluation.evaluation_settings import EvaluationSettings
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.outcome import INPUT_REASONS, PAIR_REASONS, REASONS, Outcome
from sysgen_distilabel.resources import find
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.engine_config import EngineConfig
from sysgen_distilabel.settings.run_config import NOT_IDENTITY, RunConfig
from sysgen_distilabel.variety.options import Conditions, Variety
from tools.docs.commands import command_page

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*?)(?=^    \w+: |^\S|\Z)", re.MULTILINE | re.DOTALL)
_HOST: Final = Path(inspect.getfile(sysgen_distilabel)).parent / "host"


def reference_pages() -> dict[str, str]:
    """Every page by its name, as Markdown."""
    return {
        "commands.md": command_page(),
        "settings.md": settings_page(),
        "columns.md": columns_page(),
        "reasons.md": reasons_page(),
        "files.md": files_page(),
        "distilabel.md": distilabel_page(),
        **python_pages(),
    }


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A table in Markdown; line ends and bars in cells stay in them."""
    lines = [head, tuple("---" for _ in head), *rows]
    cells = (" | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in cells)


def explain_attributes(kind: type) -> dict[str, str]:
    """What the docstring of a class says of each attribute."""
    text = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    return {name: " ".join(meaning.split()) for name, meaning in _ATTRIBUTE.findall(text)}


def settings_page() -> str:
    """The settings of runs and evaluations, with types and defaults."""
    parts = [
        "# Settings\n\nSettings stand in a YAML file (`--config`) or are given as options or as arguments of "
        "`sysgen()`; options win over the file. `sysgen run --print-config` prints those of a run.\n"
    ]
    engine = set(EngineConfig.model_fields)
    groups: list[tuple[str, str, type[BaseModel], set[str]]] = [
        ("The engine", "", EngineConfig, set()),
        ("A run", "", RunConfig, engine),
        ("Variety", "Under `variety`.", Variety, set()),
        ("Conditions", "Under `variety.conditions`.", Conditions, set()),
        ("An evaluation", "Of `sysgen evaluate`.", EvaluationSettings, set()),
    ]
    for title, where, kind, left_out in groups:
        fields = {name: field for name, field in kind.model_fields.items() if name not in left_out}
        meanings = explain_attributes(kind)
        listed: list[tuple[Any, ...]] = [
            (f"`{name}`", meanings[name], show_default(field), name_type(field.annotation))
            for name, field in fields.items()
        ]
        parts.append(f"## {title}\n\n{where}\n\n{table(('setting', 'meaning', 'default', 'type'), listed)}")
    rows = [(f"`{name}`", reason) for name, reason in NOT_IDENTITY.items()]
    parts.append(
        "## What may change when a run is resumed\n\nAll other settings have to stay as they were.\n\n"
        + table(("setting", "why"), rows)
    )
    presets = sorted(find("pipelines/presets").glob("*.yaml"))
    shown = (f"### {path.stem}\n\n```yaml\n{path.read_text(encoding='utf-8')}```\n" for path in presets)
    return "\n".join([*parts, "## Presets\n", *shown])


def name_type(kind: Any) -> str:
    """A type as people say it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in (list, dict):
        return "a list" if origin is list else "a mapping"
    if inner and origin is not None and not isinstance(kind, type):
        names = [name_type(part) for part in inner if part is not type(None) and not hasattr(part, "gt")]
        return " or ".join(dict.fromkeys(names))
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    return words.get(kind, "settings of its own")


def show_default(field: FieldInfo) -> str:
    """The default of a setting as YAML has it."""
    if field.is_required():
        return "has to be given"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "all off"
    if isinstance(value, dict) and value:
        return "the preset `careful`"
    return "none" if value in (None, {}, []) else f"`{json.dumps(value)}`"


def columns_page() -> str:
    """The columns of a dataset."""
    head = ("column", "meaning", "type")
    every = [(f"`{c.name}`", c.meaning, show_type(c.type)) for c in ALL_COLUMNS.values() if c.name in COLUMNS]
    some = [
        (f"`{c.name}`", c.meaning, show_type(c.type)) for c in ALL_COLUMNS.values() if c.name not in COLUMNS
    ]
    functionalities = [(f"`{name}`", name.definition) for name in FUNCTIONALITIES]
    return (
        f"# Columns\n\n## Every dataset has\n\n{table(head, every)}\n"
        f"## Only some steps add\n\n{table(head, some)}\n"
        "## Functionalities\n\nWhat a phrase of a system message is for.\n\n"
        + table(("functionality", "meaning"), functionalities)
    )


def show_type(kind: Any) -> str:
    """The type of a column, such as `[{role, content}]`."""
    if isinstance(kind, list):
        inner = kind[0]
        return f"list of {{{', '.join(inner)}}}" if isinstance(inner, dict) else f"list of {inner.__name__}"
    return str(kind.__name__)


def reasons_page() -> str:
    """Why rows are rejected, and how commands end."""
    kinds = [("of a run", REASONS), ("only of preference pairs", PAIR_REASONS)]
    parts = [
        "# Reasons and exit codes\n\nA rejected row has its reason in the column `outcome`. "
        "`sysgen run --retry REASON` asks again for the rows of a finished run that have it, but "
        f"{', '.join(f'`{reason}`' for reason in INPUT_REASONS)} lie in the input.\n"
    ]
    for title, reasons in kinds:
        rows = [(f"`{reason}`", Outcome(reason).explanation) for reason in reasons]
        parts.append(f"## Reasons {title}\n\n{table(('reason', 'a row is rejected because'), rows)}")
    parts.append(f"## Exit codes\n\n{table(('code', 'error', 'meaning'), exit_codes())}")
    return "\n".join(parts)


def exit_codes() -> list[tuple[Any, ...]]:
    """Every exit code with the errors of the package that end a command with it."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.SysGenError)
        and kind.__module__ == errors.__name__
    ]
    rows: list[tuple[Any, ...]] = [(0, "", "done")]
    rows += [
        (kind.exit_code, f"`{kind.__name__}`", (kind.__doc__ or "").partition("\n")[0])
        for kind in sorted(kinds, key=lambda kind: kind.exit_code)
    ]
    return rows


def files_page() -> str:
    """The files of a run, and the layouts that trainers read."""
    run, meanings = RunDirectory(Path()), explain_attributes(RunDirectory)
    rows = [
        (f"`{getattr(run, name)}`", meaning)
        for name, meaning in meanings.items()
        if name not in ("path", "digests")
    ]
    layouts = [
        (f"`{layout}`", layout.facts.trainer, ", ".join(layout.facts.columns), f"`{layout.facts.file}`")
        for layout in Format
    ]
    return (
        f"# Files\n\n## A run directory\n\n{table(('file', 'what it holds'), rows)}\n"
        f"## What `sysgen export` writes\n\n"
        f"{table(('format', 'read by', 'columns', 'file'), layouts)}\n"
        "[Formats](../formats.md) says more of each; what a run reads is in [Inputs](../inputs.md).\n"
    )


def distilabel_page() -> str:
    """Defects of distilabel, and what answers them, as the modules of `host/` tell it."""
    parts = [
        "# Distilabel, and why we differ\n\nSysGen runs on distilabel 1.5.3 as it is published. "
        "Where that loses rows, hangs or writes secrets, a module of `sysgen_distilabel/host/` does it "
        "otherwise, in pipelines of ours only. Each says which defect it answers and when it can go; a "
        "self-test looks at every start whether the parts of distilabel it rests on are still there.\n"
    ]
    for path in sorted(_HOST.glob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if path.stem != "__init__" and "Defect" in text:
            parts.append(f"## {path.stem}\n\n" + re.sub(r":\n- ", ":\n\n- ", text) + "\n")
    return "\n".join(parts)


def python_pages() -> dict[str, str]:
    """The names that users import, by kind; their docstrings are put in by mkdocstrings."""
    homes = {name: getattr(sysgen_distilabel, name).__module__ for name in sysgen_distilabel.__all__}
    kinds: dict[str, tuple[str, str, Callable[[str], bool]]] = {
        "python-tasks.md": ("Tasks", "ask an LLM", lambda home: ".tasks." in home),
        "python-steps.md": ("Steps", "ask no LLM", lambda home: ".steps." in home),
        "python-errors.md": ("Errors", "are for people", lambda home: home.endswith(".errors")),
    }
    pages, named = {}, set()
    for page, (title, what, belongs) in kinds.items():
        names = {name: home for name, home in homes.items() if belongs(home)}
        named |= set(names)
        pages[page] = _python_page(title, f"Classes that {what}.", names)
    rest = {name: home for name, home in homes.items() if name not in named}
    pages["python.md"] = _python_page("Python", "Functions, pipelines, LLMs and the rest.", rest)
    return pages


def _python_page(title: str, what: str, names: dict[str, str]) -> str:
    told = "All are imported as `from sysgen_distilabel import NAME`."
    return f"# {title}\n\n{what} {told}\n\n" + "".join(
        f"::: {home}.{name}\n\n" for name, home in sorted(names.items(), key=lambda pair: pair[0].lower())
    )
