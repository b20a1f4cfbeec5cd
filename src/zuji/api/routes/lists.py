"""Static lists: the people behind a figure, kept; read as the people they are now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from zuji.analyse import lists
from zuji.api.definitions import catalogue_of
from zuji.api.desks import SavedId, asker_of, desk_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.list_members import ListMembers
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.masked_answers import refuse_masked
from zuji.api.ports import ports_of
from zuji.api.question_answers import asking_of, person_out
from zuji.api.wire import iso
from zuji.api.wire_lists import ListIn, ListOfLists, ListOut, ListPage, MembersOut
from zuji.store.people_lists import PeopleList
from zuji.terms.error import Conflict

router = APIRouter(tags=["lists"], route_class=GuardedRoute)


@router.get("/lists", openapi_extra=needs("profiles.read"))
def list_lists(request: Request, caller: AnyCaller) -> ListOfLists:
    """The lists of the workspace."""
    return ListOfLists(lists=[ListOut(**_fields(one)) for one in ports_of(request).lists.all_in(caller.workspace)])


@router.post("/lists", status_code=201, dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("questions.save"))
async def save(request: Request, caller: AnyCaller, body: ListIn) -> ListOut:
    """Keep the people behind a figure as they are now, up to a million."""
    caller.principal.require("profiles.read")
    if not caller.sees_personal:
        refuse_masked(body.kind, body.question, body.cell)
    ports, asker, desk = ports_of(request), asker_of(request), desk_of(request, caller)
    ticket = ticket_of(caller, body.ticket or ports.new_id())

    def kept() -> ListOut:
        made = lists.save_list(
            desk,
            ports.lists,
            asker,
            asking_of(ports, caller, ticket=ticket),
            name=body.name,
            kind=body.kind,
            document=body.question,
            cell=body.cell,
        )
        _note(request, caller, "list.create", made)
        return ListOut(**_fields(made))

    return await answered_while_listened(request, kept, ticket=ticket)


@router.get("/lists/{list_id}", openapi_extra=needs("profiles.read"))
def show(request: Request, caller: AnyCaller, list_id: SavedId) -> ListPage:
    """One list, and how many people it holds today."""
    found = ports_of(request).lists.get(caller.workspace, list_id)
    return ListPage(**_fields(found), count=len(members_of(request).of(found)))


@router.get("/lists/{list_id}/members", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("profiles.read"))
def members(
    request: Request,
    caller: AnyCaller,
    list_id: SavedId,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")] = None,
) -> MembersOut:
    """The people on a list as they are now, in pages; identifiers are masked as your role asks for."""
    ports = ports_of(request)
    people = members_of(request).of(ports.lists.get(caller.workspace, list_id))
    start = int(people.searchsorted(int(cursor or 0), side="right"))
    page = people[start : start + limit].tolist()
    more = start + limit < len(people)
    return MembersOut(
        count=len(people),
        people=[person_out(ports, caller, person) for person in page],
        next=str(page[-1]) if more else None,
    )


@router.delete("/lists/{list_id}", status_code=204, openapi_extra=needs("questions.save"))
def delete(request: Request, caller: AnyCaller, list_id: SavedId) -> Response:
    """Forget a list of yours, an owner any. One whose people a segment is stays."""
    with ports_of(request).audit.together():
        gone = lists.delete_list(desk_of(request, caller), ports_of(request).lists, list_id)
        _require_unnamed(request, caller, gone)
        _note(request, caller, "list.delete", gone)
    return Response(status_code=204)


def members_of(request: Request) -> ListMembers:
    """Who resolves lists in this app."""
    found: ListMembers = request.app.state.list_members
    return found


def _require_unnamed(request: Request, caller: Caller, gone: PeopleList) -> None:
    """Raises Conflict, which takes back what was deleted, while a segment is the people of this list."""
    if keys := catalogue_of(request, caller).on_list(gone.id):
        named = ", ".join(keys[:10]) + (f" and {len(keys) - 10} more" if len(keys) > 10 else "")
        raise Conflict(
            f"the list {gone.name!r} says who is in the segment {named}. End that first, or publish it with another"
            " list or a rule."
        )


def _note(request: Request, caller: Caller, action: str, one: PeopleList) -> None:
    ports = ports_of(request)
    ports.audit.note(
        at=ports.now_ms(),
        actor=caller.principal.id,
        action=action,
        subject=caller.workspace,
        detail=f"{one.name} ({one.id}, {one.saved} people)",
    )


def _fields(one: PeopleList) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "kind": one.kind,
        "question": one.question,
        "cell": one.cell,
        "saved": one.saved,
        "identity_version": one.identity_version,
        "created_at": iso(one.created_at),
    }
