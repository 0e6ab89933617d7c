"""Brings records into Argilla: adds, updates and retires them, and never touches an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.review.argilla_client import refusal
from sysgen_distilabel.review.argilla_records import ReviewRecord
from sysgen_distilabel.review.argilla_settings import CHANGED, NEW, SUPERSEDED

if TYPE_CHECKING:
    import argilla as rg

RECORDS_PER_BATCH: Final = 100
"""The server takes 500 at most, and about 20 per second; a smaller batch shows progress."""

_WORTH_MOVING: Final = 0.1
"""Change of priority from which on a record is sent again for that alone."""

_RECORDS_PER_PAGE: Final = 250
_DELETED_AT_ONCE: Final = 100

Progress = Callable[[int], None]


@dataclass(slots=True)
class Pushed:
    """What a push has done.

    Attributes:
        added: records that were not there.
        updated: records whose texts, suggestions or metadata are new.
        unchanged: records that were there as they are.
        removed: earlier versions of rows that nobody had answered.
        superseded: earlier versions of rows that somebody had answered, marked and left alone.
        refused: rows the server did not take, with its reason.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    superseded: int = 0
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """A record that is in Argilla."""

    server_id: str
    source_id: str
    metadata: dict[str, Any]
    is_answered: bool
    suggestions: dict[str, str]
    """Ids of suggestions by the id of their question."""

    @property
    def digests(self) -> tuple[str, str]:
        content, _, metadata = str(self.metadata.get("digest", "")).partition("-")
        return content, metadata


