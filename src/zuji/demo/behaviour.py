"""What people do in the shop: arrive, look around, put things in the cart, buy, come back or never again.

The funnel loses people at every step as a shop's does. Event names are those of Segment's e-commerce v2.
"""

from __future__ import annotations

from random import Random
from typing import Any

from zuji.demo.catalogue import BY_CATEGORY, CATEGORIES, PRODUCTS, SEARCHES, Product, yuan
from zuji.demo.faults import PLACEHOLDER_PHONE
from zuji.demo.names import phone_as_typed
from zuji.demo.people import Person
from zuji.demo.truth import NO_FAULT, Fault
from zuji.demo.visit import Visit
from zuji.demo.world import World

HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 14, 12, 10, 10, 10, 11, 13, 16, 20, 22, 18, 8)
"""How much goes on in each hour of the shop's day: a lunch peak, a long evening."""
WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.25)
FREE_SHIPPING_FEN = 9_900
SHIPPING_FEN = 800


def moment_of_day(midnight: int, rng: Random) -> int:
    """A moment of the day that begins at `midnight`, in milliseconds since 1970."""
    hour = rng.choices(range(24), HOURS)[0]
    return midnight + hour * 3_600_000 + rng.randrange(3_600_000)


def shop(visit: Visit, world: World, day: int) -> None:
    """One visit from arrival to leaving. Who is logged out may log in, and who likes the shop registers."""
    person, rng = visit.person, visit.rng
    _arrive(visit)
    if person.registered is not None and not visit.signed_in and rng.random() < (0.9 if visit.device.shared else 0.5):
        visit.wait(3, 20)
        visit.sign_in(traits=None, names=(), flags=NO_FAULT)
    cart: list[tuple[Product, int]] = []
    for _ in range(1 + int(rng.expovariate(0.55))):
        product = _find(visit)
        _look_at(visit, product)
        if rng.random() < 0.25 + 0.5 * person.intent:
            cart.append((product, _add(visit, product)))
    if cart and rng.random() < 0.35 + 0.5 * person.intent:
        _check_out(visit, cart, world, day)
    elif person.will_register and person.registered is None and rng.random() < 0.25:
        register(visit, world, day)
    if visit.device.shared and visit.signed_in and rng.random() < 0.8:
        visit.wait(1, 5)
        visit.do("Signed Out", {})
        visit.sign_out()
    person.visits += 1


def _arrive(visit: Visit) -> None:
    device = visit.device
    if device.kind == "app":
        if not device.opened:
            visit.do("Application Installed", {"version": device.app_version, "build": "1"})
        visit.wait(0, 2)
        visit.do("Application Opened", {"version": device.app_version, "from_background": device.opened})
    elif device.kind == "mini_program":
        visit.do("$MPLaunch", {"$is_first_time": not device.opened, "$scene": "1089"})
    device.opened = True
    visit.wait(0, 3)
    visit.view("/", "足迹商城 Zuji Shop")
    visit.wait(2, 20)


def _find(visit: Visit) -> Product:
    """By search, by list, or by a promotion; mostly in the aisles somebody loves."""
    person, rng = visit.person, visit.rng
    category = rng.choice(person.loves) if rng.random() < 0.7 else rng.choice(tuple(CATEGORIES))
    way = rng.random()
    if way < 0.3:
        query = rng.choice(SEARCHES[person.language])
        visit.do("Products Searched", {"query": query})
        product = rng.choice(PRODUCTS)
    elif way < 0.8:
        visit.view(f"/list/{category}", CATEGORIES[category])
        visit.wait(1, 5)
        visit.do("Product List Viewed", {"list_id": category, "category": category})
        product = rng.choice(BY_CATEGORY[category])
    else:
        promotion = {"promotion_id": f"promo-{category}", "creative": "banner", "name": CATEGORIES[category]}
        visit.do("Promotion Clicked", promotion)
        product = rng.choice(BY_CATEGORY[category])
    visit.wait(3, 60)
    return product


def item_of(product: Product, language: str, quantity: int = 1) -> dict[str, Any]:
    """A product as events carry it."""
    return {
        "product_id": product.product_id,
        "sku": product.sku,
        "name": product.name(language),
        "category": product.category,
        "brand": product.brand,
        "price": yuan(product.fen),
        "currency": "CNY",
        "quantity": quantity,
    }


def _look_at(visit: Visit, product: Product) -> None:
    rng = visit.rng
    visit.view(f"/product/{product.product_id}", product.name(visit.person.language))
    visit.wait(0, 2)
    visit.do("Product Viewed", item_of(product, visit.person.language))
    visit.wait(5, 150)
    if rng.random() < 0.06:
        visit.do("Product Added to Wishlist", {"product_id": product.product_id, "name": product.en})
        visit.wait(2, 10)
    if rng.random() < 0.03:
        visit.do("Product Shared", {"product_id": product.product_id, "share_via": "wechat"})
        visit.wait(2, 10)


