"""Visitors that are none: crawlers and headless browsers, who say so, and speeders, who do not but cannot be human."""

from __future__ import annotations

from zuji.demo import wire
from zuji.demo.catalogue import PRODUCTS
from zuji.demo.people import Robot
from zuji.demo.scribe import Deed, Scribe
from zuji.demo.truth import ROBOT_NUMBERS_FROM

SPEEDER_PAGES = 900
CRAWLER_PAGES = 25


def crawl(scribe: Scribe, robot: Robot, at: int) -> None:
    """One visit of a robot: page after page. A speeder opens seven to twelve a second for more than a minute."""
    rng = scribe.rng
    fast = robot.kind == "speeder"
    context = {"userAgent": robot.user_agent, "locale": "en-US", "library": wire.WEB_LIBRARY,
               "ip": wire.address_of(65_536 + robot.number)}  # fmt: skip
    referrer = ""
    for number in range(SPEEDER_PAGES if fast else CRAWLER_PAGES):
        product = PRODUCTS[number % len(PRODUCTS)]
        page = wire.page_context(f"/product/{product.product_id}", product.zh, referrer)
        referrer = page["url"]
        message_id = scribe.new_id("ajs-next")
        message = wire.segment_message(
            "page", product.zh, message_id, at, anonymous_id=robot.anonymous_id, user_id="",
            context={**context, "page": page}, properties=page,
        )  # fmt: skip
        actor = ROBOT_NUMBERS_FROM + robot.number
        names = (f"anonymous_id:{robot.anonymous_id}",) if number == 0 else ()
        scribe.write("web", message, message_id, Deed(at, actor, "page", product.zh, robot=True, names=names))
        at += rng.randrange(85, 140) if fast else rng.randrange(400, 6_000)
