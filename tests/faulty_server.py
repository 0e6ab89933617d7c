"""A scriptable OpenAI-compatible server over real HTTP, to test what a client makes of faults.

In a test it runs in a thread::

    with FaultyServer(lambda messages, count: reset() if count == 0 else ok()) as server:
        llm = OpenAILLM(model="m", base_url=server.base_url, api_key="none", max_retries=0)

For tests that kill their own process `tests.engine_process` runs it as a process of its own.
"""

import hashlib
import json
import math
import os
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Message = dict
Behaviour = Callable[["Exchange"], None]
"""What the server does with one request."""


def echo(messages: list[Message]) -> str:
    """The default answer."""
    return f"reply to {messages[-1]['content']}"


def ok(latency: float = 0.0) -> Behaviour:
    """A proper reply, `latency` seconds later."""

    def act(exchange: "Exchange") -> None:
        time.sleep(latency)
        exchange.send_completion(exchange.answer())

    return act


def together(number: int, latency: float = 0.0) -> Behaviour:
    """A proper reply, `latency` seconds after so many requests were in flight at once."""

    def act(exchange: "Exchange") -> None:
        exchange.server.wait_for_peak(number)
        ok(latency)(exchange)

    return act


def status(
    code: int, message: str = "told to fail", error_code: str | None = None, **headers: str
) -> Behaviour:
    """An HTTP error; `retry_after="1"` becomes the header `Retry-After`."""

    def act(exchange: "Exchange") -> None:
        body = {"error": {"message": message, "type": "error", "code": error_code or code}}
        exchange.send_json(body, code, {name.replace("_", "-"): value for name, value in headers.items()})

    return act


def wrong_model() -> Behaviour:
    """What vLLM says to an unknown model name."""
    return status(404, "The model `m` does not exist.")


def reset() -> Behaviour:
    """Break the connection with a TCP reset before anything is sent."""

    def act(exchange: "Exchange") -> None:
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.close()

    return act


