"""What is under way is seen before the first answer: by locked slots, and by the metrics of a vLLM server."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context

import pytest

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.llms.capabilities import Capabilities
from sysgen_distilabel.llms.findings import Findings
from sysgen_distilabel.recorded.slots import SlotFile
from sysgen_distilabel.recorded.store import SLOTS_FILE
from sysgen_distilabel.report.terminal import engine_watch
from sysgen_distilabel.report.terminal.engine_watch import UNKNOWN, EngineWatch
from tests.patience import PATIENCE


def hold_slots(path, number, ready, done):
    file = SlotFile.open(path)
    for _ in range(number):
        file.try_take(8)
    ready.set()
    done.wait()


def test_requests_of_other_processes_are_counted(tmp_path):
    watch = EngineWatch(tmp_path, 8, [])
    assert watch.look() == UNKNOWN
    context = get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=hold_slots, args=(tmp_path / SLOTS_FILE, 3, ready, done))
    holder.start()
    ready.wait()
    assert watch.look().in_flight == 3
    done.set()
    holder.join()
    assert watch.look().in_flight == 0


@pytest.fixture
def server(monkeypatch):
    """A server with metrics, which counts how often it was asked for them."""
    monkeypatch.setattr(engine_watch, "_TIMEOUT", PATIENCE)

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked += 1
            body = f'vllm:generation_tokens_total{{engine="0"}} {self.server.tokens}\n'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
        server.asked, server.tokens = 0, 500.0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def remember(directory, kind, url):
    found = Capabilities(SystemRole.NATIVE, frozenset(), 4096, kind, "", "max_tokens")
    Findings(directory, [url], "m", {}).recall(lambda: found)


def test_a_vllm_server_tells_the_tokens_of_unfinished_answers(tmp_path, server):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    remember(tmp_path, "vllm", url)
    watch = EngineWatch(tmp_path, 8, [url])
    assert watch.look().generated == 0, "what it did before is not of this run"
    server.tokens = 620.0
    assert watch.look().generated == 120


def test_another_engine_is_not_asked_for_metrics(tmp_path, server):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    remember(tmp_path, "other", url)
    assert EngineWatch(tmp_path, 8, [url]).look() == UNKNOWN and not server.asked


def test_an_engine_that_is_gone_is_no_error(tmp_path):
    remember(tmp_path, "vllm", "http://127.0.0.1:9/v1")
    assert EngineWatch(tmp_path, 8, ["http://127.0.0.1:9/v1"]).look() == UNKNOWN
