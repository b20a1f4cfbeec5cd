"""The decision that publishes a tag or segment, or ends one: what the stream executes from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zuji.store import given_tags, tag_first_pass, tag_live, tag_states, tag_values
from zuji.store.hot import HotTransaction
from zuji.store.tag_live import LiveRow
from zuji.store.tag_values import SILENT, TOLD, Kind, Name
from zuji.tag.catalogue import definitions_in
from zuji.tag.definition import Definition, Published, read_published
from zuji.tag.given import is_given
from zuji.tag.graph import in_force, resting_on
from zuji.terms.error import BadRequest, Conflict

Write = Callable[[HotTransaction], None]


@dataclass(frozen=True)
class Publishing:
    """What a publish decision will do, and what it answers."""

    write: Write
    outcome: dict[str, Any]


def plan_publishing(connection: HotTransaction, workspace: str, body: Mapping[str, Any], now_ms: int) -> Publishing:
    """Decide about it. Raises BadQuestion when what would hold then makes no sense, BadRequest when the body does not.

    `announce` in the body: subscribers are told of what changes because of it; usually that is silent.
    """
    published = read_published(body)
    kind, key = _name(body)
    before = tag_live.published(connection, workspace)
    others = [row for row in before if (row.kind, row.key) != (kind, key)]
    rows = others if published is None else [*others, _row(workspace, published)]
    then = in_force(definitions_in(rows))
    has_live = any(one.is_live for one in then.definitions)
    known = next(iter(definitions_in([row for row in before if (row.kind, row.key) == (kind, key)])), None)
    _require_same_type(connection, workspace, known, published)
    was_given, will_be_given = (one is not None and is_given(one) for one in (known, published))
    announce = bool(body.get("announce"))

    def write(connection: HotTransaction) -> None:
        if published is None or was_given != will_be_given:
            told = TOLD if announce else SILENT
            tag_values.replace_all(
                connection, workspace, (kind, key), {}, version=0, at_ms=now_ms, cause="publish", told=told
            )
        if was_given and not will_be_given:
            given_tags.forget(connection, workspace, key)
        if published is None:
            tag_live.end(connection, workspace, kind, key)
        else:
            tag_live.publish(connection, _row(workspace, published))
            if will_be_given:
                given_tags.set_validity(connection, workspace, key, published.validity_days)
        _begin_first_passes(connection, workspace, (kind, key), then, announce=announce, now_ms=now_ms)
        if has_live:
            tag_live.begin_backfill(connection, workspace, announce=announce, now_ms=now_ms)
        else:
            tag_live.end_backfill(connection, workspace)
            tag_states.forget_workspace(connection, workspace)

    return Publishing(write, {"published": published is not None, "kind": kind, "key": key, "backfill": has_live})


def _begin_first_passes(
    connection: HotTransaction, workspace: str, name: Name, then: Published, *, announce: bool, now_ms: int
) -> None:
    """What the next pass of batch definitions changes is the doing of this publishing: of its own, and of others'."""
    tag_first_pass.forget(connection, workspace, name)
    if any((one.kind, one.key) == name and one.is_batch for one in then.definitions):
        tag_first_pass.begin(connection, workspace, name, announce=announce, now_ms=now_ms)
    others = [(one.kind, one.key) for one in resting_on(name, then) if one.is_batch]
    tag_first_pass.begin_with(connection, workspace, others, announce=announce, now_ms=now_ms)


def _require_same_type(
    connection: HotTransaction, workspace: str, known: Definition | None, published: Definition | None
) -> None:
    """Raises Conflict where values that others gave would not fit any more."""
    if known is None or published is None or not (is_given(known) and is_given(published)):
        return
    if known.value_type != published.value_type and given_tags.holds_any(connection, workspace, known.key):
        raise Conflict(
            f"the tag {known.key} has values of the type {known.value_type}; they do not become {published.value_type}."
            " End it first, which takes them away, or use another key."
        )


def _row(workspace: str, definition: Definition) -> LiveRow:
    return LiveRow(workspace, definition.kind, definition.key, definition.version, definition.document)


def _name(body: Mapping[str, Any]) -> tuple[Kind, str]:
    kind, key = body.get("kind"), body.get("key")
    if kind not in ("tag", "segment") or not isinstance(key, str):
        raise BadRequest("a publish decision names the kind (tag or segment) and the key.")
    return kind, key
