"""An HTTP receiver and a mail server in this process, on real sockets."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hook:
    """A receiver outside: what it was sent, and how it answers (204 unless told)."""

    answers: list[int] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    port: int = 0
    held: threading.Event | None = None
    """Answers wait for it."""


@contextmanager
def hooked(hook: Hook) -> Iterator[Hook]:
    """Listen on the port it had before, or on a free one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((dict(self.headers), body))
            if hook.held is not None:
                hook.held.wait(60)
            answer = hook.answers.pop(0) if hook.answers else 204
            if answer == 204:
                hook.taken.append(body)
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", hook.port), Handler)
    server.daemon_threads = True
    hook.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Letters:
    """A mail server: what it took, and what it answers to a recipient (250 unless told)."""

    answers: list[str] = field(default_factory=list)
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0


@contextmanager
def posting(letters: Letters) -> Iterator[Letters]:
    """As much SMTP as a client needs to hand over a mail."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 tests\r\n")
            recipient = ""
            while line := self.rfile.readline():
                word = line.split(b" ")[0].strip().upper()
                answer = "250 fine"
                if word == b"RCPT":
                    recipient = line.decode().partition(":")[2].strip().strip("<>")
                    answer = letters.answers.pop(0) if letters.answers else answer
                elif word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part)
                    letters.mails.append((recipient, b"".join(lines)))
                elif word == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                self.wfile.write(answer.encode() + b"\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    letters.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield letters
    finally:
        server.shutdown()
        server.server_close()
