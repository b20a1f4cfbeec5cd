"""How many events do pages lose under faults: with our script, and with one request an event and no second try?

    python bench/lossy.py --visits 40 --events 25

One real browser, one visitor; the same visits under the same seed for both. On its way every request may be reset or
answered with 500 or 429; in some visits the network is away for a while; every tab is closed right after its last
event. In the end the visitor comes back once. The other sender asks the browser to let its requests outlive the page
(`keepalive`), as a careful one does. Prints what never arrived, and what zuji itself says was lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "sdk")]
from bookkeeper import Bookkeeper, Keys  # noqa: E402
from browser_shop import Shop, html, left_over, open_shop, tag  # noqa: E402
from fault_proxy import FaultProxy, Step  # noqa: E402
from node_toolbox import chromium  # noqa: E402

from servers import RunningServer  # noqa: E402

SPOILT = 0.05
"""Of all requests, by each of the three faults."""
OFFLINE = 0.25
"""Of all visits; the network is away for a half of each."""
PAUSE_MS = 40
PATIENCE_S = 90
FAULTS: tuple[Step, ...] = ("reset", "server_error", "too_many")
MANY_REQUESTS = 100_000

SENDER = """<script>
const id = Math.random().toString(36).slice(2)
let count = 0
window.ready = true
window.seen = (number) => {
  const message = {type: 'track', event: 'Seen', anonymousId: 'plain', messageId: `${id}-${++count}`,
                   timestamp: new Date().toISOString(), properties: {number}}
  const body = JSON.stringify({writeKey: '%s', batch: [message]})
  fetch('%s/v1/batch', {method: 'POST', body, keepalive: true, headers: {'Content-Type': 'text/plain'}}).catch(() => {})
}
</script>"""
OURS = """<script>
window.seen = (number) => zuji.track('Seen', {number})
</script>"""


@dataclass(frozen=True)
class Visit:
    """What happens in a visit: between which events the network is away."""

    away_from: int
    back_at: int


@dataclass(frozen=True)
class Result:
    """Of one way to send."""

    name: str
    happened: int
    arrived: int
    requests: int
    spoilt: int

    @property
    def missing(self) -> int:
        """Events that never came."""
        return self.happened - self.arrived


def main() -> None:
    """Run both, print, and fail when our script does not lose a tenth of what the other loses, or less."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=40)
    parser.add_argument("--events", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    visits = planned(options.visits, options.events, options.seed)
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "data") as running:
        server = Bookkeeper(running.port, running.token)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=["--headless", "--no-sandbox"])
            with open_shop(browser, server) as shop:
                ours, told = visited(shop, server, "zuji.js", visits, options)
                plain, _ = visited(shop, server, "one request an event", visits, options)
            browser.close()
    show(ours, plain, told)


def planned(visits: int, events: int, seed: int) -> list[Visit]:
    """The visits, the same for both."""
    chance = random.Random(seed)
    starts = [chance.randint(0, events // 2) if chance.random() < OFFLINE else events for _ in range(visits)]
    return [Visit(start, start + events // 2) for start in starts]


def visited(
    shop: Shop, server: Bookkeeper, name: str, visits: list[Visit], options: argparse.Namespace
) -> tuple[Result, Any]:
    """Make all visits; what arrived, and what zuji says of it."""
    keys = server.new_source(name)
    chance = random.Random(options.seed)
    plan = chance.choices([*FAULTS, "pass"], [SPOILT] * 3 + [1 - 3 * SPOILT], k=MANY_REQUESTS)
    with FaultProxy(server.port, plan) as wire:
        shop.put("/page", page_of(name, wire, keys))
        context = shop.visitor()
        for visit in visits:
            page = opened(context, shop)
            for number in range(options.events):
                context.set_offline(visit.away_from <= number < visit.back_at)
                page.evaluate("number => window.seen(number)", number)
                page.wait_for_timeout(PAUSE_MS)
            page.close()
            context.set_offline(False)
        come_back(context, shop)
        context.close()
        arrived = server.count(keys, type="track")
        asked = f"/api/v1/points?workspace={keys.workspace}&fresh=true"
        result = Result(name, len(visits) * options.events, arrived, wire.data_requests, len(wire.injected))
        return result, server.ask("GET", asked)["loss"]


def page_of(name: str, wire: FaultProxy, keys: Keys) -> str:
    """The page with one or the other script."""
    return html(tag(wire, keys) + OURS if name == "zuji.js" else SENDER % (keys.write_key, wire.url))


def opened(context: Any, shop: Shop) -> Any:
    """A page on which events can happen."""
    page = context.new_page()
    page.goto(f"{shop.url}/page")
    page.wait_for_function("window.ready || (window.zuji && window.zuji.ready)")
    return page


def come_back(context: Any, shop: Shop) -> None:
    """The visitor opens the page once more, and stays until nothing waits any more."""
    page = opened(context, shop)
    deadline = time.monotonic() + PATIENCE_S
    page.wait_for_timeout(2_000)
    while left_over(page) and time.monotonic() < deadline:
        page.wait_for_timeout(500)


def show(ours: Result, plain: Result, told: Any) -> None:
    """Print the table; exit with 1 when it is not good enough."""
    print(f"{'sender':<24}{'events':>8}{'arrived':>9}{'missing':>9}{'share':>9}{'requests':>10}{'spoilt':>8}")
    for one in (plain, ours):
        share = one.missing / one.happened
        print(
            f"{one.name:<24}{one.happened:>8,}{one.arrived:>9,}{one.missing:>9,}{share:>9.2%}"
            f"{one.requests:>10,}{one.spoilt:>8,}"
        )
    print(f"zuji says of its script: {json.dumps([{k: v for k, v in one.items() if k != 'days'} for one in told])}")
    fewer = 1 - ours.missing / plain.missing if plain.missing else 0.0
    print(f"{fewer:.1%} fewer missing events; at least 90 % were promised")
    if fewer < 0.9:
        sys.exit(1)


if __name__ == "__main__":
    main()
