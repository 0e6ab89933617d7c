"""The tests of a proof: held-out prompts with their system messages, and what counts as followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import RESPONSES
from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.items import Item
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.benchmarks.sources import find_data
from sysgen_distilabel.response_turns import as_plain_turn
from sysgen_distilabel.runs.hold_out import SPLITS, hold_out
from sysgen_distilabel.tasks.answer_messages import find_slots

if TYPE_CHECKING:
    from sysgen_distilabel.runs.run_directory import RunDirectory

HELD_OUT: Final = "heldout"


@dataclass(frozen=True, slots=True)
class ProofTest:
    """One set of prompts.

    Attributes:
        name: how it is called in the table.
        benchmark: what grades the answers.
        items: the prompts.
    """

    name: str
    benchmark: Benchmark
    items: list[Item]

    def prompts(self, role: str) -> list[list[dict[str, str]]]:
        """The conversations to answer.

        Args:
            role: `native`, or `folded` for the system message in the first user turn.
        """
        prompts = []
        for item in self.items:
            chat = [dict(turn) for turn in item.messages[: find_slots(item.messages)[-1]]]
            chat = fold_system(chat) if role == "folded" else chat
            prompts.append([*chat, *map(as_plain_turn, item.details.get("tool_turns", ()))])
        return prompts

    def group(self, item: Item) -> str:
        """The kind of a prompt: the setting of IHEval, the column `group` of a file; else empty."""
        return str(item.details.get("group") or item.details.get("setting") or "")

    def grade(self, answers: Sequence[str]) -> list[float | None]:
        """For each answer 1 if the system message is followed, else 0; `None` where nothing is scored."""
        assert self.benchmark.grade is not None
        return [
            self.benchmark.grade({**item.to_row(0), RESPONSES: [answer]})
            for item, answer in zip(self.items, answers, strict=True)
        ]


def read_tests(
    names: Sequence[str], runs: Sequence[RunDirectory], share: float, folder: Path, limit: int | None
) -> list[ProofTest]:
    """The tests of these names.

    Args:
        names: `heldout`, a benchmark whose answers a program checks, `NAME=FILE`, or a file.
        runs: whose rows are held out.
        share: of their rows.
        folder: where the rows held out are written.
        limit: prompts of each.

    Raises:
        ConfigError: if there is no such test, or it needs a judge.
        InputError: if there is no prompt.
    """
    return [_read_test(name, runs, share, folder, limit) for name in dict.fromkeys(names)]


def _read_test(
    given: str, runs: Sequence[RunDirectory], share: float, folder: Path, limit: int | None
) -> ProofTest:
    name, _, file = given.partition("=")
    if name == HELD_OUT and not file:
        items = [item for run in runs for item in _hold_out(run, share, folder / run.path.name)]
        if not items:
            raise InputError(
                f"Of the rows held out ({share:.0%}) none has a constraint that a program can check.",
                "Raise --hold-out, or name another --test: s-ifeval, iheval, or a file of your own.",
            )
        return ProofTest(HELD_OUT, BENCHMARKS[HELD_OUT], items[:limit])
    if name in BENCHMARKS:
        benchmark = BENCHMARKS[name]
        if benchmark.grade is None:
            raise ConfigError(
                f"{benchmark.title} needs a judge, so it is no test of a proof.",
                f"Keep the weights with --keep all and ask them: sysgen evaluate {name} --model DIR.",
            )
        location = find_data(benchmark.origin, file or None).location
    else:
        name, benchmark, location = Path(given).stem, BENCHMARKS[HELD_OUT], given
        if not Path(given).exists():
            known = ", ".join(test for test, one in BENCHMARKS.items() if one.grade)
            raise ConfigError(f"There is no test {given}.", f"Name a file, or one of {known}.")
    found = benchmark.read(location, None)
    if not found.items:
        raise InputError(f"{location} holds no prompt: {next(iter(found.malformed), 'it is empty')}.")
    return ProofTest(name, benchmark, found.items[:limit])


def _hold_out(run: RunDirectory, share: float, target: Path) -> list[Item]:
    if not target.exists():
        hold_out(run.dataset, target, share)
    return BENCHMARKS[HELD_OUT].read(str(target / f"{SPLITS[1]}.parquet"), None).items


def describe_tests(tests: Sequence[ProofTest]) -> list[dict[str, Any]]:
    """Name, title and number of prompts of each test."""
    return [{"name": test.name, "title": test.benchmark.title, "prompts": len(test.items)} for test in tests]
