"""From values as a caller gives them to the decision that the engine takes, and back to who said what."""

from __future__ import annotations

from typing import Any

from zuji.api.guard import Caller
from zuji.api.identifiers import PROFILE
from zuji.api.people import identifier_out, in_usual_form, profile_of
from zuji.api.wire import IdentifierShape, iso
from zuji.api.wire_given import GivenOut, TagValuesIn
from zuji.identify.holdings import Holding
from zuji.identify.people import BEGINNING, END
from zuji.identify.profile import Profile, anchors_of
from zuji.store import given_tags
from zuji.store.given_tags import GivenRow
from zuji.store.hot import HotStore
from zuji.tag.definition import Definition
from zuji.tag.given import Word, newest_words, require_fitting
from zuji.terms.identifier import Identifier


def decision_of(hot: HotStore, workspace: str, definition: Definition, body: TagValuesIn) -> dict[str, Any]:
    """The properties of the decision. Raises Conflict or BadRequest where the tag does not take these values."""
    words = [
        Word(named.type, named.value, one.value)
        for one in body.values
        for named in [_stored_name(hot, workspace, one.who)]
    ]
    require_fitting(definition, words)
    return {"decision": "give", "key": definition.key, "values": words, "announce": body.announce}


def newest_word(hot: HotStore, person: Profile, key: str, now_ms: int) -> GivenRow | None:
    """What was said last of somebody under a key."""
    held = [
        Holding(anchor, BEGINNING if start is None else start, END if end is None else end)
        for anchor, start, end in anchors_of(person)
    ]
    with hot.read() as connection:
        rows = given_tags.of_anchors(connection, person.workspace, {one.anchor for one in held})
    return newest_words(rows, held, now_ms).get(key)


def given_out(word: GivenRow, person: Profile, caller: Caller) -> GivenOut:
    """The same as this caller may see it. An identifier that has left the person meanwhile is told by its number."""
    names = {one.anchor: one.identifier for one in person.identifiers}
    named = names.get(word.anchor, Identifier(PROFILE, str(word.anchor)))
    return GivenOut(
        by=word.who,
        at=iso(word.at_ms),
        who=identifier_out(named, caller),
        until=None if word.until_ms is None else iso(word.until_ms),
    )


def _stored_name(hot: HotStore, workspace: str, who: IdentifierShape) -> Identifier:
    """The identifier as it is stored; of a profile named by its id, one of its identifiers."""
    named = Identifier(who.type, who.value)
    if who.type != PROFILE:
        return in_usual_form(hot, workspace, named)
    person = profile_of(hot, workspace, named)
    return person.identifiers[0].identifier if person is not None and person.identifiers else named
