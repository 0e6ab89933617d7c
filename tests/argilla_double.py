"""A dataset of a server in memory that speaks as much of Argilla's API as a push needs."""

import json
from types import SimpleNamespace

import httpx

QUESTIONS = ("phrases", "verdicts", "preferred_response", "comment")


class ArgillaDouble:
    """Keeps records by their id, and notes what was asked of it.

    Attributes:
        records: the records as the API gives them, by the id the server gave them.
        guidelines: those the server has.
        refused: rows it refuses.
        broken: a method and the first part of a path that it fails at.
        dataset: what stands for Argilla's `Dataset`.
    """

    def __init__(self):
        self.records, self.guidelines, self.refused = {}, "Mark the phrases.", set()
        self.broken = None
        client = httpx.Client(base_url="http://localhost", transport=httpx.MockTransport(self._answer))
        questions = [SimpleNamespace(name=name, id=f"id-of-{name}") for name in QUESTIONS]
        self.dataset = SimpleNamespace(
            id="dataset",
            settings=SimpleNamespace(questions=questions, guidelines=self.guidelines),
            _client=SimpleNamespace(http_client=client),
        )

    def by_row(self, source_id):
        """The records of a row."""
        return [one for one in self.records.values() if one["metadata"]["source_id"] == source_id]

    def answer(self, record):
        """Answer a record as somebody would on the page."""
        record["responses"] = [{"status": "submitted", "values": {}}]

    def _answer(self, request):
        path = request.url.path.removeprefix("/api/v1/").split("/")
        if (request.method, path[0]) == self.broken:
            return httpx.Response(500, json={"detail": "out of order"})
        match request.method, path:
            case "GET", ["datasets", _, "records"]:
                start = int(request.url.params["offset"])
                return httpx.Response(200, json={"items": list(self.records.values())[start:]})
            case "PUT", ["datasets", _, "records", "bulk"]:
                return self._put(json.loads(request.content)["items"])
            case "DELETE", ["datasets", _, "records"]:
                for name in request.url.params["ids"].split(","):
                    self.records.pop(name, None)
                return httpx.Response(204)
            case "PATCH", ["datasets", _]:
                self.guidelines = json.loads(request.content)["guidelines"]
                return httpx.Response(200, json={})
            case "GET", ["records", name]:
                return httpx.Response(200, json=self.records[name]) if name in self.records else _missing()
            case "PATCH", ["records", name]:
                self.records[name].update(json.loads(request.content))
                return httpx.Response(200, json=self.records[name])
        raise AssertionError(f"not expected: {request.method} {request.url}")

    def _put(self, items):
        if any(item["metadata"]["source_id"] in self.refused for item in items):
            return httpx.Response(422, json={"detail": "not this one"})
        kept = []
        for item in items:
            name = f"server-{item['external_id']}"
            responses = self.records.get(name, {}).get("responses", [])
            self.records[name] = {**item, "id": name, "responses": responses, "suggestions": []}
            kept.append(self.records[name])
        return httpx.Response(200, json={"items": kept})


def _missing():
    return httpx.Response(404, json={"detail": "Record not found"})
