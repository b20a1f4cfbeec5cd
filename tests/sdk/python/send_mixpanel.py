"""Send a known list of events and updates with mixpanel-python; print how many of each type.

After a fault on the way this client raises and keeps its buffer, and the application flushes again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from mixpanel import BufferedConsumer, Mixpanel, MixpanelException

base, key, user, tracks = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
consumer = BufferedConsumer(
    max_size=5,
    events_url=f"{base}/track",
    people_url=f"{base}/engage",
    groups_url=f"{base}/groups",
    import_url=f"{base}/import",
    retry_backoff_factor=0.1,
)
client = Mixpanel(key, consumer=consumer)

FAILURES = (MixpanelException, KeyError)
"""What it raises when it was not told 1: a KeyError where it does not know the answer of something on the way."""


def patiently(call: Callable[..., None], *arguments: object, **named: object) -> None:
    """Make the call; when it fails on the way, what it brought is in the buffer."""
    try:
        call(*arguments, **named)
    except FAILURES:
        flush_until_done()


def flush_until_done() -> None:
    """Flush as an application would: again, a little later."""
    for _ in range(50):
        try:
            consumer.flush()
        except FAILURES:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server never took the events")


who = {"$device_id": f"anon-{user}", "$user_id": user}
for number in range(tracks):
    patiently(client.track, user, "Item Viewed", {"number": number, "name": "茶壶", **who})
patiently(client.import_data, None, user, "Imported", 1_700_000_000, {"$insert_id": f"i-{user}"}, api_secret=key)
patiently(client.people_set, user, {"$email": f"{user}@shop.cn", "level": "gold"})
patiently(client.people_set_once, user, {"first": "web"})
patiently(client.people_increment, user, {"visits": 1})
patiently(client.people_append, user, {"tags": "tea"})
patiently(client.people_unset, user, ["level"])
patiently(client.group_set, "company", f"c-{user}", {"name": "Acme"})
flush_until_done()
print(json.dumps({"track": tracks + 1, "profile": 5, "group": 1}))
