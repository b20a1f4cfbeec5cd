"""Questions that people keep: made, changed, shared, and read again as questions.

What is private is seen by whoever made it and by owners of the workspace; what is shared is seen by all who may ask,
and changed by those two alone. What one may not see does not exist for one: the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec.structs import replace

from zuji.analyse.kinds import kind_of
from zuji.analyse.personal import refuse_personal
from zuji.analyse.question import Question, read_question
from zuji.govern.principal import Principal
from zuji.store.saved import Dashboard, SavedQuestion, SavedWork, Shared
from zuji.terms.error import NotAllowed, NotFound

Owned = TypeVar("Owned", SavedQuestion, Dashboard)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody saves: whose name it goes under, in which workspace, at what time."""

    saved: SavedWork
    workspace: str
    principal: Principal
    now_ms: int
    new_id: Callable[[], str]


def may_see(thing: SavedQuestion | Dashboard, principal: Principal) -> bool:
    """Whether it is shared, one's own, or one owns the workspace."""
    return thing.shared == "workspace" or may_change(thing, principal)


def may_change(thing: SavedQuestion | Dashboard, principal: Principal) -> bool:
    """Whether it is one's own, or one owns the workspace."""
    return principal.role == "owner" or thing.owner == principal.id


def visible(desk: Desk, kind: type[Owned]) -> list[Owned]:
    """Everything of this kind that one may see, oldest first."""
    return [one for one in desk.saved.all_of(kind, desk.workspace) if may_see(one, desk.principal)]


def seen(desk: Desk, kind: type[Owned], id_: str) -> Owned:
    """What has this id, if one may see it. Raises NotFound."""
    found = desk.saved.get(kind, desk.workspace, id_)
    if not may_see(found, desk.principal):
        raise NotFound(f"there is nothing saved under {id_!r:.80} in the workspace {desk.workspace}.")
    return found


def changeable(desk: Desk, kind: type[Owned], id_: str) -> Owned:
    """What has this id, if one may change it. Raises NotFound, NotAllowed."""
    found = seen(desk, kind, id_)
    if not may_change(found, desk.principal):
        raise NotAllowed(f"{found.name!r} is somebody else's. Save a copy of your own, or ask an owner.")
    return found


def read_document(kind: str, document: Mapping[str, Any]) -> Question:
    """The question of a document. Raises BadQuestion."""
    question: Question = read_question(kind_of(kind).question, document)
    return question


def check_personal(desk: Desk, question: Question) -> None:
    """Raise NotAllowed for a question that whoever sits at the desk may not ask: nor may it be asked in their name."""
    if not desk.principal.may("personal.read"):
        refuse_personal(question)


def save_question(
    desk: Desk, *, name: str, description: str, kind: str, document: dict[str, Any], shared: Shared
) -> SavedQuestion:
    """Keep a question as it is written, once it is known to be one."""
    check_personal(desk, read_document(kind, document))
    now = desk.now_ms
    made = SavedQuestion(
        desk.new_id(), desk.workspace, name, description, kind, document, desk.principal.id, shared, now, now
    )
    desk.saved.add(made)
    return made


def change_question(desk: Desk, id_: str, changes: Mapping[str, Any]) -> SavedQuestion:
    """Change some of name, description, kind, document, shared."""
    after = replace(changeable(desk, SavedQuestion, id_), **changes, updated_at=desk.now_ms)
    check_personal(desk, read_document(after.kind, after.document))
    desk.saved.replace(after)
    return after


def delete_question(desk: Desk, id_: str) -> None:
    """Forget a question; tiles that show it will say that it is gone. Raises Conflict while an alert watches it."""
    desk.saved.delete_question(desk.workspace, changeable(desk, SavedQuestion, id_).id)
