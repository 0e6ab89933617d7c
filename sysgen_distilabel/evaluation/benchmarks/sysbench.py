"""SysBench: are the constraints of a system message fulfilled over five turns? Judged with checklists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import JUDGEMENTS, SOURCE_ID
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
from sysgen_distilabel.evaluation.benchmarks.published import SYSBENCH
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.evaluation.benchmarks.sysbench_metrics import (
    TYPES,
    JudgedSession,
    JudgedTurn,
    score_sysbench,
    tabulate_sysbench,
)
from sysgen_distilabel.evaluation.benchmarks.sysbench_released import read_released
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_item import read_item

if TYPE_CHECKING:
    from sysgen_distilabel.tasks import CheckCriteria


_DEPENDENT: Final = 0.8
"""80 of the paper's 100 sessions."""

_ALIGNMENTS: Final = ("align", "misalign", "unknown")


def read_sysbench(location: str, limit: int | None = None) -> ReadItems:
    """The sessions of a file in the schema of `system_benchmark_eval_datas.json`."""
    return read_items(open_input(location).read(), _read_row, limit)


def _read_row(row: Mapping[str, Any]) -> Item:
    messages, infos = read_messages(row), take(row, "prompt_infos", dict)
    given = messages.pop(0)["content"] if messages[0]["role"] == "system" else None
    system = given or take(row, "system_prompt", str)
    texts = [(message["role"], message["content"]) for message in messages]
    if [role for role, _ in texts] != ["user", "assistant"] * (len(texts) // 2) or not texts:
        raise MalformedRow("'messages' are not user and assistant in turn")
    details = {
        "dependent": take(row, "rounds_related", bool),
        "domain": str(row.get("领域") or ""),
        "turns": [_read_turn(text, infos) for role, text in texts if role == "user"],
    }
    return Item(str(row.get("system_id")), chat(system, *(text for _, text in texts)), details)


def _read_turn(prompt: str, infos: Mapping[str, Any]) -> dict[str, Any]:
    info = infos.get(prompt)
    if not isinstance(info, Mapping) or not isinstance(info.get("criteria"), Mapping):
        raise MalformedRow("a user turn has no criteria in 'prompt_infos'")
    criteria = []
    for name, criterion in info["criteria"].items():
        if not isinstance(criterion, Mapping):
            raise MalformedRow("a criterion is no object")
        kind = str(criterion.get("criteria_type") or "")
        text = take(criterion, "criteria_content", str)
        criteria.append({"id": str(name), "text": text, "type": TYPES.get(kind, kind)})
    alignment = info.get("alignment")
    return {"alignment": alignment if alignment in _ALIGNMENTS else "unknown", "criteria": criteria}


def draw_sessions(items: Sequence[Item], number: int, seed: int) -> list[Item]:
    """So many sessions, of which four in five depend on their earlier turns, as in the paper's sample.

    Which ones it took is not published; the same seed draws the same ones of the same data.

    Args:
        items: the sessions.
        number: how many; fewer come back where there are not enough of a kind.
        seed: of the drawing.
    """
    random = Random(seed)
    dependent = round(_DEPENDENT * number)
    chosen: set[str] = set()
    for kind, wanted in ((True, dependent), (False, number - dependent)):
        names = [item.id for item in items if item.details["dependent"] is kind]
        chosen.update(random.sample(names, min(wanted, len(names))))
    return [item for item in items if item.id in chosen]


def change_texts(item: Item, change: Callable[[str], str]) -> Item:
    """The session with a function applied to its messages and to its criteria, in this order."""
    messages = [message | {"content": change(message["content"])} for message in item.messages]
    turns = [
        turn | {"criteria": [each | {"text": change(each["text"])} for each in turn["criteria"]]}
        for turn in item.details["turns"]
    ]
    return Item(item.id, messages, item.details | {"turns": turns})


def score_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the judged rows."""
    return score_sysbench(map(_to_session, rows))


def _to_session(row: Row) -> JudgedSession:
    item = read_item(row)
    verdicts: dict[int, dict[str, bool | None]] = defaultdict(dict)
    for judgement in row[JUDGEMENTS]:
        said = {"yes": True, "no": False}.get(judgement["verdict"])
        verdicts[judgement["turn"]][judgement["criterion"]] = said
    turns = tuple(
        JudgedTurn(
            turn["alignment"],
            tuple((c["type"], verdicts[number].get(c["id"])) for c in turn["criteria"]),
        )
        for number, turn in enumerate(item["turns"], start=1)
    )
    return JudgedSession(row[SOURCE_ID].rpartition("#")[0], item["dependent"], turns)


def score_released(path: Path, subsets: Path | None) -> tuple[dict[str, Any], int]:
    """Figures and number of the sessions of a released file, counted as the owners' script counts."""
    figures = score_sysbench(read_released(path), as_published=True)
    return figures, figures["sessions"]


def _make_judge(history: str, **fields: Any) -> CheckCriteria:
    from sysgen_distilabel.tasks import CheckCriteria

    return CheckCriteria(history=history, **fields)


CHINESE: Final = (
    "The data is Chinese. The SysGen paper used a translation of 100 sessions that is not published; "
    "--translate has the judge make one."
)
_COMMIT: Final = "627ffa8010d00e270426975b33b1fb7a0a635602"

BENCHMARK = Benchmark(
    name="sysbench",
    title="SysBench",
    origin=Origin(
        page="https://github.com/PKU-Baichuan-MLSystemLab/SysBench",
        licence="none stated; do not redistribute",
        revision=_COMMIT,
        address=f"https://raw.githubusercontent.com/PKU-Baichuan-MLSystemLab/SysBench/{_COMMIT}",
        files={"datas/system_benchmark_eval_datas.json": "e791a84c314835eb8e51731b9dd71e89e68e1192"},
    ),
    read=read_sysbench,
    draw=draw_sessions,
    change_texts=change_texts,
    score=score_rows,
    tables=tabulate_sysbench,
    headline=("Constraints, instructions and sessions", "SSR"),
    summary="Constraints of a system message over five turns, checked by a judge (500 Chinese sessions).",
    options=("judge", "history", "sessions", "translate", "released"),
    published=SYSBENCH,
    score_released=score_released,
    decoding={"temperature": 0.0, "max_new_tokens": 2048},
    turns="all",
    judge=_make_judge,
    judge_prompts=("check_criteria.jinja2",),
    cautions=(
        CHINESE,
        "The judge's prompt is our own, the published scores are of gpt-4o-2024-05-13 with a Chinese one.",
    ),
)