def half_body() -> Behaviour:
    """Announce a body, send half of it and hang up."""

    def act(exchange: "Exchange") -> None:
        body = exchange.completion_body(exchange.answer())
        exchange.send_bytes(body[: len(body) // 2], announced=len(body))
        exchange.close()

    return act


def half_json() -> Behaviour:
    """Send half of the JSON as if it were all."""

    def act(exchange: "Exchange") -> None:
        body = exchange.completion_body(exchange.answer())
        exchange.send_bytes(body[: len(body) // 2])

    return act


def slow_bytes(seconds: float) -> Behaviour:
    """Send the body byte by byte, over so many seconds."""

    def act(exchange: "Exchange") -> None:
        body = exchange.completion_body(exchange.answer())
        exchange.send_bytes(b"", announced=len(body))
        for byte in body:
            exchange.server.stopped.wait(seconds / len(body))
            exchange.wfile.write(bytes([byte]))
        exchange.is_answered = True

    return act


def never() -> Behaviour:
    """Accept the request and say nothing until the server is stopped."""

    def act(exchange: "Exchange") -> None:
        exchange.server.stopped.wait()
        exchange.close()

    return act


def content_filter() -> Behaviour:
    """Withhold the text, with `content_filter` as the finish reason."""
    return lambda exchange: exchange.send_completion(None, "content_filter")


def empty_choices() -> Behaviour:
    """A completion without choices."""
    return lambda exchange: exchange.send_json({**exchange.completion("x"), "choices": []})


def null_choices() -> Behaviour:
    """A completion whose choices are null, as some proxies send for an error."""
    return lambda exchange: exchange.send_json({**exchange.completion("x"), "choices": None})


def tool_calls() -> Behaviour:
    """A call of a tool in place of text."""

    def act(exchange: "Exchange") -> None:
        call = {"id": "1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
        completion = exchange.completion(None, "tool_calls")
        completion["choices"][0]["message"]["tool_calls"] = [call]
        exchange.send_json(completion)

    return act


def text(content: str, finish_reason: str = "stop", completion_tokens: int | None = None) -> Behaviour:
    """A reply with this text."""
    return lambda exchange: exchange.send_completion(content, finish_reason, completion_tokens)


def invalid_utf8() -> Behaviour:
    """A body that is not UTF-8 throughout."""

    def act(exchange: "Exchange") -> None:
        exchange.send_bytes(exchange.completion_body("caf@").replace(b"@", b"\xe9"))

    return act


def raw_json(body: str) -> Behaviour:
    """A completion with the text given as JSON source, such as half a surrogate pair."""

    def act(exchange: "Exchange") -> None:
        exchange.send_bytes(exchange.completion_body("@").replace(b'"@"', body.encode()))

    return act


def html() -> Behaviour:
    """A page of a proxy, with status 200."""
    return lambda exchange: exchange.send_bytes(b"<html>maintenance</html>", content_type="text/html")


class Exchange(BaseHTTPRequestHandler):
    """One request and the means to answer it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "FaultyServer"
    is_in_flight = False

    def log_message(self, *arguments) -> None:
        pass

    def do_GET(self) -> None:
        self.send_json({"object": "list", "data": [{"id": "m", "object": "model"}]})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.request_body = json.loads(raw)
        self.is_in_flight, self.is_answered = True, False
        behaviour = self.server.begin(raw, self.request_body)
        try:
            behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.server.leave(self)
            self.server.end(raw, self.is_answered)

    @property
    def messages(self) -> list[Message]:
        return self.request_body["messages"]

    def answer(self) -> str:
        return self.server.answer(self.messages)

    def completion(
        self, content: str | None, finish_reason: str = "stop", completion_tokens: int | None = None
    ) -> dict:
        """A completion as the API has it; a word is a token."""
        prompt_tokens = sum(len(str(message["content"]).split()) for message in self.messages)
        if completion_tokens is None:
            completion_tokens = len((content or "").split())
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": self.request_body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish_reason,
                    "message": {"role": "assistant", "content": content},
                }
            ],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        }

    def completion_body(self, content: str | None) -> bytes:
        return json.dumps(self.completion(content)).encode()

    def send_completion(
        self, content: str | None, finish_reason: str = "stop", completion_tokens: int | None = None
    ) -> None:
        self.send_json(self.completion(content, finish_reason, completion_tokens))

    def send_json(self, body: dict, code: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_bytes(json.dumps(body).encode(), code, headers)

    def send_bytes(
        self,
        body: bytes,
        code: int = 200,
        headers: dict[str, str] | None = None,
        announced: int | None = None,
        content_type: str = "application/json",
    ) -> None:
        lines = {
            "Content-Type": content_type,
            "Content-Length": str(len(body) if announced is None else announced),
            **(headers or {}),
        }
        head = f"HTTP/1.1 {code} status\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items()
        )
        # Before the last byte: with it the client may send the next request at once.
        self.server.leave(self)
        self.wfile.write(head.encode() + b"\r\n" + body)
        self.is_answered = announced is None

    def close(self) -> None:
        self.close_connection = True
        self.server.leave(self)
        self.connection.close()


class FaultyServer(ThreadingHTTPServer):
    """The server.

    Args:
        behave: what to do with a request, by its messages and how often the same was received before.
        answer: the text of a proper reply.
        log: file to append a line of JSON to for every request received and every one answered in full.
        port: 0 for a free one.

    Attributes:
        received: how often each request came, by the text of its last message.
        bodies: the requests, in order.
        peak: most requests in flight at once.
    """

    daemon_threads = True
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(
        self,
        behave: Callable[[list[Message], int], Behaviour] = lambda messages, count: ok(),
        answer: Callable[[list[Message]], str] = echo,
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.behave = behave
        self.answer = answer
        self.stopped = threading.Event()
        self.received: Counter[str] = Counter()
        self.bodies: list[dict] = []
        self.peak = 0
        self._in_flight = 0
        self._allowed = math.inf
        self._by_hash: Counter[str] = Counter()
        self._lock = threading.Condition()
        self._log = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "FaultyServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopped.set()
        self.allow(math.inf)
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """Clients that hang up are the point of these tests."""

    def begin(self, raw: bytes, body: dict) -> Behaviour:
        text = body["messages"][-1]["content"]
        with self._lock:
            count = self._by_hash[_hash(raw)]
            self._by_hash[_hash(raw)] += 1
            self.received[text] += 1
            self.bodies.append(body)
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
            self._note("received", raw)
            self._lock.notify_all()
            number = len(self.bodies)
            self._lock.wait_for(lambda: number <= self._allowed)
        return self.behave(body["messages"], count)

    def allow(self, number: float) -> None:
        """Answer the first so many requests; those behind them wait, however long a test takes to look."""
        with self._lock:
            self._allowed = number
            self._lock.notify_all()

    def wait_for_peak(self, number: int) -> None:
        """Wait until so many requests were in flight at once, or the server is stopped."""
        with self._lock:
            self._lock.wait_for(lambda: self.peak >= number or self.stopped.is_set())

    def leave(self, exchange: Exchange) -> None:
        """The exchange is no longer in flight, if it still was."""
        with self._lock:
            self._in_flight -= exchange.is_in_flight
            exchange.is_in_flight = False

    def end(self, raw: bytes, is_answered: bool) -> None:
        with self._lock:
            if is_answered:
                self._note("answered", raw)

    def _note(self, event: str, raw: bytes) -> None:
        if self._log is not None:
            line = {"event": event, "request": _hash(raw), "in_flight": self._in_flight, "time": time.time()}
            os.write(self._log, json.dumps(line).encode() + b"\n")


def read_log(path: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each request was received, and how often it was answered, by its hash."""
    received: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        (received if entry["event"] == "received" else answered)[entry["request"]] += 1
    return received, answered


def _hash(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=8).hexdigest()
