"""Send a known list of messages with rudder-sdk-python; print how many of each type."""

from __future__ import annotations

import json
import sys

from rudderstack.analytics.client import Client

base, key, user, tracks = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
client = Client(key, host=base, upload_size=5, upload_interval=0.1, gzip=True, max_retries=10)
client.identify(user, {"email": f"{user}@shop.cn"}, anonymous_id=f"anon-{user}")
for number in range(tracks):
    client.track(user, "Product Viewed", {"number": number, "名称": "茶壶"})
client.page(user, "shop", "Home")
client.screen(user, "shop", "Main")
client.group(user, f"company-{user}", {"name": "Acme"})
client.alias(f"old-{user}", user)
client.flush()
client.join()
print(json.dumps({"identify": 1, "track": tracks, "page": 1, "screen": 1, "group": 1, "alias": 1}))
