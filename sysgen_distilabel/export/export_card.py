"""What is said of an export: its facts for programs, and a card for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel import __version__
from sysgen_distilabel.export.arms import COMMON_SYSTEM_MESSAGE, Arm
from sysgen_distilabel.export.counts import Counts, TokenTable
from sysgen_distilabel.export.mixture import Guise
from sysgen_distilabel.export.plan import Plan
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import PAIRED
from sysgen_distilabel.export.trainers import note_on_template
from sysgen_distilabel.report.card.card_templates import render_card
from sysgen_distilabel.runs.content_fingerprint import describe_content

_TAGS: Final = ["synthetic", "distilabel", "sysgen"]

_ABLATION: Final = "One kind of data (an arm) of the paper's ablation:"
ARM_MEANINGS: Final = {
    Arm.SYSGEN: "Every conversation has its system message and the responses aligned to it.",
    Arm.NONE: f"{_ABLATION} the original conversations without a system message.",
    Arm.DEFAULT: f"{_ABLATION} the original conversations under “{COMMON_SYSTEM_MESSAGE}”",
    Arm.NO_ALIGNED: f"{_ABLATION} SysGen's system messages with the original responses.",
}
_PAIRS: Final = (
    "A judge finds in both orders that the chosen response follows the system message better. Rejected is"
    " an original response that it finds to violate the message, or one given under another message,"
    " which need not break it."
)
_KEPT_OF_REPORT: Final = ("simulation_notice", "rows", "functionalities", "models")
"""What the card of a trained model tells of its data."""


def describe_export(plan: Plan, arm: Arm, counts: Counts, report: Mapping[str, Any]) -> dict[str, Any]:
    """The content of `export.json`."""
    options = plan.options
    return {
        "format": options.layout.value,
        "arm": arm.value,
        "system_role": options.system_role,
        "tokenizer": options.tokenizer,
        "diagnosis": plan.diagnosis.lines() if plan.diagnosis else {},
        "repaired": plan.is_repaired,
        "training_template": plan.chat is not plan.served,
        "max_length": options.max_length,
        "rows": {
            "read": counts.rows,
            "exported": counts.exported,
            "dropped": {problem.value: number for problem, number in counts.dropped.items()},
        },
        "lines": counts.lines[arm],
        "trained_answers": counts.trained_answers[arm],
        "tokens": _describe_tokens(counts.tokens.get(arm)),
        "shortened": counts.shortened,
        "guises": {guise.value: counts.guises[guise] for guise in Guise if counts.guises[guise]},
        "mixed": {path: asdict(mixed) for path, mixed in counts.mixed.items()},
        "template_kwargs": dict(options.template_kwargs),
        "pairs": asdict(counts.pairs) if counts.pairs.pairs else {},
        "rows_with_untrained": counts.with_untrained,
        "longest_tokens": counts.longest,
        "rows_with_tools": counts.with_tools,
        "reasoning": plan.reasoning.written or "<think>" if plan.reasoning else None,
        "rows_with_reasoning": counts.with_reasoning,
        "rows_without_offer": counts.without_offer,
        "rows_with_source_calls": counts.with_source_calls,
        "simulated": bool(report["simulation_notice"]),
        "simulation_notice": report["simulation_notice"],
        "report": {key: report[key] for key in _KEPT_OF_REPORT if key in report},
        "sysgen_distilabel": __version__,
    }


def _describe_tokens(table: TokenTable | None) -> dict[str, Any]:
    if table is None:
        return {}
    return {
        "trained": table.trained,
        "context": table.context,
        "cut": table.cut,
        "turns": [
            {"turn": turn, "answers": table.answers[turn], "tokens": table.tokens[turn]}
            for turn in sorted(table.answers)
        ],
        "lines_by_length": table.histogram(),
    }


def render_export_card(facts: Mapping[str, Any], plan: Plan, counts: Counts, folder: Path) -> str:
    """Render `hub_cards/export.md.jinja`.

    Args:
        facts: see `describe_export`.
        plan: how the export was made.
        counts: what became of the rows.
        folder: where its lines are.
    """
    layout = plan.options.layout
    config = {
        "config_name": "default",
        "description": describe_content([folder / layout.facts.file]),
        "data_files": [{"split": "train", "path": layout.facts.file}],
    }
    return render_card(
        "export.md.jinja",
        {"configs": [config], "tags": _TAGS},
        **facts,
        arm_text=_PAIRS if layout in PAIRED else ARM_MEANINGS[Arm(facts["arm"])],
        guise_texts={guise.value: guise.explanation for guise in Guise},
        problems={problem.value: problem.explanation for problem in Problem},
        command=layout.facts.command,
        loss_of_tools=plan.loss_of_tools,
        learns_calls=layout.facts.learns_calls,
        found_in_pairs=counts.pairs.lines(),
        note=note_on_template(layout, is_repaired=plan.is_repaired),
    )
