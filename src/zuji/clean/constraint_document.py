"""Constraints as a workspace states them (policy part `quality`): what must be true of one event, or of several.

A constraint that is broken sets nobody aside: the event is stored as it came, with the reason `constraint:<name>`, and
counts as wrong under accuracy.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from zuji.terms.document import Document, Name, Text

MOST_CONSTRAINTS = 100
MOST_NAMES = 50

Label = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^,:|=]+$")]
"""The name of a constraint. It becomes a part of reasons, whose parts are told apart by these signs."""
Names = Annotated[tuple[Name, ...], Meta(max_length=MOST_NAMES)]
SomeNames = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MOST_NAMES)]
Tolerance = Annotated[float, Meta(ge=0, le=1_000_000)]
Order = Literal["lt", "lte", "equals", "gte", "gt"]


class Stated(Document, frozen=True, kw_only=True):
    """Whom a constraint binds: events of these names, of these sources (ids; none named: of all)."""

    events: SomeNames
    sources: Names = ()
    description: Text = ""


class SumOfLines(Stated, frozen=True, kw_only=True, tag="sum_of_lines", tag_field="kind"):
    """`total` is the sum over `lines` of price times quantity (1 if not told), and `plus`, less `minus`.

    Judged where the total and every line can be read; of `plus` and `minus` what is missing is nothing.
    """

    total: Name = "total"
    lines: Name = "products"
    price: Name = "price"
    quantity: Name = "quantity"
    plus: Names = ()
    minus: Names = ()
    tolerance: Tolerance = 0.01


class Compare(Stated, frozen=True, kw_only=True, tag="compare", tag_field="kind"):
    """One number of an event against another one. Judged where both are numbers."""

    left: Name
    op: Order
    right: Name


class Together(Stated, frozen=True, kw_only=True, tag="together", tag_field="kind"):
    """Who has one of these properties has all of them; null is not to have it."""

    properties: Annotated[tuple[Name, ...], Meta(min_length=2, max_length=MOST_NAMES)]


class Across(Stated, frozen=True, kw_only=True):
    """Between events that have the same value in the property `by`; without it, of the same identifier of a person."""

    by: Name | None = "order_id"


class NotAbove(Across, frozen=True, kw_only=True, tag="not_above", tag_field="kind"):
    """What `amount` of these events adds up to is at most what `of_amount` of the events `of` does.

    Judged where at least one of `of` has come in before.
    """

    amount: Name = "total"
    of: SomeNames
    of_amount: Name = "total"
    tolerance: Tolerance = 0.01

    def __post_init__(self) -> None:
        if both := sorted(set(self.events) & set(self.of)):
            raise ValueError(f"{both[0]} would be on both sides: `of` holds what the amounts may not exceed")


class Follows(Across, frozen=True, kw_only=True, tag="follows", tag_field="kind"):
    """These events come after one of `after`, and within so many hours of the latest, if that is said.

    `after_days`: an event without any before it is judged once events of `after` have been coming in for so long.
    """

    after: SomeNames
    within_hours: Annotated[int, Meta(ge=1, le=400 * 24)] | None = None
    after_days: Annotated[int, Meta(ge=0, le=3_650)] = 1

    def __post_init__(self) -> None:
        if both := sorted(set(self.events) & set(self.after)):
            raise ValueError(f"{both[0]} would come after itself: `after` holds what is done before it")


Constraint = SumOfLines | Compare | Together | NotAbove | Follows
