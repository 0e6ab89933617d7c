"""Brings the answers back: a `review` subset beside the run's own, and figures for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import PHRASES, SOURCE_ID
from sysgen_distilabel.replies.composition import Layout, compose_phrases
from sysgen_distilabel.report.write_report import write_report_and_card
from sysgen_distilabel.review.agreement import compare_with_verifier, measure_agreement
from sysgen_distilabel.review.answers import Answer, AnsweredRecord, read_answers
from sysgen_distilabel.review.consensus import agree_on_phrases, agree_on_preference
from sysgen_distilabel.review.marks import lay_out, to_phrases, with_verdicts
from sysgen_distilabel.review.push_records import read_all
from sysgen_distilabel.review.selection import read_rows
from sysgen_distilabel.runs.run_directory import REVIEW, RunDirectory

if TYPE_CHECKING:
    import argilla as rg
    import pyarrow as pa

_FILE: Final = "00000-of-00001.parquet"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came back.

    Attributes:
        rows: the rows of the subset `review`.
        figures: what the report says of the review.
    """

    rows: list[dict[str, Any]]
    figures: dict[str, Any]


def pull_review(dataset: rg.Dataset, run: RunDirectory) -> Pulled:
    """Read all submitted answers into the run: the subset `review`, figures, report and card.

    Args:
        dataset: the dataset the run was pushed to.
        run: the finished run.
    """
    questions = {str(question.id): question.name for question in dataset.settings.questions}
    records = list(read_answers(read_all(dataset), questions, str(dataset.id)))
    wanted = {record.source_id for record in records}
    rows_there = {row[SOURCE_ID]: row for row in read_rows(run.dataset) if row[SOURCE_ID] in wanted}
    layout = run.read_config().get("layout", "paragraph")
    rows = [make_row(record, rows_there.get(record.source_id), layout) for record in records]
    pulled = Pulled(rows, _figures(records, rows))
    _write(run, pulled)
    write_report_and_card(run)
    return pulled


def make_row(record: AnsweredRecord, row: Mapping[str, Any] | None, layout: Layout) -> dict[str, Any]:
    """A row of the subset `review`.

    Args:
        record: what was answered.
        row: the row as it is now, which tells whether the answers are about it; `None` if it is gone.
        layout: that of the run, in which the phrases as corrected become the system message.
    """
    phrases = to_phrases(record.text, agree_on_phrases(record))
    is_current = row is not None and not record.is_superseded and lay_out(row[PHRASES])[0] == record.text
    return {
        "source_id": record.source_id,
        "record_id": record.id,
        "is_current": is_current,
        "is_corrected": phrases != to_phrases(record.text, record.suggested),
        "reviewed_text": record.text,
        "phrases": phrases,
        "system_message": compose_phrases(phrases, layout, record.source_id),
        "preferred_response": agree_on_preference(record.answers),
        "answered_at": max(answer.answered_at for answer in record.answers),
        "annotators": [answer.annotator for answer in record.answers],
        "answers": [_as_dict(answer, record) for answer in record.answers],
    }


def _as_dict(answer: Answer, record: AnsweredRecord) -> dict[str, Any]:
    return {
        "annotator": answer.annotator,
        "phrases": to_phrases(record.text, with_verdicts(answer.phrases, answer.verdicts or ())),
        "preferred_response": answer.preferred_response,
        "comment": answer.comment,
    }


def _figures(records: Sequence[AnsweredRecord], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    answers = [answer for record in records for answer in record.answers]
    preferred = Counter(answer.preferred_response for answer in answers if answer.preferred_response)
    return {
        "records": len(records),
        "answers": len(answers),
        "annotators": len({answer.annotator for answer in answers}),
        "superseded": sum(not row["is_current"] for row in rows),
        "corrected": sum(row["is_corrected"] for row in rows),
        "comments": sum(bool(answer.comment) for answer in answers),
        "preferred_response": dict(preferred.most_common()),
        "agreement": measure_agreement(records),
        "verifier": compare_with_verifier(records),
    }


def _write(run: RunDirectory, pulled: Pulled) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = run.dataset / REVIEW
    with run.explain_os_errors():
        folder.mkdir(exist_ok=True)
        partial = folder / f"{_FILE}.new"
        pq.write_table(pa.Table.from_pylist(pulled.rows, schema=schema()), partial)
        partial.replace(folder / _FILE)
    run.write_json(run.review_file, pulled.figures)


def read_review(run: RunDirectory) -> list[dict[str, Any]]:
    """The rows of the subset `review`; none if there is no such subset."""
    import pyarrow.parquet as pq

    files = sorted((run.dataset / REVIEW).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def schema() -> pa.Schema:
    """The columns of the subset `review`."""
    import pyarrow as pa

    text = pa.string()
    phrases = pa.list_(pa.struct({"functionality": text, "text": text, "verdict": text}))
    answer = pa.struct({"annotator": text, "phrases": phrases, "preferred_response": text, "comment": text})
    return pa.schema(
        {
            "source_id": text,
            "record_id": text,
            "is_current": pa.bool_(),
            "is_corrected": pa.bool_(),
            "reviewed_text": text,
            "phrases": phrases,
            "system_message": text,
            "preferred_response": text,
            "answered_at": text,
            "annotators": pa.list_(text),
            "answers": pa.list_(answer),
        }
    )
