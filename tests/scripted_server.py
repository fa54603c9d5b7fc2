"""An OpenAI-compatible server on this machine that does what a test tells it, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODELS: Mapping[str, Any] = {"data": [{"id": "swallow", "owned_by": "vllm", "max_model_len": 4096}]}


@dataclass
class ScriptedServer:
    """Where it listens, what it was sent, and how it answers; ``answer`` writes the reply to a POST."""

    url: str
    answer: Callable[[Reply], None]
    models: Callable[[Reply], None]
    count: Callable[[dict[str, Any]], int] | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)


class Reply(BaseHTTPRequestHandler):
    """One request, with short ways to answer it."""

    script: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        self.script.models(self)

    def do_POST(self) -> None:
        self.close_connection = True
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/tokenize":
            self._count(body)
            return
        self.script.requests.append(body)
        self.script.headers.append(self.headers)
        self.script.paths.append(self.path)
        try:
            self.script.answer(self)
        except OSError:
            self.script.hung_up.set()

    def _count(self, body: dict[str, Any]) -> None:
        if self.script.count is None:
            self.json({"detail": "Not Found"}, status=404)
        else:
            self.json({"count": self.script.count(body), "tokens": []})

    def json(self, value: object, *, status: int = 200) -> None:
        self.raw(json.dumps(value, ensure_ascii=False).encode(), kind="application/json", status=status)

    def raw(self, data: bytes, *, kind: str = "text/plain", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def event(self, value: object) -> None:
        data = value if isinstance(value, str) else json.dumps(value)
        self.send(f"data: {data}\n\n".encode())

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def text(self, text: str, finish_reason: str | None = None) -> None:
        self.event({"choices": [{"text": text, "finish_reason": finish_reason}]})

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@contextmanager
def serve(
    answer: Callable[[Reply], None],
    *,
    models: Callable[[Reply], None] = lambda reply: reply.json(MODELS),
    count: Callable[[dict[str, Any]], int] | None = None,
) -> Iterator[ScriptedServer]:
    """Run a server for the length of the block."""
    script = ScriptedServer("", answer, models, count)
    handler = type("ScriptedReply", (Reply,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until_hung_up(reply: Reply, seconds: float = 5.0) -> None:
    """Write comments until the other side is gone; its leaving shows as an OSError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reply.send(b": keep-alive\n\n")
        time.sleep(0.01)
