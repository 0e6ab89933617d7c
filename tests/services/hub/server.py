"""A Hugging Face Hub on this machine, in a thread of the test, that can be told to fail."""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from tests.services.hub.api import Answer, HubApi, Refusal, Token

_REPO = r"(?P<kind>models|datasets|spaces)/(?P<repo>[^/]+/[^/]+)"
_FILES = r"(?:(?P<kind>datasets|spaces)/)?(?P<repo>[^/]+/[^/]+)"
_REVISION = r"(?P<revision>[^/]+)"
ROUTES = [
    (methods, re.compile(pattern), name)
    for methods, pattern, name in (
        ("GET", "/api/whoami-v2", "whoami"),
        ("POST", "/api/repos/create", "create_repository"),
        ("POST", "/api/validate-yaml", "validate_card"),
        ("GET", f"/api/{_REPO}", "describe"),
        ("GET", f"/api/{_REPO}/revision/{_REVISION}", "describe"),
        ("GET", f"/api/{_REPO}/refs", "list_references"),
        ("GET", f"/api/{_REPO}/commits/{_REVISION}", "list_commits"),
        ("GET", f"/api/{_REPO}/discussions", "list_discussions"),
        ("GET", f"/api/{_REPO}/tree/{_REVISION}(?:/(?P<path>.*))?", "list_tree"),
        ("POST", f"/api/{_REPO}/paths-info/{_REVISION}", "describe_paths"),
        ("POST", f"/api/{_REPO}/branch/{_REVISION}", "create_branch"),
        ("POST", f"/api/{_REPO}/preupload/{_REVISION}", "choose_upload_modes"),
        ("POST", f"/api/{_REPO}/commit/{_REVISION}", "take_commit"),
        ("POST", rf"/{_FILES}\.git/info/lfs/objects/batch", "offer_large_uploads"),
        ("GET", "/api/buckets/(?P<bucket>[^/]+/[^/]+)", "describe_bucket"),
        ("GET", "/api/buckets/(?P<bucket>[^/]+/[^/]+)/tree(?:/(?P<path>.*))?", "list_bucket"),
        ("GET HEAD", "/buckets/(?P<bucket>[^/]+/[^/]+)/resolve/(?P<path>.+)", "send_from_bucket"),
        ("PUT", "/_large/(?P<oid>[0-9a-f]{64})", "take_large_file"),
        ("GET HEAD", f"/{_FILES}/(?:resolve|raw)/{_REVISION}/(?P<path>.+)", "send_file"),
    )
]
TOKENS = {
    "hf_ownertoken": Token("tester", orgs=("acme",)),
    "hf_othertoken": Token("stranger"),
    "hf_readertoken": Token("tester", orgs=("acme",), reads_only=True),
}


@dataclass
class Fault:
    """What goes wrong with requests to a route.

    Attributes:
        route: the name of the method of `HubApi`.
        part: what the path of the request has to hold.
        status: what is answered; None closes the connection without an answer.
        times: how often.
        after: how many requests to the route go well before.
        does_it: whether the request is carried out all the same, and only the answer is lost.
        then: is called first, with the hub; such as for a commit of somebody else's, or to hold it up.
    """

    route: str
    status: int | None = 503
    times: int = 1
    after: int = 0
    does_it: bool = False
    then: object = None
    headers: dict = field(default_factory=lambda: {"Retry-After": "0"})
    part: str = ""


class LocalHub(HubApi):
    """The server; use it as a context manager.

    Attributes:
        faults: what goes wrong, in order.
        log: method, path and status of each request.
        in_flight: how many requests are being answered, those of a client that was killed included.
    """

    def __init__(self, tokens=None):
        super().__init__(TOKENS if tokens is None else tokens)
        self.faults = []
        self.log = []
        self.in_flight = 0
        self.lock = threading.RLock()

    def __enter__(self):
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    def dataset(self, name):
        return self.repositories["dataset", name]

    def requests(self, method, part=""):
        """The paths of the requests with this method so far that were answered well."""
        return [
            path for verb, path, status in self.log if verb == method and part in path and 200 <= status < 300
        ]

    def take_fault(self, route, path):
        for fault in self.faults:
            if fault.route == route and fault.part in path:
                if fault.after:
                    fault.after -= 1
                    return None
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LocalHub

    def json(self):
        return json.loads(self.body) if self.body else {}

    def form_or_json(self):
        if "json" in self.headers.get("Content-Type", ""):
            return self.json()
        return parse_qs(self.body.decode())

    def send_range(self, data, headers):
        headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", **headers}
        asked = re.match(r"bytes=(\d*)-(\d*)$", self.headers.get("Range", ""))
        if not asked or asked[0] == "bytes=-":
            return Answer(200, data, headers)
        start = int(asked[1]) if asked[1] else max(0, len(data) - int(asked[2]))
        end = min(int(asked[2]) if asked[1] and asked[2] else len(data) - 1, len(data) - 1)
        if start >= len(data):
            return Answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return Answer(206, data[start : end + 1], headers)

    def handle_request(self):
        self.body = self._read_body()
        url = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        try:
            name = self._find_route(url.path)
            with self.hub.lock:
                fault = self.hub.take_fault(name, url.path)
            answer = self._fail(fault, name) if fault else self._ask(name)
        except Refusal as refusal:
            code = {"X-Error-Code": refusal.code} if refusal.code else {}
            headers = {"X-Error-Message": str(refusal), **code, **refusal.headers}
            answer = Answer(refusal.status, {"error": str(refusal)}, headers)
        if answer is None:
            self.hub.log.append((self.command, self.path, 0))
            self.close_connection = True
            self.connection.close()
        else:
            self._send(answer)

    def _find_route(self, path):
        for methods, pattern, name in ROUTES:
            match = pattern.fullmatch(path)
            if match and self.command in methods.split():
                self.args = {
                    key: unquote(value) for key, value in match.groupdict().items() if value is not None
                }
                return name
        raise Refusal(404, f"Not part of the local Hub: {self.command} {path}")

    def _ask(self, name):
        with self.hub.lock:
            answer = getattr(self.hub, name)(self)
        return answer if isinstance(answer, Answer) else Answer(200, answer)

    def _fail(self, fault, name):
        if fault.then:
            fault.then(self.hub)
        if fault.does_it or fault.status == 200:
            answer = self._ask(name)
            if fault.status == 200:
                return answer
        if fault.status is None:
            return None
        return Answer(fault.status, {"error": "told to fail"}, dict(fault.headers))

    def _read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, answer):
        body, headers = answer.body, dict(answer.headers)
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        self.hub.log.append((self.command, self.path, answer.status))
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def count_and_handle(self):
        with self.hub.lock:
            self.hub.in_flight += 1
        try:
            self.handle_request()
        finally:
            with self.hub.lock:
                self.hub.in_flight -= 1

    do_GET = do_HEAD = do_POST = do_PUT = count_and_handle

    def log_message(self, *args):
        pass