def _add(visit: Visit, product: Product) -> int:
    quantity = visit.rng.choice((1, 1, 1, 1, 2, 3))
    visit.do("Product Added", {**item_of(product, visit.person.language, quantity), "cart_id": _cart_id(visit)})
    visit.wait(2, 30)
    return quantity


def _cart_id(visit: Visit) -> str:
    return f"cart-{visit.person.number}-{visit.person.visits}"


def _check_out(visit: Visit, cart: list[tuple[Product, int]], world: World, day: int) -> None:
    person, rng = visit.person, visit.rng
    visit.view("/cart", "购物车 Cart")
    visit.wait(1, 4)
    visit.do("Cart Viewed", {"cart_id": _cart_id(visit), "items": len(cart)})
    visit.wait(3, 40)
    if rng.random() < 0.12 and len(cart) > 1:
        product, quantity = cart.pop()
        visit.do("Product Removed", item_of(product, person.language, quantity))
        visit.wait(2, 10)
    visit.do("Checkout Started", {"cart_id": _cart_id(visit), "currency": "CNY"})
    visit.wait(5, 60)
    if person.will_register and person.registered is None and rng.random() < 0.6:
        register(visit, world, day)
    if rng.random() < 0.25:
        return
    visit.do("Payment Info Entered", {"payment_method": rng.choice(("wechat_pay", "alipay", "unionpay", "card"))})
    visit.wait(5, 45)
    if rng.random() < 0.08:
        return
    _order(visit, cart)


def _order(visit: Visit, cart: list[tuple[Product, int]]) -> None:
    """The one event that is worth money. Revenue is what the goods cost; shipping comes on top."""
    person, rng = visit.person, visit.rng
    goods = sum(product.fen * quantity for product, quantity in cart)
    discount = goods // 10 if rng.random() < 0.2 else 0
    revenue = goods - discount
    shipping = 0 if revenue >= FREE_SHIPPING_FEN else SHIPPING_FEN
    order = {
        "order_id": f"Z{visit.at // 1000}{rng.randrange(1000):03d}",
        "affiliation": "Zuji Shop online",
        "revenue": yuan(revenue),
        "shipping": yuan(shipping),
        "discount": yuan(discount),
        "total": yuan(revenue + shipping),
        "currency": "CNY",
        "products": [item_of(product, person.language, quantity) for product, quantity in cart],
    }
    visit.do("Order Completed", order, fen=revenue)
    visit.wait(2, 20)
    visit.view("/thanks", "谢谢 Thank you")


def register(visit: Visit, world: World, day: int) -> None:
    """An account, with what the person tells about themselves, truthfully or not.

    A few give the famous placeholder number, and a few mistype their address so that it is somebody else's, who
    gave it days before: the trap for whoever merges by what a form says.
    """
    person, rng = visit.person, visit.rng
    person.registered = day
    visit.wait(10, 90)
    visit.do("Signed Up", {"method": visit.device.kind})
    visit.wait(0, 1)
    traits: dict[str, Any] = {"name": person.name, "city": person.city.zh, "language": person.language}
    names: list[str] = []
    flags = NO_FAULT
    if person.gives_phone and rng.random() < 0.04:
        traits["phone"], flags = PLACEHOLDER_PHONE, Fault.PLACEHOLDER
    elif person.gives_phone:
        traits["phone"] = phone_as_typed(person.phone, rng)
        names.append(f"phone:+86{person.phone}")
    if person.gives_email:
        typed, own = _typed_email(person, world, day, rng)
        traits["email"] = typed if rng.random() < 0.8 else typed.upper()
        flags |= Fault.TYPO if typed != person.email else NO_FAULT
        names += [f"email:{typed}"] if own else []
    visit.sign_in(traits=traits, names=tuple(names), flags=flags)


def _typed_email(person: Person, world: World, day: int, rng: Random) -> tuple[str, bool]:
    """What gets typed, and whether it is this person's alone.

    Somebody else's address is only typed when that person gave it at least two days ago, in the customer file too.
    """
    if day >= 2 and rng.random() < 0.15:
        other = world.people[rng.randrange(len(world.people))]
        known = other.registered is not None and other.known_to_crm and other.registered <= day - 2
        if known and other.gives_email and not other.mistyped_email and other is not person:
            person.gives_email = False
            return other.email, False
    return person.given_email, True
