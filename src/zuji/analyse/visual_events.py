"""Visual events in questions: `visual:key` where an event is named stands for the clicks that its definition lets in.

When a question is settled, each such name gets the number of the version that is published (`visual:key@3`), so that
the resolved question means the same for ever; from there on `Settled.visual` knows what each name stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from zuji.store.definitions import Definitions
from zuji.tag.visual_event import CLICKS, named, read_visual_event, where_of
from zuji.terms.condition import Where
from zuji.terms.error import BadQuestion
from zuji.terms.event import VISUAL_EVENT

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A version of a visual event, under its full name (`visual:key@3`)."""

    name: str
    where: Where


LookUp = Callable[[str, str], Pinned]
"""Of a workspace, the visual event of this name. Raises BadQuestion when there is none."""


def looking_up(kept: Definitions) -> LookUp:
    """Looks names up among what was published; a version that was published once can be asked for ever."""

    def look_up(workspace: str, name: str) -> Pinned:
        key, number = named(name)
        versions = kept.versions(workspace, "visual_event", key)
        if not versions:
            raise BadQuestion(f"there is no visual event {key!r} in the workspace {workspace}. Publish it first.")
        found = next((one for one in versions if number in (None, one.version)), None)
        if found is None or found.document is None:
            wanted = "it was retired" if number is None else f"version {number} is none"
            held = ", ".join(str(one.version) for one in versions[:20] if one.document is not None)
            raise BadQuestion(f"visual event {key}: {wanted}. Ask for {VISUAL_EVENT}{key}@ and one of: {held}.")
        return Pinned(f"{VISUAL_EVENT}{key}@{found.version}", where_of(read_visual_event(found.document)))

    return look_up


def pinned(question: T, look_up: Callable[[str], Pinned]) -> tuple[T, Mapping[str, Where]]:
    """The question with a version in every name of a visual event, and what these names stand for."""
    found: dict[str, Where] = {}

    def pin(name: str) -> str:
        one = look_up(name)
        found[one.name] = one.where
        return one.name

    return _renamed(question, pin), found


def is_visual(event: str | None) -> bool:
    """Whether this names a visual event."""
    return event is not None and event.startswith(VISUAL_EVENT)


def raw_names(events: Sequence[str]) -> list[str]:
    """The names under which events of these names are stored, each once."""
    return list(dict.fromkeys(raw for event in events for raw in (CLICKS if is_visual(event) else (event,))))


def _renamed(value: Any, pin: Callable[[str], str]) -> Any:
    """The same with other names of events: they stand in fields named `event`, however deep."""
    if isinstance(value, msgspec.Struct):
        changes = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            after = pin(before) if _names_visual(name, before) else _renamed(before, pin)
            if after is not before:
                changes[name] = after
        return msgspec.structs.replace(value, **changes) if changes else value
    if isinstance(value, tuple):
        parts = tuple(_renamed(part, pin) for part in value)
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    return value


_NAMING = frozenset({"event", "start", "end"})
"""Fields whose text names an event: the two ends of paths do so by items, which visual events are by their names."""


def _names_visual(field: str, value: Any) -> bool:
    return field in _NAMING and isinstance(value, str) and is_visual(value)
