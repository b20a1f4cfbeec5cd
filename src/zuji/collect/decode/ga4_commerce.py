"""The names of GA4's shop in ours: one behaviour has one name, whoever reports it.

Names that stand in neither table stay as they are.
"""

from __future__ import annotations

from zuji.collect.decode.item import Item

EVENTS: dict[str, str] = {
    "search": "Products Searched",
    "view_search_results": "Products Searched",
    "view_item_list": "Product List Viewed",
    "select_item": "Product Clicked",
    "view_item": "Product Viewed",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "view_cart": "Cart Viewed",
    "begin_checkout": "Checkout Started",
    "add_shipping_info": "Checkout Step Completed",
    "add_payment_info": "Payment Info Entered",
    "purchase": "Order Completed",
    "refund": "Order Refunded",
    "add_to_wishlist": "Product Added to Wishlist",
    "view_promotion": "Promotion Viewed",
    "select_promotion": "Promotion Clicked",
    "sign_up": "Signed Up",
    "login": "Signed In",
}
PARAMS: dict[str, str] = {
    "transaction_id": "order_id",
    "search_term": "query",
    "item_list_id": "list_id",
    "item_list_name": "list_name",
    "payment_type": "payment_method",
    "shipping_tier": "shipping_method",
    "creative_name": "creative",
    "creative_slot": "position",
}
ITEM: dict[str, str] = {
    "item_id": "product_id",
    "item_name": "name",
    "item_brand": "brand",
    "item_category": "category",
    "item_variant": "variant",
    "index": "position",
}
_ORDERS = frozenset({"purchase", "refund"})
_OF_ONE_PRODUCT = frozenset({"select_item", "view_item", "add_to_cart", "remove_from_cart", "add_to_wishlist"})


def standard_name(name: str) -> str:
    """What an event is called here.

    >>> standard_name("purchase"), standard_name("level_up")
    ('Order Completed', 'level_up')
    """
    return EVENTS.get(name, name)


def standard_properties(name: str, params: Item) -> Item:
    """The parameters under our names: items as products, the value of an order as its total. Of an event about one
    product, the product's properties are the event's too.

    >>> standard_properties("view_item", {"items": [{"item_id": "a", "price": 9.9}]})
    {'products': [{'product_id': 'a', 'price': 9.9}], 'product_id': 'a', 'price': 9.9}
    """
    if name not in EVENTS:
        return params
    names = {**PARAMS, "value": "total"} if name in _ORDERS else PARAMS
    found: Item = {}
    for param, value in params.items():
        if param == "items" and isinstance(value, list):
            found["products"] = [_product(one) for one in value]
        else:
            found.setdefault(names.get(param, param), value)
    products = found.get("products")
    if name in _OF_ONE_PRODUCT and isinstance(products, list) and len(products) == 1 and isinstance(products[0], dict):
        found = {**found, **{field: value for field, value in products[0].items() if field not in found}}
    return found


def _product(item: object) -> object:
    if not isinstance(item, dict):
        return item
    return {ITEM.get(name, name): value for name, value in item.items()}
