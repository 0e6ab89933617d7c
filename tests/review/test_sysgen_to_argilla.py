"""The Step that ends a pipeline in Argilla, against a server in memory."""

import logging

import pytest

from sysgen_distilabel.review.argilla_records import record_id
from sysgen_distilabel.review.sysgen_to_argilla import SysGenToArgilla
from tests.argilla_double import ArgillaDouble
from tests.review.test_push_records import row


@pytest.fixture
def argilla(monkeypatch):
    double = ArgillaDouble()
    monkeypatch.setattr("sysgen_distilabel.review.sysgen_to_argilla.open_dataset", lambda *_: double.dataset)
    return double


def run_step(*batches):
    """Bring batches through the Step as a process of the host does."""
    step = SysGenToArgilla(
        dataset_name="names", dataset_workspace="team", api_url="http://localhost", api_key="key"
    )
    step.load()
    for batch in batches:
        assert next(step.process(batch)) == batch
    step.unload()


def ids(argilla, source_id):
    return {one["external_id"] for one in argilla.by_row(source_id)}


def test_rows_of_one_source_do_not_retire_each_other(argilla):
    first, second = row("a", "You teach."), row("a", "You advise.")
    both = {record_id(first), record_id(second)}
    run_step([first, second])
    assert ids(argilla, "a") == both
    run_step([first], [second])
    assert ids(argilla, "a") == both
    assert {one["metadata"]["state"] for one in argilla.by_row("a")} == {"new"}, "they never left the queue"
    third = row("a", "You translate.")
    run_step([first], [third])
    assert ids(argilla, "a") == {record_id(first), record_id(third)}, "the second is of an earlier run"


def test_a_refused_row_is_named_once(argilla, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("distilabel"), "propagate", True)
    argilla.refused = {"a", "c"}
    with caplog.at_level(logging.WARNING):
        run_step(*([row(name, "You teach.")] for name in ("a", "b", "c")))
    warned = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert warned == [f"Argilla refused the row {name!r}: not this one" for name in ("a", "c")]


def test_old_versions_that_stay_are_told(argilla, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("distilabel"), "propagate", True)
    run_step([row("a", "You teach.")])
    argilla.broken = ("GET", "records")
    with caplog.at_level(logging.WARNING):
        run_step([row("a", "You advise.")])
    assert "Earlier versions of rows are still in Argilla's queue: " in caplog.text


def test_reviewers_are_told_of_simulated_data(argilla):
    written = argilla.guidelines
    run_step([row("a", "You teach.")])
    assert argilla.guidelines == written
    in_part = {**row("b", "You teach."), "usage": [{"task": "verify", "model_name": "simulated"}]}
    run_step([row("a", "You teach.")], [in_part])
    told = argilla.guidelines
    assert told.startswith("> **Simulated.** A simulated engine") and told.endswith(written)
    run_step([{**row("c", "You teach."), "model_name": "simulated"}])
    assert argilla.guidelines == told, "once is enough"
