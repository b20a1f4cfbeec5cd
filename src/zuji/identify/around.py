"""Everything that was said of the identifiers of a person: what holds, and what is past or was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zuji.identify.profile import LinkBetween, links_in, stretches_of
from zuji.identify.reading import View, view_of_profile
from zuji.store.hot import HotStore
from zuji.terms.identifier import Identifier

Standing = Literal["holds", "past", "elsewhere", "refused"]
"""Of a link. `past`: it held until one end moved on. `elsewhere`: it holds, for somebody else by now. `refused`: its
ends never were one person; why, `explain` tells."""


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier that a link names, and whose it is now (0: nobody's)."""

    identifier: Identifier
    first_seen: int
    person: int


@dataclass(frozen=True, slots=True)
class Stood:
    """A link and how it stands now."""

    link: LinkBetween
    standing: Standing


@dataclass(frozen=True, slots=True)
class Around:
    """The identifiers of a person and those that evidence names beside them, and all that evidence."""

    person: int
    identifiers: tuple[Known, ...]
    links: tuple[Stood, ...]


def around(hot: HotStore, workspace: str, person: int) -> Around | None:
    """What is known around a profile that is alive. None when there is none with this id."""
    with hot.read() as connection:
        view = view_of_profile(connection, workspace, person)
        if view is None:
            return None
        ever = {one.identifier for one in stretches_of(view, person)}
        evidence = links_in(connection, view.component) if view.component is not None else []
    links = [link for link in evidence if link.a in ever or link.b in ever]
    known = _known(view, ever.union(*((link.a, link.b) for link in links)))
    owners = {one.identifier: one.person for one in known}
    stood = tuple(Stood(link, _standing(link, person, owners, ever)) for link in links)
    return Around(person, tuple(known), stood)


def _known(view: View, wanted: set[Identifier]) -> list[Known]:
    named = [(Identifier(node.type, node.value), node) for node in view.nodes()]
    found = [
        Known(name, node.first_at, view.segments(node.anchor)[-1].person) for name, node in named if name in wanted
    ]
    return sorted(found, key=lambda one: one.identifier)


def _standing(link: LinkBetween, person: int, owners: dict[Identifier, int], ever: set[Identifier]) -> Standing:
    """Whose the ends are now comes before whose they were."""
    one, other = owners.get(link.a, 0), owners.get(link.b, 0)
    if one == other:
        return "holds" if one == person else "elsewhere"
    return "past" if link.a in ever and link.b in ever else "refused"
