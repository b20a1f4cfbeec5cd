"""Where people speak to people: the till in the shop, the customer file of the office, the support chat.

These systems use secret keys: what they say about who somebody is counts for more. They also lay the worst traps: a
placeholder number, the number of the shop's manager, a phone borrowed from the partner, an agent acting for others.
"""

from __future__ import annotations

from typing import Any

from zuji.demo import wire
from zuji.demo.behaviour import item_of
from zuji.demo.catalogue import PRODUCTS, yuan, yuan_text
from zuji.demo.faults import PLACEHOLDER_PHONE
from zuji.demo.names import STORES, phone_as_typed
from zuji.demo.people import Device, Person
from zuji.demo.scribe import Deed, Door, Scribe
from zuji.demo.truth import NO_FAULT, Fault
from zuji.demo.visit import SegmentVisit
from zuji.demo.world import World, card_number

SERVER = {"library": wire.SERVER_LIBRARY}
CHAT = {
    "zh": (("物流 delivery", "我的订单三天了还没发货，怎么回事？", -1),
           ("退换 returns", "茶壶盖子有裂纹，可以换一个吗？", -1),
           ("售前 question", "这款帐篷两个人睡挤不挤？", 0), ("表扬 praise", "茶很香，包装也用心，谢谢！", 1)),
    "en": (("物流 delivery", "My order has not shipped for three days, what happened?", -1),
           ("售前 question", "Does the wok work on induction?", 0), ("表扬 praise", "Lovely tea, thank you!", 1)),
}  # fmt: skip


def buy_in_store(scribe: Scribe, world: World, person: Person, at: int, *, manager_phone: bool = False) -> None:
    """One receipt. The till asks for the member card, then for a phone number, and takes what it gets."""
    rng = scribe.rng
    if not person.card and not manager_phone and rng.random() < 0.35:
        person.card = card_number(person)
        person.known_to_crm = False
    told = _told_at_the_till(scribe, world, person, manager_phone)
    receipt = f"pos-{rng.getrandbits(64):016x}"
    basket = [(rng.choice(PRODUCTS), rng.choice((1, 1, 1, 2))) for _ in range(rng.randrange(1, 5))]
    revenue = sum(product.fen * quantity for product, quantity in basket)
    properties = {
        "order_id": receipt,
        "affiliation": STORES[person.visits_store % len(STORES)],
        "till": f"till-{rng.randrange(1, 5)}",
        "revenue": yuan(revenue),
        "total": yuan(revenue),
        "currency": "CNY",
        "products": [item_of(product, "zh", quantity) for product, quantity in basket],
    }
    message_id = scribe.new_id("pos")
    message = wire.segment_message(
        "track", "Order Completed", message_id, at, anonymous_id=receipt, user_id="",
        context={**SERVER, "traits": told.traits}, properties=properties,
    )  # fmt: skip
    deed = Deed(
        at, person.number, "track", "Order Completed", amount=yuan_text(revenue), faults=told.faults,
        names=(f"anonymous_id:{receipt}", *told.names), secret=True,
    )  # fmt: skip
    scribe.write("pos", message, message_id, deed)


class _Told:
    """What a customer told the till: as typed, as it truly identifies them, and what is false about it."""

    def __init__(self) -> None:
        self.traits: dict[str, str] = {}
        self.names: list[str] = []
        self.faults = NO_FAULT


def _told_at_the_till(scribe: Scribe, world: World, person: Person, manager_phone: bool) -> _Told:
    rng, told = scribe.rng, _Told()
    if person.card and (manager_phone or rng.random() < 0.85):
        told.traits["member_card"] = person.card
        told.names.append(f"member_card:{person.card}")
    lender = _lender(world, person)
    if manager_phone:
        told.traits["phone"], told.faults = world.manager_phone, Fault.PLACEHOLDER
    elif rng.random() < 0.05:
        told.traits["phone"], told.faults = PLACEHOLDER_PHONE, Fault.PLACEHOLDER
    elif lender is not None and told.names and rng.random() < 0.3:
        told.traits["phone"], told.faults = phone_as_typed(lender.phone, rng), Fault.TYPO
    elif person.gives_phone and rng.random() < 0.5:
        told.traits["phone"] = phone_as_typed(person.phone, rng)
        told.names.append(f"phone:+86{person.phone}")
    return told


def _lender(world: World, person: Person) -> Person | None:
    """A housemate whose number they may give: only once the office knows both apart, account and card and phone.

    Before that nothing in the data could tell the two from one person with two cards.
    """
    if not _known_apart(person):
        return None
    return next((other for other in world.housemates(person) if _known_apart(other)), None)


def _known_apart(person: Person) -> bool:
    return person.known_to_crm and person.registered is not None and bool(person.card) and person.gives_phone


