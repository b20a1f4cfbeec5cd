"""The load generator says exactly which batches were acknowledged, whatever happens to the connection."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOAD = Path(__file__).parents[2] / "bench" / "load.py"


@contextmanager
def a_server(*, fails_every: int) -> Iterator[tuple[str, Counter[str]]]:
    """Answers 503, or hangs up after taking a batch, every so often; counts the message ids it acknowledged."""
    acknowledged: Counter[str] = Counter()
    lock, requests = threading.Lock(), iter(range(1, 10**9))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            batch = json.loads(self.rfile.read(int(self.headers["content-length"])))["batch"]
            with lock:
                number = next(requests)
                fails = number % fails_every == 0
                if not fails:
                    acknowledged.update(message["messageId"] for message in batch)
            if fails and number % (2 * fails_every) == 0:
                self.close_connection = True
                return
            self.send_response(503 if fails else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *line: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", acknowledged
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_acknowledged_batches_are_exactly_those_the_server_acknowledged(tmp_path: Path) -> None:
    acks = tmp_path / "acks.txt"
    with a_server(fails_every=7) as (url, acknowledged):
        options = ["--seconds", "1", "--batch", "5", "--connections", "3", "--templates", "4", "--rate", "500"]
        command = [sys.executable, str(LOAD), "--url", url, "--key", "k", "--acks", str(acks), *options]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(ran.stdout)
    expected = {f"{line}-{place:03d}" for line in acks.read_text().split() for place in range(5)}
    assert told["events"] == len(expected) > 50
    assert told["sent_again"] > 0
    assert acknowledged == Counter(expected)
