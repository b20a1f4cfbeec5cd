"""A user's catalogue: products or categories, each with the names it goes by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zuji.terms.document import Document, Name

_NO_LETTER = re.compile(r"[\W_]+")


class Entry(Document, frozen=True, kw_only=True):
    """Something of the catalogue: the name it shall have, an id if it has one, other names that are met."""

    name: Name
    id: Name | None = None
    aliases: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Entries by the names that mean them."""

    by_name: Mapping[str, Entry]

    def find(self, text: str) -> Entry | None:
        """The entry that a text names: capitals, widths, blanks and signs do not matter."""
        return self.by_name.get(folded(text))


def folded(text: str) -> str:
    """A name as names of a catalogue are compared.

    >>> folded("龙井茶 (２５０G)") == folded("龙井茶-250g")
    True
    """
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def catalogue_of(entries: Sequence[Entry]) -> Catalogue:
    """Raises ValueError when one name means two entries."""
    by_name: dict[str, Entry] = {}
    for entry in entries:
        for name in (entry.name, *entry.aliases, *([entry.id] if entry.id else [])):
            if by_name.setdefault(folded(name), entry) is not entry:
                raise ValueError(f"the name {name!r:.100} means two entries, {by_name[folded(name)].name!r:.100} first")
    return Catalogue(by_name)
