"""The dataset that reviewers work on: its fields, questions, metadata and guidelines."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.review.marks import PLACEHOLDER

if TYPE_CHECKING:
    import argilla as rg

NEW: Final = "new"
CHANGED: Final = "changed"
SUPERSEDED: Final = "superseded"

PREFERENCES: Final = {
    "original": "The original response",
    "aligned": "The aligned response",
    "tie": "Tie",
    "neither": "Neither",
}


def build_settings(min_submitted: int = 1, notice: str = "") -> rg.Settings:
    """The settings of a review dataset.

    Args:
        min_submitted: how many people have to answer a record until it counts as completed.
        notice: what has to be said of the data, put in front of the guidelines.
    """
    import argilla as rg

    return rg.Settings(
        guidelines=write_guidelines(notice),
        fields=[
            rg.TextField(name="system_message", title="System message: mark the phrases"),
            rg.TextField(name="system_message_verify", title="System message: judge the phrases"),
            # As Markdown: only then the page takes out what could act as code.
            rg.TextField(
                name="system_message_unmasked",
                title="System message as it is",
                use_markdown=True,
                required=False,
            ),
            rg.ChatField(name="conversation", title="Conversation", use_markdown=True),
            rg.TextField(
                name="response_original", title="Original response", use_markdown=True, required=False
            ),
            rg.TextField(
                name="response_aligned", title="Aligned response", use_markdown=True, required=False
            ),
        ],
        questions=_questions(),
        metadata=_metadata(),
        distribution=rg.TaskDistribution(min_submitted=min_submitted),
    )


def describe_differences(there: rg.Settings, wanted: rg.Settings) -> list[str]:
    """What keeps a dataset that is there from taking these records, each in a few words."""
    differences = []
    for kind in ("fields", "questions", "metadata"):
        have, need = _shapes(getattr(there, kind)), _shapes(getattr(wanted, kind))
        differences += [f"no {_one(kind)} '{name}'" for name in need if name not in have]
        differences += [
            f"another {_one(kind)} '{name}'" for name in need if have.get(name, need[name]) != need[name]
        ]
    needed = {field.name for field in wanted.fields}
    differences += [
        f"a required field '{field.name}'"
        for field in there.fields
        if field.required and field.name not in needed
    ]
    return differences


def _questions() -> list[Any]:
    import argilla as rg

    # Marks must not overlap: where they may, Argilla 2.8's menu on a mark takes the marks of both questions
    # at its place for those of one, and removes them.
    return [
        rg.SpanQuestion(
            name="phrases",
            field="system_message",
            title="Which phrase has which functionality?",
            labels={f.value: f.value for f in FUNCTIONALITIES},
            visible_labels=len(FUNCTIONALITIES),
        ),
        rg.SpanQuestion(
            name="verdicts",
            field="system_message_verify",
            title="Is each phrase Good, Bad or None?",
            labels={verdict.value: verdict.value for verdict in Verdict},
            required=False,
        ),
        rg.LabelQuestion(
            name="preferred_response",
            title="Which response is better under this system message?",
            labels=PREFERENCES,
            required=False,
        ),
        rg.TextQuestion(name="comment", title="What else is wrong?", required=False),
    ]


def _metadata() -> list[Any]:
    import argilla as rg

    return [
        rg.TermsMetadataProperty(name="state", title="State"),
        rg.TermsMetadataProperty(name="outcome", title="Outcome"),
        rg.TermsMetadataProperty(name="functionalities", title="Functionalities"),
        rg.TermsMetadataProperty(name="verdict_kinds", title="Verdicts"),
        rg.TermsMetadataProperty(name="risk_reasons", title="Risk reasons"),
        rg.TermsMetadataProperty(name="model", title="Model"),
        rg.TermsMetadataProperty(name="source_id", title="Row"),
        rg.IntegerMetadataProperty(name="n_phrases", title="Phrases"),
        rg.IntegerMetadataProperty(name="n_phrases_rejected", title="Phrases rejected"),
        rg.IntegerMetadataProperty(name="system_message_characters", title="Length of the system message"),
        rg.IntegerMetadataProperty(
            name="response_original_characters", title="Length of the original response"
        ),
        rg.IntegerMetadataProperty(
            name="response_aligned_characters", title="Length of the aligned response"
        ),
        rg.FloatMetadataProperty(name="judge_score", title="Judge score"),
        rg.FloatMetadataProperty(name="risk", title="Risk"),
        rg.FloatMetadataProperty(name="priority", title="Priority"),
        rg.TermsMetadataProperty(name="digest", title="Digest", visible_for_annotators=False),
    ]


def write_guidelines(notice: str = "") -> str:
    """What reviewers read beside the records, with what has to be said of the data in front."""
    from jinja2 import Environment, StrictUndefined

    text = (resources.files("sysgen_distilabel.review") / "guidelines.md").read_text(encoding="utf-8")
    definitions = "\n   ".join(f"- **{f.value}**: {f.definition}." for f in FUNCTIONALITIES)
    template = Environment(undefined=StrictUndefined, autoescape=False).from_string(text)
    return put_in_front(notice, template.render(definitions=definitions, placeholder=PLACEHOLDER))


def put_in_front(notice: str, guidelines: str) -> str:
    """The guidelines with what has to be said of the data in front, unless they say so already."""
    if not notice or notice in guidelines:
        return guidelines
    return f"> **Simulated.** {notice}\n\n{guidelines}"


def _shapes(properties: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    """What has to be equal of each: its kind, its labels, and the field it marks."""
    return {
        one.name: (type(one).__name__, *(_plain(getattr(one, name, None)) for name in ("labels", "field")))
        for one in properties
    }


def _plain(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, dict | list) else value


def _one(kind: str) -> str:
    return {"fields": "field", "questions": "question", "metadata": "metadata property"}[kind]