class Pusher:
    """Pushes records into one dataset; pushing the same again sends nothing.

    Args:
        dataset: the dataset.
        records_per_batch: how many to send at once, 500 at most.
    """

    def __init__(self, dataset: rg.Dataset, records_per_batch: int = RECORDS_PER_BATCH) -> None:
        self._dataset = dataset
        self._records_per_batch = records_per_batch
        self._http = dataset._client.http_client
        self._questions = {question.name: str(question.id) for question in dataset.settings.questions}
        self._known = {record["external_id"]: _known(record) for record in read_all(dataset)}
        self._versions: dict[str, set[str]] = {}
        for record_id, known in self._known.items():
            self._versions.setdefault(known.source_id, set()).add(record_id)
        self.pushed = Pushed()

    def push(self, records: Iterable[ReviewRecord], progress: Progress = lambda done: None) -> Pushed:
        """Add and update records batch by batch; what is there already is passed over.

        Args:
            records: the records.
            progress: told the number of records dealt with since the last time.
        """
        for batch in _batches(records, self._records_per_batch):
            waiting = [record for record in batch if not self._is_there(record)]
            self.pushed.unchanged += len(batch) - len(waiting)
            self._drop_stale_suggestions(waiting)
            self._send(waiting)
            progress(len(batch))
        return self.pushed

    def retire(self, current: Mapping[str, Collection[str]]) -> Pushed:
        """Take earlier versions of rows out of the queue.

        Args:
            current: for each `source_id`, the ids of the records that stand for its rows now.
        """
        old = {
            record_id: known
            for record_id, known in self._known.items()
            if known.source_id in current and record_id not in current[known.source_id]
        }
        for some in _batches([one for one in old.values() if not one.is_answered], _DELETED_AT_ONCE):
            self._look_for_answers(some)
            ids = [known.server_id for known in some if not known.is_answered]
            if ids:
                url = f"/api/v1/datasets/{self._dataset.id}/records"
                self._call("DELETE", url, params={"ids": ",".join(ids)})
            self.pushed.removed += len(ids)
        for known in old.values():
            if known.is_answered and known.metadata.get("state") != SUPERSEDED:
                metadata = {**known.metadata, "state": SUPERSEDED, "priority": 0.0}
                self._call("PATCH", f"/api/v1/records/{known.server_id}", json={"metadata": metadata})
                self.pushed.superseded += 1
        return self.pushed

    def _look_for_answers(self, unanswered: Iterable[_Known]) -> None:
        """Somebody may have answered in the minutes since the records were read."""
        for known in unanswered:
            response = self._http.get(f"/api/v1/records/{known.server_id}")
            if response.status_code != 404:  # else somebody has removed it
                response.raise_for_status()
                known.is_answered = bool(response.json()["responses"])

    def _is_there(self, record: ReviewRecord) -> bool:
        known = self._known.get(record.id)
        if known is None or known.metadata.get("state") == SUPERSEDED:
            return False
        moved = abs(float(known.metadata.get("priority") or 0.0) - record.metadata["priority"])
        return known.digests == (record.content_digest, record.metadata_digest) and moved < _WORTH_MOVING

    def _drop_stale_suggestions(self, records: list[ReviewRecord]) -> None:
        """A suggestion that is left out of an update would survive it."""
        for record in records:
            if known := self._known.get(record.id):
                kept = {self._questions[suggestion.question] for suggestion in record.suggestions}
                stale = [id for question, id in known.suggestions.items() if question not in kept]
                if stale:
                    url = f"/api/v1/records/{known.server_id}/suggestions"
                    self._call("DELETE", url, params={"ids": ",".join(stale)})

    def _send(self, records: list[ReviewRecord]) -> None:
        """Send a batch; if the server refuses it, halve it until the refused record is found."""
        if not records:
            return
        items = [self._as_item(record) for record in records]
        response = self._http.put(f"/api/v1/datasets/{self._dataset.id}/records/bulk", json={"items": items})
        if response.status_code == 422 and len(records) > 1:
            middle = len(records) // 2
            self._send(records[:middle])
            self._send(records[middle:])
        elif response.status_code == 422:
            self.pushed.refused[records[0].source_id] = refusal(response)
        else:
            response.raise_for_status()
            self._note(records, response.json()["items"])

    def _as_item(self, record: ReviewRecord) -> dict[str, Any]:
        suggestions = [
            {
                "question_id": self._questions[suggestion.question],
                "value": suggestion.value,
                "agent": suggestion.agent,
                "score": suggestion.score,
                "type": "model",
            }
            for suggestion in record.suggestions
        ]
        digest = f"{record.content_digest}-{record.metadata_digest}"
        return {
            "external_id": record.id,
            "fields": dict(record.fields),
            "metadata": {**record.metadata, "state": self._state(record), "digest": digest},
            "suggestions": suggestions,
        }

    def _state(self, record: ReviewRecord) -> str:
        known = self._known.get(record.id)
        if known is None:
            return CHANGED if self._versions.get(record.source_id) else NEW
        if known.digests[0] != record.content_digest or known.metadata.get("state") == SUPERSEDED:
            return CHANGED
        return str(known.metadata.get("state", NEW))

    def _note(self, records: list[ReviewRecord], items: list[dict[str, Any]]) -> None:
        for record, item in zip(records, items, strict=True):
            before = self._known.get(record.id)
            if before is None:
                self.pushed.added += 1
            else:
                self.pushed.updated += 1
            known = _known({**item, "responses": []})
            known.is_answered = before is not None and before.is_answered
            self._known[record.id] = known
            self._versions.setdefault(record.source_id, set()).add(record.id)

    def _call(self, method: str, url: str, **arguments: Any) -> None:
        self._http.request(method, url, **arguments).raise_for_status()


def read_all(dataset: rg.Dataset) -> Iterator[dict[str, Any]]:
    """Every record of a dataset with its suggestions and responses, as the server's API gives them."""
    http = dataset._client.http_client
    offset = 0
    while True:
        response = http.get(
            f"/api/v1/datasets/{dataset.id}/records",
            params={"offset": offset, "limit": _RECORDS_PER_PAGE, "include": ["suggestions", "responses"]},
        )
        response.raise_for_status()
        items = response.json()["items"]
        yield from items
        offset += len(items)
        if not items:
            return


def _known(item: Mapping[str, Any]) -> _Known:
    metadata = item.get("metadata") or {}
    return _Known(
        server_id=item["id"],
        source_id=metadata.get("source_id", ""),
        metadata=metadata,
        is_answered=bool(item.get("responses")),
        suggestions={one["question_id"]: one["id"] for one in item.get("suggestions") or ()},
    )


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
