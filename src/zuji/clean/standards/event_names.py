"""The policy `names`: one behaviour, one name, whatever its sources call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

from zuji.terms.document import Document, Name, read_document
from zuji.terms.error import BadQuestion


class EventName(Document, frozen=True, kw_only=True):
    """A name, and those that mean the same; `sources` (ids) limits that to what comes from there."""

    name: Name
    aliases: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=200)]
    sources: tuple[Name, ...] = ()


class NamesDocument(Document, frozen=True, kw_only=True):
    """What a workspace decides."""

    events: Annotated[tuple[EventName, ...], Meta(max_length=2_000)] = ()


@dataclass(frozen=True)
class Names:
    """The same, ready for use: (source, alias) -> name; source empty: of any."""

    of_source: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def name_of(self, event: str, source: str) -> str:
        """The name that an event has; its own unless somebody decided otherwise."""
        return self.of_source.get((source, event)) or self.of_source.get(("", event)) or event


NO_NAMES = Names()


def read_names(document: Mapping[str, Any]) -> Names:
    """The value of a document. Raises BadQuestion saying what is wrong."""
    found: dict[tuple[str, str], str] = {}
    events = read_document(NamesDocument, document).events
    for each in events:
        for source in each.sources or ("",):
            for alias in each.aliases:
                if alias == each.name:
                    raise BadQuestion(f"{alias!r:.100} cannot be an alias of itself.")
                if found.setdefault((source, alias), each.name) != each.name:
                    raise BadQuestion(
                        f"{alias!r:.100} means both {found[source, alias]!r:.100} and {each.name!r:.100}."
                    )
    names = {each.name for each in events}
    if chained := sorted(alias for _, alias in found if alias in names):
        raise BadQuestion(f"{chained[0]!r:.100} is an alias and a name that others get; name the last one for all.")
    return Names(found)
