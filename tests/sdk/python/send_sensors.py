"""Send a known list of messages with SensorsAnalyticsSDK in batches; print how many of each type.

This client never sends anything again by itself: it raises, keeps its buffer, and the application flushes again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from sensorsanalytics.sdk import (
    BatchConsumer,
    SensorsAnalytics,
    SensorsAnalyticsIdentity,
    SensorsAnalyticsNetworkException,
)

base, key, user, tracks = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
client = SensorsAnalytics(BatchConsumer(f"{base}/sa?project=default&token={key}", max_size=5, request_timeout=10))
email = SensorsAnalyticsIdentity(SensorsAnalyticsIdentity.EMAIL, f"{user}@shop.cn")
login = SensorsAnalyticsIdentity(SensorsAnalyticsIdentity.LOGIN_ID, user)


def patiently(call: Callable[..., None], *arguments: object, **named: object) -> None:
    """Make the call; when it fails on the way, the messages are still in the client's buffer."""
    try:
        call(*arguments, **named)
    except (OSError, SensorsAnalyticsNetworkException):
        flush_until_done()


def flush_until_done() -> None:
    """Flush as an application would: again, a little later."""
    for _ in range(20):
        try:
            client.flush()
        except (OSError, SensorsAnalyticsNetworkException):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server never took the events")


for number in range(tracks):
    patiently(client.track, f"anon-{user}", "ViewItem", {"number": number, "name": "茶壶"})
patiently(client.track_signup, user, f"anon-{user}", {"channel": "web"})
patiently(client.profile_set, user, {"level": "gold"}, is_login_id=True)
patiently(client.profile_set_once, user, {"first": "web"}, is_login_id=True)
patiently(client.profile_increment, user, {"visits": 1}, is_login_id=True)
patiently(client.profile_append, user, {"tags": ["tea"]}, is_login_id=True)
patiently(client.profile_unset, user, ["level"], is_login_id=True)
patiently(client.bind, login, email)
patiently(client.item_set, "book", f"b-{user}", {"name": "N"})
flush_until_done()
print(json.dumps({"track": tracks, "identify": 2, "profile": 5, "group": 1}))
