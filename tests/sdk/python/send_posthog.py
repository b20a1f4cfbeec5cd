"""Send a known list of messages with posthog-python, on its old or its new endpoint; print how many of each type."""

from __future__ import annotations

import json
import sys

from posthog import Posthog

base, key, user, tracks, mode = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
client = Posthog(key, host=base, flush_at=5, flush_interval=0.1, max_retries=8, capture_mode=mode)
for number in range(tracks):
    client.capture("item viewed", distinct_id=user, properties={"number": number, "name": "茶壶"})
client.capture("$pageview", distinct_id=user, properties={"$current_url": "https://shop.cn/"})
client.set(distinct_id=user, properties={"plan": "pro"})
client.set_once(distinct_id=user, properties={"first": "web"})
client.group_identify("company", f"c-{user}", {"name": "Acme"}, distinct_id=user)
client.alias(user, f"old-{user}")
client.flush()
client.shutdown()
print(json.dumps({"track": tracks, "page": 1, "profile": 2, "group": 1, "alias": 1}))
