"""The faulty server with what `EndpointLLM` asks for at load: models, a chat template, tokens, schemas."""

import contextlib
import json
import socket

from distilabel.models.llms.base import LLM
from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import render_template
from sysgen_distilabel.llms.endpoint import EndpointLLM
from tests.doubles import chat
from tests.faulty_server import Behaviour, Exchange, FaultyServer, status

SECRET = "local-secret-that-looks-like-nothing"

NATIVE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}"
TAKING_TOOLS = "{% if tools %}{{ tools | tojson }}{% endif %}" + NATIVE
RAISING = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
) + NATIVE
DROPPING = "{% for m in messages if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endfor %}"
FOLDING = (
    "{% set ns = namespace(first='') %}{% for m in messages %}"
    "{% if m.role == 'system' %}{% set ns.first = m.content + '\n\n' %}"
    "{% else %}<{{ m.role }}>{{ ns.first + m.content }}{% set ns.first = '' %}{% endif %}{% endfor %}"
)


def told(text: str | None, finish_reason: str = "stop", cached: int | None = None, **message) -> Behaviour:
    """A reply with this text and these further keys of the message, such as `reasoning`."""

    def act(exchange: Exchange) -> None:
        completion = exchange.completion(text, finish_reason)
        completion["choices"][0]["message"] |= message
        if cached is not None:
            completion["usage"]["prompt_tokens_details"] = {"cached_tokens": cached}
        exchange.send_json(completion)

    return act


class _Exchange(Exchange):
    def do_GET(self) -> None:
        if not self._refuse_key():
            if self.path == "/version":
                self.send_json({"version": self.server.version})
            elif self.server.cards is None:
                self.send_json({"error": {"message": "no such page"}}, 404)
            else:
                self.send_json({"object": "list", "data": self.server.cards})

    def do_POST(self) -> None:
        if not self.path.endswith("tokenize"):
            super().do_POST()
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.tokenized.append(body)
        if not self.server.has_tokens:
            self.send_json({"error": {"message": "no such page"}}, 404)
        elif self.path == "/detokenize":
            self.send_json({"prompt": "".join(map(chr, body["tokens"]))})
        else:
            try:
                prompt = render_template(self.server.template, body["messages"])
            except TemplateError as error:
                self.send_json({"error": {"message": str(error), "code": 400}}, 400)
            else:
                self.send_json({"tokens": [ord(letter) for letter in prompt], "count": len(prompt)})

    def completion(self, content, finish_reason="stop", completion_tokens=None) -> dict:
        completion = super().completion(content, finish_reason, completion_tokens)
        tools = self.request_body.get("tools")
        words = len(render_template(self.server.template, self.messages, tools=tools).split())
        completion["usage"]["prompt_tokens"] = words
        return completion

    def _refuse_key(self) -> bool:
        refused = self.server.api_key and self.headers["Authorization"] != f"Bearer {self.server.api_key}"
        if refused:
            self.send_json({"error": {"message": f"Wrong key: {self.headers['Authorization']}"}}, 401)
        return bool(refused)


class EndpointServer(FaultyServer):
    """The server; by default it looks like vLLM, and a completion is asked of it by a test only.

    Args:
        model: the model it serves; without one it does not say which it has.
        owned_by: `vllm` makes it vLLM.
        template: the chat template.
        has_tokens: whether it has `/tokenize`.
        api_key: the key it wants.
        refuses: parameters it answers with status 400, and the message for it.

    Attributes:
        tokenized: the requests for tokens or for their text, in order.
    """

    def __init__(
        self,
        behave=lambda messages, count: told("fine"),
        *,
        model: str | None = "m",
        owned_by: str = "vllm",
        template: str = NATIVE,
        has_tokens: bool = True,
        api_key: str = "",
        refuses: dict[str, str] | None = None,
        **options,
    ) -> None:
        super().__init__(behave, **options)
        self.RequestHandlerClass = _Exchange
        card = {"id": model, "object": "model", "owned_by": owned_by, "max_model_len": 4096}
        self.cards = None if model is None else [card]
        self.version = "0.32.0"
        self.template = template
        self.has_tokens = has_tokens and owned_by == "vllm"
        self.api_key = api_key
        self.refuses = refuses or {}
        self.tokenized: list[dict] = []
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def __exit__(self, *exception: object) -> None:
        """Die as a process dies: connections end with it."""
        super().__exit__(*exception)
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def begin(self, raw: bytes, body: dict) -> Behaviour:
        behaviour = super().begin(raw, body)
        for name, message in self.refuses.items():
            if name in body:
                return status(400, message)
        try:
            render_template(self.template, body["messages"])
        except TemplateError as error:
            return status(400, str(error))
        return behaviour


def endpoint(*servers: EndpointServer, **fields) -> EndpointLLM:
    """The LLM at these servers, loaded."""
    urls = [server.base_url for server in servers]
    llm = EndpointLLM(model="m", base_url=urls[0] if len(urls) == 1 else urls, **fields)
    llm.load()
    return llm


def ask(llm: LLM, *texts: str, **arguments) -> list:
    """Ask all of it at once."""
    return llm.generate([chat(text) for text in texts], **arguments)
