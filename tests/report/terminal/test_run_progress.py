"""Progress: rows from batches, calls from the store, right after a resume, quiet when asked to be."""

import io
import re
import threading
from types import SimpleNamespace

import pytest
from rich.console import Console

from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report.terminal import progress_view
from sysgen_distilabel.report.terminal.engine_watch import EngineState
from sysgen_distilabel.report.terminal.progress_view import ProgressView, render_line, render_table
from sysgen_distilabel.report.terminal.run_progress import RunProgress
from sysgen_distilabel.settings.run_config import TASKS, RunConfig
from sysgen_distilabel.workflows.build_pipeline import build_pipeline
from sysgen_distilabel.workflows.console_observer import ConsoleObserver
from sysgen_distilabel.workflows.run import run
from tests.commands import sysgen, write_rows

GENERATE, VERIFY, RESPOND = TASKS
STEPS = (GENERATE, "filter_tags", VERIFY, "compose_system_message", RESPOND)


def rows(number, outcome="pending", rejected_by=""):
    return [{"outcome": outcome, "rejected_by": rejected_by}] * number


def spent(calls, out=100, cached=0):
    return Usage(calls=calls, cached=cached, prompt_tokens=1000 * calls, completion_tokens=out * calls)


def test_rows_are_counted_where_they_leave():
    progress = RunProgress(100, {}, 0, STEPS, TASKS)
    progress.note_batch("load_conversations", rows(95) + rows(5, "bad_input", "load_conversations"))
    lost = rows(5, "bad_input", "load_conversations")
    progress.note_batch(GENERATE, rows(40) + rows(10, "truncated_reply", GENERATE) + lost)
    progress.note_batch("filter_tags", rows(30) + rows(10, "no_valid_phrase", "filter_tags") + lost)
    progress.note_usage({GENERATE: spent(50)}, now=10)
    snapshot = progress.snapshot(now=10)
    assert snapshot.rejected == {"truncated_reply": 10, "no_valid_phrase": 10, "bad_input": 5}
    assert snapshot.phases[0].rows == 50 and snapshot.phases[0].expected == 100
    assert snapshot.phases[1].expected == 60, "so many pass the two steps before it"
    assert snapshot.phases[0].completion_rate == 500 and snapshot.elapsed == 10


def test_rows_of_the_batch_at_hand_are_estimated_from_the_calls():
    progress = RunProgress(1000, {}, 0, STEPS, TASKS)
    progress.note_usage({GENERATE: spent(120)}, now=5)
    assert progress.snapshot(5).phases[0].rows == 120
    progress.note_usage({GENERATE: spent(1500)}, now=6)  # several attempts for one row
    assert progress.snapshot(6).phases[0].rows == 1000


def test_what_is_left_is_the_work_over_its_speed():
    progress = RunProgress(100, {}, 0, STEPS, TASKS)
    assert progress.snapshot(0).left is None
    for now in (10, 20, 30):
        progress.note_usage({GENERATE: spent(now), VERIFY: spent(now), RESPOND: spent(now)}, now)
    assert 65 < progress.snapshot(30).left < 75