def file_row(scribe: Scribe, person: Person, at: int) -> None:
    """One row of the nightly customer file: an identify from the office, by account or, without one, by file number."""
    traits: dict[str, Any] = {"name": person.name, "city": person.city.zh, "birthday": f"{person.birth_year}-06-15"}
    names: list[str] = []
    file_number = "" if person.registered is not None else f"crm-{person.number:07d}"
    names.append(f"user_id:{person.user_id}" if not file_number else f"anonymous_id:{file_number}")
    if person.card:
        traits["member_card"] = person.card
        names.append(f"member_card:{person.card}")
    if person.gives_phone:
        traits["phone"] = person.phone
        names.append(f"phone:+86{person.phone}")
    if person.given_email and person.registered is not None:
        traits["email"] = person.given_email
        names.append(f"email:{person.given_email}")
    message_id = scribe.new_id("crm")
    message = wire.segment_message(
        "identify", "identify", message_id, at, anonymous_id=file_number,
        user_id="" if file_number else person.user_id, context=SERVER, traits=traits,
    )  # fmt: skip
    deed = Deed(at, person.number, "identify", "identify", names=tuple(names), secret=True)
    scribe.write("crm", message, message_id, deed)
    person.known_to_crm = person.registered is not None


def chat(scribe: Scribe, person: Person, device: Device | None, at: int) -> None:
    """A support chat: opened, a message each way, rated. The agent may note the phone number.

    A customer without an account is known by the browser the chat ran in, so it has to be their own.
    """
    rng = scribe.rng
    topic, text, mood = rng.choice(CHAT[person.language])
    user_id = person.user_id if person.registered is not None else ""
    names = [f"user_id:{user_id}"] if user_id else []
    if device is not None and not device.shared:
        names.append(f"anonymous_id:{device.anonymous_id}")
    traits: dict[str, str] = {}
    if person.gives_phone and rng.random() < 0.4:
        traits["phone"] = phone_as_typed(person.phone, rng)
    lines: list[tuple[str, dict[str, Any]]] = [
        ("Support Chat Started", {"topic": topic, "language": person.language}),
        ("Support Message Sent", {"sender": "customer", "text": text}),
        ("Support Message Sent", {"sender": "agent", "text": "您好，马上为您处理。 We are on it."}),
        ("Support Chat Rated", {"topic": topic, "stars": 3 + mood + rng.randrange(2)}),
    ]
    for number, (event, properties) in enumerate(lines):
        at += rng.randrange(2_000, 90_000)
        message_id = scribe.new_id("chat")
        with_phone = number == 1 and bool(traits)
        message = wire.segment_message(
            "track", event, message_id, at, user_id=user_id,
            anonymous_id=device.anonymous_id if device is not None and not device.shared else "",
            context={**SERVER, "traits": traits} if with_phone else SERVER, properties=properties,
        )  # fmt: skip
        told = (*names, f"phone:+86{person.phone}") if with_phone else tuple(names)
        deed = Deed(at, person.number, "track", event, names=told, secret=True)
        scribe.write("support", message, message_id, deed)


def act_for(scribe: Scribe, person: Person, device: Device, at: int) -> None:
    """Somebody with an account uses a browser that is not theirs: a terminal in the shop, or an agent for them."""
    visit = SegmentVisit(scribe, person, device, at)
    visit.undefined = False
    visit.sign_in(traits=None)
    visit.wait(2, 20)
    visit.view("/account", "我的账户 My account")
    visit.wait(2, 40)
    product = scribe.rng.choice(PRODUCTS)
    visit.do("Product Viewed", item_of(product, person.language))
    visit.wait(1, 5)
    visit.sign_out()


def read_blog(scribe: Scribe, person: Person, at: int) -> None:
    """The blog counts with PostHog and has member names of its own; nothing ties them to the shop's accounts."""
    rng = scribe.rng
    member = f"reader-{person.number}"
    posts: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("$pageview", {"$current_url": f"https://blog.zuji-demo.cn/post/{rng.randrange(40)}"}, ())
        for _ in range(rng.randrange(1, 4))
    ]
    if person.will_register and rng.random() < 0.4:
        posts.append(("$identify", {"$anon_distinct_id": person.blog_id}, (f"distinct_id:{member}",)))
    for event, properties, more in posts:
        at += rng.randrange(5_000, 120_000)
        event_id = scribe.new_id("ph")
        distinct_id = member if more else person.blog_id
        message = wire.posthog_event(event, event_id, at, distinct_id, properties)
        kind = {"$pageview": "page", "$identify": "identify"}[event]
        names = (*more, f"distinct_id:{person.blog_id}")
        door: Door = "blog"
        scribe.write(door, message, event_id, Deed(at, person.number, kind, event, names=names))
