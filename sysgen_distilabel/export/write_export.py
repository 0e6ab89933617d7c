"""Writes an export: the data, the trainer's settings, the chat template and a card, all or nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from sysgen_distilabel.errors import GuardFailed, RunError
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.counts import Counts
from sysgen_distilabel.export.export_card import describe_export, render_export_card
from sysgen_distilabel.export.lines import Made, Row
from sysgen_distilabel.export.other_rows import MixCounts, draw_rows
from sysgen_distilabel.export.parquet_lines import write_parquet
from sysgen_distilabel.export.plan import Plan
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.spread import make_lines
from sysgen_distilabel.export.trainer_format import PAIRED, Format, Spared
from sysgen_distilabel.export.trainers import SETTINGS_FILES, TEMPLATE_FILE, write_settings
from sysgen_distilabel.files import replaced_directory
from sysgen_distilabel.runs.row_counts import explain_rejected

_CARD: Final = "README.md"
FACTS_FILE: Final = "export.json"
TOKENIZER_FOLDER: Final = "tokenizer"
LINES_FILE: Final = "train.jsonl"
TOKENS_FILE: Final = "tokens.jsonl"
"""What of each line is learnt."""
_ROWS_NAMED: Final = 5
_DATA_FILES: Final = {layout.facts.file for layout in Format}
_WRITTEN: Final = {
    *(_CARD, FACTS_FILE, TOKENIZER_FOLDER, TOKENS_FILE, TEMPLATE_FILE),
    *_DATA_FILES,
    *SETTINGS_FILES,
}
"""Whatever an export writes into its directory."""


def write_export(
    rows: Iterable[Row], plan: Plan, output: Path, report: Mapping[str, Any], workers: int = 1
) -> Counts:
    """Export rows; the directory is there when all is written, and as it was before if something fails.

    With several arms, each is a subdirectory of its name and complete in itself.

    Args:
        rows: accepted rows, or preference pairs; they are read once and not kept.
        plan: how to export them.
        output: the directory; an earlier export in it is replaced if nothing else is there.
        report: the run's report, of which `simulation_notice`, `rows`, `functionalities` and `models`
            are kept for the card of the model to come.
        workers: how many processes share the work.

    Raises:
        GuardFailed: if the trainer would lose something of a row.
        RunError: if the directory holds something else, cannot be written, or there are no rows.
    """
    output = output.resolve()
    _check_free(output)
    with _all_or_nothing(output) as new:
        folders = {arm: new / arm if len(plan.options.arms) > 1 else new for arm in plan.options.arms}
        counts = _write_lines(rows, plan, folders, workers)
        if not counts.exported:
            raise _nothing_left(counts, report)
        for arm, folder in folders.items():
            _write_around(plan, arm, counts, folder, report)
    return counts


def _nothing_left(counts: Counts, report: Mapping[str, Any]) -> RunError:
    """Say what became of the rows, of which none is exported."""
    dropped = [f"{number:,} dropped: {problem.explanation}" for problem, number in counts.dropped.items()]
    if not dropped:
        hint = "Look at the report.html of the run."
        return RunError(f"There is no row to export. {explain_rejected(report)}", hint)
    return RunError(
        f"There is no row to export, of {counts.rows:,} rows {'; '.join(dropped)}.",
        "Change the setting that drops them, or export with another --tokenizer.",
    )


def _write_lines(rows: Iterable[Row], plan: Plan, folders: dict[Arm, Path], workers: int) -> Counts:
    counts, failures = Counts(), _Failures()
    names = [LINES_FILE, *([TOKENS_FILE] if plan.chat else [])]
    with ExitStack() as stack:
        files: dict[Arm, list[IO[bytes]]] = {}
        for arm, folder in folders.items():
            folder.mkdir(parents=True, exist_ok=True)
            files[arm] = [stack.enter_context((folder / name).open("wb")) for name in names]

        def write(made: Made) -> None:
            for arm, *texts in made.lines:
                for file, text in zip(files[arm], texts, strict=False):
                    file.write(text)

        asked: set[int] = set()
        for made in make_lines(plan, rows, workers):
            counts.add(made.counts)
            failures.note(made.failures)
            if plan.options.layout in PAIRED:
                counts.pairs.duplicates += len(made.asked) - len(set(made.asked) - asked)
            asked.update(made.asked)
            write(made)
        failures.check(counts)
        for mix in plan.options.mixes:
            mixed, found = MixCounts(), Counts()
            for made in make_lines(plan, draw_rows(mix, counts.exported, asked, mixed), workers):
                found.add(made.counts)
                write(made)
            counts.add_mixed(mix.path, mixed, found)
    if plan.options.layout.facts.file.endswith(".parquet"):
        for folder in folders.values():
            write_parquet(folder / LINES_FILE, folder / plan.options.layout.facts.file)
            (folder / LINES_FILE).unlink()
    return counts


class _Failures:
    """The rows that the trainer would lose something of, the first few by name."""

    def __init__(self) -> None:
        self._number = 0
        self._named: dict[Problem, list[str]] = {}

    def note(self, failures: Sequence[tuple[Problem, str, str]]) -> None:
        self._number += len(failures)
        for problem, row, detail in failures:
            named = self._named.setdefault(problem, [])
            if len(named) < _ROWS_NAMED:
                named.append(f"{row} ({detail})" if detail else row)

    def check(self, counts: Counts) -> None:
        """Stop the export if there are any, and see to it that every row is counted."""
        if self._named:
            named = "; ".join(
                f"{problem.explanation}: {', '.join(rows)}" for problem, rows in self._named.items()
            )
            raise GuardFailed(
                f"{self._number:,} of {counts.rows:,} rows would not be trained on as they are, so nothing "
                f"was exported. {named}.",
                self._hint(),
            )
        if counts.exported + counts.dropped.total() != counts.rows:
            raise AssertionError("rows exported and dropped do not add up to the rows read")

    def _hint(self) -> str:
        if set(self._named) == {Problem.TOO_LONG}:
            return (
                "Raise --max-length, leave such rows out with --too-long drop, or their last turns with"
                " --too-long cut."
            )
        return "Look at the chat template with `sysgen template`, or export with --system-role fold."


def _write_around(plan: Plan, arm: Arm, counts: Counts, folder: Path, report: Mapping[str, Any]) -> None:
    facts = describe_export(plan, arm, counts, report)
    has_marks = counts.with_source_calls > 0 and plan.options.layout.facts.spared is Spared.MARK
    has_untrained = counts.with_untrained > 0 or has_marks
    texts = {
        **write_settings(plan.make_setup(arm, has_tools=counts.with_tools > 0, has_untrained=has_untrained)),
        _CARD: render_export_card(facts, plan, counts, folder),
        FACTS_FILE: json.dumps(facts, indent=2, ensure_ascii=False) + "\n",
    }
    if plan.chat is not None and any(TEMPLATE_FILE in text for text in texts.values()):
        texts[TEMPLATE_FILE] = plan.chat.template
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    if plan.served is not None and plan.is_repaired:
        tokenizer = copy.deepcopy(plan.served.tokenizer)
        tokenizer.chat_template = plan.served.template
        tokenizer.save_pretrained(folder / TOKENIZER_FOLDER)


def _check_free(output: Path) -> None:
    """Refuse to replace a directory with anything in it that no export writes, such as a trained model."""
    if not output.exists():
        return
    foreign = _find_foreign(output) if output.is_dir() else output
    if foreign is not None:
        raise RunError(
            f"{output} holds something that is not an export: {foreign}.",
            "Move it elsewhere, or name another directory with --output.",
        )


def _find_foreign(output: Path) -> Path | None:
    names = {path.name for path in output.iterdir()}
    arms = {name for name in names if name in set(Arm) and (output / name).is_dir()}
    if arms and FACTS_FILE not in names:
        found = [output / name for name in sorted(names - arms)]
        found += [path for arm in sorted(arms) if (path := _find_foreign(output / arm))]
    else:
        found = [output / name for name in sorted(names - _WRITTEN if FACTS_FILE in names else names)]
    return next(iter(found), None)


@contextmanager
def _all_or_nothing(output: Path) -> Iterator[Path]:
    """A directory beside the output that takes its place at the end, and goes if something fails."""
    try:
        with replaced_directory(output) as new:
            yield new
    except OSError as error:
        raise RunError(
            f"{output} cannot be written: {error.strerror or error}.", "Make room, or name another --output."
        ) from error