def test_a_quiet_minute_at_the_end_does_not_make_the_rest_long():
    progress = RunProgress(100, {}, 0, STEPS, TASKS)
    progress.note_batch(GENERATE, rows(100))
    progress.note_batch(VERIFY, rows(100))
    for now in (400, 800, 1200):
        done = {GENERATE: spent(100), VERIFY: spent(100), RESPOND: spent(min(99, now // 12))}
        progress.note_usage(done, now)
    for now in range(1201, 1300):
        progress.note_usage(done, now)
    assert 2 < progress.snapshot(1300).left < 30


def test_tokens_of_unfinished_answers_count_for_the_time_that_is_left():
    progress = RunProgress(10, {}, 0, STEPS, TASKS)
    progress.note_usage({GENERATE: spent(1)}, now=100)
    slow = progress.snapshot(100).left
    progress.note_engine(EngineState(4, 100), now=0)
    progress.note_engine(EngineState(4, 500), now=100)
    snapshot = progress.snapshot(100)
    assert snapshot.left < slow / 2 and snapshot.generation_rate == 4
    assert "4 requests in flight, 500 tokens generated, 4/s" in render_line(snapshot)
    assert "0 tokens/s" not in render_line(snapshot)


def test_nothing_is_said_to_be_left_while_nothing_tells_how_much():
    progress = RunProgress(10, {}, 0, STEPS, TASKS)
    progress.note_usage({}, now=20)
    progress.note_engine(EngineState(10, 40), now=20)
    assert progress.snapshot(20).left is None, "no answer has come yet"
    assert "left" not in render_line(progress.snapshot(20))
    progress.note_usage(dict.fromkeys(TASKS, spent(10)), now=100)
    progress.note_engine(EngineState(3, 4000), now=100)
    assert progress.snapshot(100).left is None, "rows are asked again that had seemed done"


def test_no_time_is_told_once_the_answers_under_way_are_as_long_as_those_that_have_ended():
    progress = RunProgress(40, {}, 0, STEPS, TASKS)
    ended = Usage(calls=6, completion_tokens=6 * 50)
    progress.note_usage({GENERATE: spent(40), VERIFY: spent(40), RESPOND: ended}, now=1000)
    before, foretold = 2 * 40 * 100 + 6 * 50, 34 * 50
    progress.note_engine(EngineState(34, before + foretold // 2), now=1000)
    assert 45 < progress.snapshot(1000).left < 55
    progress.note_engine(EngineState(34, before + foretold - 50), now=1000)
    assert progress.snapshot(1000).left is None, "not 3 seconds for 34 answers of which none has ended"


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_table_fits_the_terminal(width):
    progress = RunProgress(800_000, {}, 0, STEPS, TASKS)
    usage = Usage(
        calls=700_000, cached=90_000, failed=12, prompt_tokens=90_000_000, completion_tokens=9_000_000
    )
    progress.note_usage(dict.fromkeys(TASKS, usage), now=900)
    output = io.StringIO()
    Console(file=output, width=width).print(render_table(progress.snapshot(900), width))
    lines = output.getvalue().splitlines()
    assert max(map(len, lines)) <= width and "…" not in output.getvalue()
    if width >= 80:
        assert "generate system message" in lines[1] and "12" in lines[1].split()


def test_a_line_is_short_and_says_what_the_rest_waits_for():
    progress = RunProgress(800_000, {}, 0, STEPS, TASKS)
    progress.note_batch(GENERATE, rows(799_000) + rows(1_000, "truncated_reply", GENERATE))
    usage = Usage(
        calls=700_000, cached=90_000, failed=12, prompt_tokens=90_000_000, completion_tokens=9_000_000
    )
    progress.note_usage(dict.fromkeys(TASKS, usage), now=900)
    progress.note_engine(EngineState(256, 9_000_000), now=900)
    line = render_line(progress.snapshot(900))
    assert line.startswith("verify functionalities ") and len(line) < 200
    assert "36 cut or failed" in line, "the whole phrases of a reply that was cut off are used"


def test_after_a_resume_calls_go_on_where_they_were():
    before = {GENERATE: spent(60)}
    progress = RunProgress(100, before, 0, STEPS, TASKS)
    progress.note_usage({GENERATE: spent(60, cached=60)}, now=2)
    phase = progress.snapshot(2).phases[0]
    assert (phase.rows, phase.usage.calls, phase.usage.cached) == (60, 60, 60)
    assert phase.completion_rate == 0, "nothing was generated in this session"


def watched_run(tmp_path, console, **settings):
    config = RunConfig(
        input=str(write_rows(tmp_path / "rows.jsonl", 60)), llm="simulated", batch_size=20, **settings
    )

    class Watching(ConsoleObserver):
        def watch_pipeline(self, pipeline, calls, rows):
            return ProgressView(console, line_every=0.0).watch(pipeline, calls, rows)

    return run(config, tmp_path / "run", observer=Watching(console, config))


@pytest.mark.slow
def test_lines_of_a_run_end_with_its_counts_also_after_a_resume(tmp_path):
    cached = []
    for session in ("first", "resumed"):
        output = io.StringIO()
        result = watched_run(tmp_path, Console(file=output, width=300), llm_args={"truncated_rate": 0.2})
        accounts, last = result.accounts, output.getvalue().strip().splitlines()[-1]
        assert f"{accounts.accepted} accepted, {60 - accounts.accepted} rejected; " in last, session
        cached.append(int(re.search(r"([\d,]+) cached", last)[1]) if "cached" in last else 0)
        result.directory.report_file.unlink()  # as if it had been killed at the last moment
    asked = count_calls(result) + cached[0]  # equal prompts share a call
    assert cached[1] == cached[0] + asked


def count_calls(result):
    with Store.open_read(result.directory.calls) as store:
        return sum(usage.calls for usage in store.usage().values())


def test_a_terminal_gets_a_live_table(tmp_path):
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=160, color_system=None)
    watched_run(tmp_path, console, llm_args={"latency": 0.05})
    assert "generate aligned response" in output.getvalue() and "60 accepted, 0 rejected" in output.getvalue()


def test_a_short_run_prints_what_became_of_it_once(tmp_path, monkeypatch):
    """The look before the last one sees all phases at their end."""
    monkeypatch.setattr(progress_view, "_POLL", 0.01)
    output = io.StringIO()
    pipeline = build_pipeline(RunConfig(input="x.jsonl", llm="simulated"))
    pipeline._process_batch = lambda batch: None
    with ProgressView(Console(file=output, width=200)).watch(pipeline, tmp_path, 5):
        for name in TASKS:
            pipeline._process_batch(SimpleNamespace(step_name=name, data=[rows(5)]))
        watcher = next(thread for thread in threading.enumerate() if thread.name == "progress")
        watcher.join(0.2)
        assert watcher.is_alive()
    assert len(output.getvalue().splitlines()) == 1


def test_a_run_that_is_stopped_leaves_no_thread(tmp_path):
    class Stop(Exception):
        pass

    view = ProgressView(Console(file=io.StringIO()))
    pipeline = build_pipeline(RunConfig(input="x.jsonl", llm="simulated"))
    pipeline._process_batch = lambda batch: None
    with pytest.raises(Stop), view.watch(pipeline, tmp_path, 5):
        pipeline._process_batch(SimpleNamespace(step_name=GENERATE, data=[rows(1)]))
        assert any(thread.name == "progress" for thread in threading.enumerate())
        raise Stop
    assert not any(thread.name == "progress" for thread in threading.enumerate())


@pytest.mark.slow
def test_quiet_says_nothing_but_the_result(tmp_path):
    source = write_rows(tmp_path / "rows.jsonl", 5)
    process = sysgen("run", source, "-o", tmp_path / "run", "--llm", "simulated", "--quiet")
    assert process.returncode == 0 and "tokens/s" not in process.stderr and "accepted" in process.stderr
    loud = sysgen("run", source, "-o", tmp_path / "loud", "--llm", "simulated")
    assert "tokens/s" in loud.stderr


def test_a_snapshot_without_anything_can_be_shown():
    snapshot = RunProgress(0, {}, 0, STEPS, TASKS).snapshot(0)
    assert render_line(snapshot) and render_table(snapshot)
