"""A server that speaks the OpenAI protocol and does to each request what a script says."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def said(*pieces: str, pause: float = 0.0) -> Callable[[Handler], None]:
    """Stream the pieces and end well."""

    def act(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.chunk(piece)
            time.sleep(pause)
        handler.line("data: [DONE]\n\n")

    return act


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    """Refuse with a status."""

    def act(handler: Handler) -> None:
        body = b'{"error": {"message": "no"}}'
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def raw(text: str) -> Callable[[Handler], None]:
    """Send these bytes as the stream and hang up."""

    def act(handler: Handler) -> None:
        handler.begin()
        handler.line(text)

    return act


def silence(seconds: float) -> Callable[[Handler], None]:
    """Take the request and say nothing."""

    def act(handler: Handler) -> None:
        handler.server.over.wait(seconds)  # type: ignore[attr-defined]

    return act


def drip(piece: str, pause: float) -> Callable[[Handler], None]:
    """The same piece again and again, until the reader goes away."""

    def act(handler: Handler) -> None:
        handler.begin()
        while not handler.server.over.is_set():  # type: ignore[attr-defined]
            handler.chunk(piece)
            time.sleep(pause)

    return act


class Handler(BaseHTTPRequestHandler):
    """One request: the next act of the script."""

    protocol_version = "HTTP/1.0"
    server: ScriptedServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        act = self.server.next_act(body)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            act(self)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def chunk(self, text: str) -> None:
        delta = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        self.line(f"data: {json.dumps({**delta, 'choices': [choice]})}\n\n")

    def line(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def log_message(self, *arguments: Any) -> None:
        return


class ScriptedServer(ThreadingHTTPServer):
    """Acts are done in order, the last one again for every further request; `bodies` are the requests."""

    daemon_threads = True

    def __init__(self, *acts: Callable[[Handler], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acts = list(acts)
        self.bodies: list[dict[str, Any]] = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def next_act(self, body: dict[str, Any]) -> Callable[[Handler], None]:
        with self.lock:
            self.bodies.append(body)
            return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        return

    def stop(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


def serving(*acts: Callable[[Handler], None]) -> Iterator[ScriptedServer]:
    server = ScriptedServer(*acts)
    try:
        yield server
    finally:
        server.stop()
