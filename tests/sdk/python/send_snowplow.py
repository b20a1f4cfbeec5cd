"""Send a known list of events with snowplow-tracker; print how many of each type."""

from __future__ import annotations

import json
import sys
import time

from snowplow_tracker import (
    Emitter,
    PagePing,
    PageView,
    ScreenView,
    SelfDescribing,
    SelfDescribingJson,
    StructuredEvent,
    Subject,
    Tracker,
)

base, key, user, tracks, method = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
PRODUCT = "iglu:cn.shop/product_viewed/jsonschema/1-0-0"
USER = SelfDescribingJson("iglu:cn.shop/user/jsonschema/1-0-0", {"level": "gold", "名": "李"})

delivered: list[object] = []
emitter = Emitter(
    base,
    method=method,
    batch_size=5 if method == "post" else 1,
    max_retry_delay_seconds=1,
    on_success=delivered.extend,
)
subject = Subject().set_user_id(user).set_domain_user_id(f"anon-{user}").set_lang("zh-CN")
tracker = Tracker(namespace="shop", emitters=emitter, subject=subject, app_id=key, encode_base64=method == "post")
for number in range(tracks):
    data = SelfDescribingJson(PRODUCT, {"number": number, "name": "茶壶", "price": 9.9})
    tracker.track(SelfDescribing(event_json=data, context=[USER]))
tracker.track(StructuredEvent(category="shop", action="add-to-basket", label="tea", property_="pcs", value=2))
tracker.track(PageView(page_url="https://shop.cn/tea?utm_source=mail", page_title="Tea", referrer="https://a.cn/"))
tracker.track(PagePing(page_url="https://shop.cn/tea", page_title="Tea", max_x=10, max_y=400))
tracker.track(ScreenView(id_="s1", name="Home"))
tracker.flush()
while len(delivered) < tracks + 4:  # it sends again by itself, a little later; the program only has to live on
    time.sleep(0.1)
    tracker.flush()
print(json.dumps({"track": tracks + 2, "page": 1, "screen": 1}))
