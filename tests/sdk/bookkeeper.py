"""What the client tests ask of a running zuji: workspaces of their own, counts, accounts, profiles."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Keys:
    """A workspace of its own with one source, so that nobody else's events count."""

    workspace: str
    write_key: str
    secret_key: str


@dataclass(frozen=True)
class Bookkeeper:
    """Asks a server on a port of this machine, with an owner's token."""

    port: int
    token: str

    def new_source(self, name: str, channel: str = "web") -> Keys:
        """A new workspace with a source; its keys reach the gateway within two seconds."""
        workspace = self.ask("POST", "/api/v1/workspaces", {"name": name})["id"]
        made = self.ask(
            "POST", f"/api/v1/sources?{urlencode({'workspace': workspace})}", {"name": name, "channel": channel}
        )
        self._wait_until_known(made["write_key"])
        return Keys(workspace, made["write_key"], made["secret_key"])

    def count(self, keys: Keys, **filters: str) -> int:
        """How many events are queryable, everything acknowledged before included."""
        query = urlencode({"workspace": keys.workspace, "fresh": "true", **filters})
        return int(self.ask("GET", f"/api/v1/events/count?{query}")["count"])

    def counts(self, keys: Keys, expected: dict[str, int]) -> dict[str, int]:
        """The counts by type, for the types that are expected."""
        return {kind: self.count(keys, type=kind) for kind in expected}

    def books(self, keys: Keys) -> Any:
        """The accounting of a workspace: where everything that was accepted went."""
        return self.ask("GET", f"/api/v1/accounting?{urlencode({'workspace': keys.workspace, 'fresh': 'true'})}")

    def identifiers(self, keys: Keys, identifier: str) -> set[str]:
        """All identifiers, as `type:value`, of the profile that one of them leads to."""
        query = urlencode({"workspace": keys.workspace, "fresh": "true"})
        profile = self.ask("GET", f"/api/v1/profiles/{quote(identifier, safe=':')}?{query}")
        return {f"{each['type']}:{each['value']}" for each in profile["identifiers"]}

    def text(self, path: str) -> str:
        """What a path answers that needs no token."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer of the API. Raises on anything but success."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    def _wait_until_known(self, write_key: str) -> None:
        """A key may be used once the gateway knows it; an empty batch is refused with 400 then, not 401."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            body = json.dumps({"writeKey": write_key, "batch": []}).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/batch", body)
            try:
                urllib.request.urlopen(request, timeout=10).close()
            except urllib.error.HTTPError as error:
                if error.code == 400:
                    return
            time.sleep(0.1)
        raise AssertionError("the gateway never learnt the new key")
