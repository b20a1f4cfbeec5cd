"""The till in the shop. It asks for the member card, then for a phone number, and takes what it gets.

The worst traps are laid here: the number that stands for nobody, the number of the shop's manager typed for everybody,
and a phone borrowed from somebody at home.
"""

from __future__ import annotations

from zuji.demo.behaviour import item_of
from zuji.demo.catalogue import PRODUCTS, yuan
from zuji.demo.faults import PLACEHOLDER_PHONE
from zuji.demo.names import STORES, phone_as_typed
from zuji.demo.people import Person
from zuji.demo.scribe import Scribe
from zuji.demo.server_calls import Subject, Told, tell_what, tell_who
from zuji.demo.truth import Fault
from zuji.demo.world import World, card_number


def buy_in_store(scribe: Scribe, world: World, person: Person, at: int, *, manager_phone: bool = False) -> None:
    """One receipt, and before it who it is for, if they said so. The receipt's number stands for the customer."""
    rng = scribe.rng
    if not person.card and rng.random() < 0.35:
        person.card = card_number(person)
        person.known_to_crm = False
    about = Subject(person.number, anonymous_id=f"pos-{rng.getrandbits(64):016x}")
    told = _served_by_a_lazy_cashier(world, person) if manager_phone else _told(scribe, world, person)
    if told.traits:
        tell_who(scribe, "pos", about, told, at)
    basket = [(rng.choice(PRODUCTS), rng.choice((1, 1, 1, 2))) for _ in range(rng.randrange(1, 5))]
    revenue = sum(product.fen * quantity for product, quantity in basket)
    receipt = {
        "order_id": about.anonymous_id,
        "affiliation": STORES[person.visits_store % len(STORES)],
        "till": f"till-{rng.randrange(1, 5)}",
        "revenue": yuan(revenue),
        "total": yuan(revenue),
        "currency": "CNY",
        "products": [item_of(product, "zh", quantity) for product, quantity in basket],
    }
    tell_what(scribe, "pos", about, "Order Completed", receipt, at + 1_500, fen=revenue)


def _told(scribe: Scribe, world: World, person: Person) -> Told:
    rng, told = scribe.rng, Told()
    if person.card and rng.random() < 0.85:
        _show_card(person, told)
    lender = _lender(world, person)
    if rng.random() < 0.05:
        told.traits["phone"], told.faults = PLACEHOLDER_PHONE, Fault.PLACEHOLDER
    elif lender is not None and told.names and rng.random() < 0.4:
        told.traits["phone"], told.faults = phone_as_typed(lender.phone, rng), Fault.TYPO
    elif person.gives_phone and rng.random() < 0.5:
        told.traits["phone"] = phone_as_typed(person.phone, rng)
        told.names.append(f"phone:+86{person.phone}")
    return told


def _served_by_a_lazy_cashier(world: World, person: Person) -> Told:
    told = Told()
    _show_card(person, told)
    told.traits["phone"], told.faults = world.manager_phone, Fault.PLACEHOLDER
    return told


def _show_card(person: Person, told: Told) -> None:
    told.traits["member_card"] = person.card
    told.names.append(f"member_card:{person.card}")


def _lender(world: World, person: Person) -> Person | None:
    """A housemate whose number they may give: only once the office knows both apart, account and card and phone.

    Before that nothing in the data could tell the two from one person with two cards.
    """
    if not _known_apart(person):
        return None
    return next((other for other in world.housemates(person) if _known_apart(other)), None)


def _known_apart(person: Person) -> bool:
    return person.known_to_crm and bool(person.card) and person.gives_phone
