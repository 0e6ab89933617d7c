"""Benchmarks whose constraints a program checks: S-IFEval, and rows held out of a run of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.columns import CONSTRAINTS, RESPONSES, SOURCE_ID, SYSTEM_MESSAGE
from sysgen_distilabel.constraints.verifiers import (
    BadConstraint,
    Constraint,
    follows,
    follows_loosely,
    read_ifeval_constraints,
)
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.items import (
    Item,
    MalformedRow,
    ReadItems,
    chat,
    read_items,
    read_messages,
    take,
)
from sysgen_distilabel.evaluation.benchmarks.s_ifeval_metrics import (
    CheckedConstraint,
    CheckedResponse,
    score_constraints,
    tabulate_constraints,
)
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item


def read_s_ifeval(location: str, limit: int | None = None) -> ReadItems:
    """The rows of a file in the schema of `sys_ifeval.jsonl`."""
    return read_items(open_input(location).read(), _read_s_ifeval_row, limit)


def read_heldout(location: str, limit: int | None = None) -> ReadItems:
    """Rows with `system_message`, `messages` and `constraints`; the first user turn is answered."""
    return read_items(open_input(location).read(), _read_heldout_row, limit)


def _read_s_ifeval_row(row: Mapping[str, Any]) -> Item:
    messages = read_messages(row)
    if messages[-1]["role"] != "user":
        raise MalformedRow("'messages' do not end with a user turn")
    constraints = read_constraints(row)
    return Item(str(row.get("key")), messages, {"constraints": constraints})


def _read_heldout_row(row: Mapping[str, Any]) -> Item:
    system = take(row, SYSTEM_MESSAGE, str)
    turns = read_messages(row)
    first = next((turn["content"] for turn in turns if turn["role"] == "user"), None)
    if first is None:
        raise MalformedRow("'messages' have no user turn")
    try:
        constraints = [Constraint.from_row(entry).to_row() for entry in take(row, CONSTRAINTS, list)]
    except BadConstraint as error:
        raise MalformedRow(str(error)) from None
    details: dict[str, Any] = {"constraints": constraints}
    if group := row.get("group"):
        details["group"] = str(group)
    return Item(str(row.get(SOURCE_ID)), chat(system, first), details)


def read_constraints(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The constraints of a row in the layout of IFEval, as they stand in an item.

    Raises:
        MalformedRow: if a verifier cannot check one of them.
    """
    ids, arguments = take(row, "instruction_id_list", list), take(row, "kwargs", list)
    try:
        return [constraint.to_row() for constraint in read_ifeval_constraints(ids, arguments)]
    except BadConstraint as error:
        raise MalformedRow(str(error)) from None


def score_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the answered rows."""
    return score_constraints(map(check_row, rows))


def score_s_ifeval(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the rows that the owners' script scores, and how many others there are."""
    scored = [row for row in rows if not has_unscored(read_item(row)["constraints"])]
    return {**score_rows(scored), "rows_left_out": len(rows) - len(scored)}


def grade_row(row: Row) -> float | None:
    """1 if the last answer fulfils every constraint of its row, else 0; `None` if none could be checked."""
    constraints = check_row(row).constraints
    return float(all(each.strict for each in constraints)) if constraints else None


def grade_s_ifeval(row: Row) -> float | None:
    """The same for S-IFEval, whose owners leave some rows out."""
    return None if has_unscored(read_item(row)["constraints"]) else grade_row(row)


def has_unscored(constraints: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a row of S-IFEval has a constraint for which its owners leave it out of the scores."""
    return any(entry["verifier"] in _UNSCORED for entry in constraints)


def check_row(row: Row) -> CheckedResponse:
    """Run the verifiers of a row over its last answer; one that breaks on it costs the row, not the run."""
    name = row[SOURCE_ID].rpartition("#")[0]
    try:
        checked = tuple(_check(row[RESPONSES][-1], entry) for entry in read_item(row)["constraints"])
    except BadConstraint:
        return CheckedResponse(name, (), is_checked=False)
    return CheckedResponse(name, checked)


def _check(response: str, entry: Mapping[str, Any]) -> CheckedConstraint:
    constraint = Constraint.from_row(entry)
    strict = follows(response, constraint)
    return CheckedConstraint(constraint.verifier, strict, strict or follows_loosely(response, constraint))


_UNSCORED: Final = frozenset({"language:response_language", "combination:repeat_prompt"})
"""What `evals/ifeval/read.sh` of the repository names in `--instruction_ids_to_skip`: 71 of the 541 rows."""
_COMMIT: Final = "905fc46f2f9ff88da0f304f99b549fb3ca4b815e"
_ACCURACY: Final = ("Accuracy", "prompts, strict")
_GREEDY: Final = {"temperature": 0.0, "max_new_tokens": 1280}

S_IFEVAL = Benchmark(
    name="s-ifeval",
    title="S-IFEval",
    origin=Origin(
        page="https://github.com/normster/RealGuardrails",
        licence="MIT",
        revision=_COMMIT,
        address=f"https://raw.githubusercontent.com/normster/RealGuardrails/{_COMMIT}",
        files={"evals/ifeval/inputs/sys_ifeval.jsonl": "c3287043ae50174dd23980b3620536d363235f7b"},
    ),
    read=read_s_ifeval,
    score=score_s_ifeval,
    grade=grade_s_ifeval,
    tables=tabulate_constraints,
    headline=_ACCURACY,
    summary="IFEval with its constraints in the system message, checked by a program (541 rows).",
    decoding=_GREEDY,
)

HELDOUT = Benchmark(
    name="heldout",
    title="Held-out rows",
    origin=None,
    read=read_heldout,
    score=score_rows,
    grade=grade_row,
    tables=tabulate_constraints,
    headline=_ACCURACY,
    summary="Rows held out of a run of your own, whose constraints a program checks.",
    decoding=_GREEDY,
)
