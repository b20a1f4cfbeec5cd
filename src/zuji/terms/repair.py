"""A repair: small changes to messages that wait in quarantine, said as a document from a closed set of steps.

A field is named by its path: `event`, `properties.price`, or `["properties", "a.b"]` where a name itself has a dot. The
message is the one that is shown in quarantine; of an item that its decoder could not use it is what the client sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from zuji.terms.document import Document, Text
from zuji.terms.rejection import Reason

Path = tuple[str, ...]
FieldName = Annotated[str, Meta(min_length=1, max_length=500)]
Field = FieldName | Annotated[tuple[FieldName, ...], Meta(min_length=1, max_length=20)]
Kind = Literal["text", "number", "integer", "boolean", "time"]
FarthestShift = 100 * 366 * 86_400

KEPT_FIELDS = frozenset({"messageId", "problem", "detail", "raw"})
"""What no step may touch: the id keeps a late repeat of the event a duplicate, the others are ours."""


class Step(Document, frozen=True, kw_only=True, tag_field="do"):
    """One change of one field. A field that is not there is left alone, unless the step says what it shall hold."""

    field: Field

    def __post_init__(self) -> None:
        refuse_kept(path_of(self.field))


class Set(Step, frozen=True, kw_only=True, tag="set"):
    """The field holds this value, whatever it held."""

    value: Any


class Default(Step, frozen=True, kw_only=True, tag="default"):
    """The field holds this value where it is missing, null or an empty text."""

    value: Any


class Rename(Step, frozen=True, kw_only=True, tag="rename"):
    """The field gets another name in the same place."""

    to: FieldName


class Move(Step, frozen=True, kw_only=True, tag="move"):
    """The field goes to another place."""

    to: Field

    def __post_init__(self) -> None:
        refuse_kept(path_of(self.field))
        refuse_kept(path_of(self.to))


class Drop(Step, frozen=True, kw_only=True, tag="drop"):
    """The field goes."""


class Convert(Step, frozen=True, kw_only=True, tag="convert"):
    """The value becomes one of another type; what cannot be read as that stays as it is."""

    to: Kind


class ShiftTime(Step, frozen=True, kw_only=True, tag="shift_time"):
    """A time is moved by so many seconds, backwards where they are negative."""

    seconds: Annotated[float, Meta(ge=-FarthestShift, le=FarthestShift)]


class Map(Step, frozen=True, kw_only=True, tag="map"):
    """A text becomes the one that stands for it; one that is not in the list stays."""

    values: Annotated[Mapping[str, Text], Meta(min_length=1, max_length=1_000)]


class Replace(Step, frozen=True, kw_only=True, tag="replace"):
    """Every occurrence of a text within a text becomes another one."""

    find: Annotated[str, Meta(min_length=1, max_length=1_000)]
    by: Text


AnyStep = Set | Default | Rename | Move | Drop | Convert | ShiftTime | Map | Replace


class Repair(Document, frozen=True, kw_only=True):
    """What to change, in order, of which events: those of a source, reason, protocol and cause; null is any.

    Without steps the events are sent through again as they are.
    """

    steps: Annotated[tuple[AnyStep, ...], Meta(max_length=50)] = ()
    source: Text | None = None
    reason: Reason | None = None
    protocol: Text | None = None
    cause: Text | None = None


def path_of(field: Field) -> Path:
    """The names on the way to a field.

    >>> path_of("properties.price"), path_of(("properties", "a.b"))
    (('properties', 'price'), ('properties', 'a.b'))
    """
    return tuple(field.split(".")) if isinstance(field, str) else field


def refuse_kept(path: Path) -> None:
    """Raise ValueError when a step means what no repair may touch."""
    if path[0] in KEPT_FIELDS:
        raise ValueError(f"no step may touch {path[0]!r}; {', '.join(sorted(KEPT_FIELDS))} stay as they are")
