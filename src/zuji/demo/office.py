"""The office: the nightly customer file, the support chat, and those who use a browser that is not theirs."""

from __future__ import annotations

from typing import Any

from zuji.demo import wire
from zuji.demo.behaviour import item_of
from zuji.demo.catalogue import PRODUCTS
from zuji.demo.names import phone_as_typed
from zuji.demo.people import Device, Person
from zuji.demo.scribe import Deed, Scribe
from zuji.demo.server_calls import Subject, Told, tell_what, tell_who
from zuji.demo.visit import SegmentVisit

Topic = tuple[str, str, int]
"""The subject of a chat, what the customer writes, and their mood from -1 to 1."""
CHATS: dict[str, tuple[Topic, ...]] = {
    "zh": (
        ("物流 delivery", "我的订单三天了还没发货，怎么回事？", -1),
        ("退换 returns", "茶壶盖子有裂纹，可以换一个吗？", -1),
        ("售前 question", "这款帐篷两个人睡挤不挤？", 0),
        ("表扬 praise", "茶很香，包装也用心，谢谢！", 1),
    ),
    "en": (
        ("物流 delivery", "My order has not shipped for three days, what happened?", -1),
        ("售前 question", "Does the wok work on induction?", 0),
        ("表扬 praise", "Lovely tea, thank you!", 1),
    ),
}


def file_row(scribe: Scribe, person: Person, at: int) -> None:
    """One row of the customer file: by account or, without one, by the number of the file."""
    has_account = person.registered is not None
    told = Told({"name": person.name, "city": person.city.zh, "birthday": f"{person.birth_year}-06-15"})
    if person.card:
        told.traits["member_card"] = person.card
        told.names.append(f"member_card:{person.card}")
    if person.gives_phone:
        told.traits["phone"] = person.phone
        told.names.append(f"phone:+86{person.phone}")
    if has_account and person.given_email:
        told.traits["email"] = person.given_email
        told.names.append(f"email:{person.given_email}")
    if has_account:
        about = Subject(person.number, user_id=person.user_id)
    else:
        about = Subject(person.number, anonymous_id=f"crm-{person.number:07d}")
    tell_who(scribe, "crm", about, told, at)
    person.known_to_crm = has_account


def chat(scribe: Scribe, person: Person, device: Device, at: int) -> None:
    """A support chat: opened, a message each way, rated. The agent may note the phone number.

    A customer without an account is known by the browser the chat runs in, so it has to be their own.
    """
    rng = scribe.rng
    topic, text, mood = rng.choice(CHATS[person.language])
    user_id = person.user_id if person.registered is not None else ""
    about = Subject(person.number, user_id, "" if device.shared else device.anonymous_id)
    lines: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Support Chat Started", {"topic": topic, "language": person.language}),
        ("Support Message Sent", {"sender": "customer", "text": text}),
        ("Support Message Sent", {"sender": "agent", "text": "您好，马上为您处理。 We are on it."}),
        ("Support Chat Rated", {"topic": topic, "stars": 3 + mood + rng.randrange(2)}),
    )
    for event, properties in lines:
        at += rng.randrange(2_000, 90_000)
        tell_what(scribe, "support", about, event, properties, at)
    if person.gives_phone and rng.random() < 0.4:
        told = Told({"phone": phone_as_typed(person.phone, rng)}, [f"phone:+86{person.phone}"])
        tell_who(scribe, "support", about, told, at + 1_000)


def act_for(scribe: Scribe, person: Person, device: Device, at: int) -> None:
    """Somebody with an account uses a browser that is not theirs: a terminal in the shop, or an agent for them."""
    visit = SegmentVisit(scribe, person, device, at)
    visit.undefined = False
    visit.sign_in(traits=None)
    visit.wait(2, 20)
    visit.view("/account", "我的账户 My account")
    visit.wait(2, 40)
    visit.do("Product Viewed", item_of(scribe.rng.choice(PRODUCTS), person.language))
    visit.wait(1, 5)
    visit.sign_out()


def read_blog(scribe: Scribe, person: Person, at: int) -> None:
    """The blog counts with PostHog and has member names of its own; nothing ties them to the shop's accounts."""
    rng = scribe.rng
    for _ in range(rng.randrange(1, 4)):
        at += rng.randrange(5_000, 120_000)
        url = f"https://blog.zuji-demo.cn/post/{rng.randrange(40)}"
        _post(scribe, person, at, "$pageview", "page", {"$current_url": url})
    if person.will_register and rng.random() < 0.4:
        at += rng.randrange(5_000, 120_000)
        _post(scribe, person, at, "$identify", "identify", {"$anon_distinct_id": person.blog_id})


def _post(scribe: Scribe, person: Person, at: int, event: str, kind: str, properties: dict[str, Any]) -> None:
    event_id = scribe.new_id("ph")
    anonymous = f"distinct_id:{person.blog_id}"
    member = f"reader-{person.number}"
    known = event == "$identify"
    message = wire.posthog_event(event, event_id, at, member if known else person.blog_id, properties)
    names = (f"distinct_id:{member}", anonymous) if known else (anonymous,)
    scribe.write("blog", message, event_id, Deed(at, person.number, kind, event, names=names))
