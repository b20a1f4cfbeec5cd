"""A batch as a whole: its shape, its order, and that nothing a client sends can break it."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pyarrow as pa
from clean_builders import DAY, NOON_MS, a_message, a_receipt, clean, received, some_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.store.schema import EVENT_SCHEMA
from zuji.terms.message import KeyKind, Message, MessageType


def test_rows_subjects_and_rejections_tell_where_they_come_from() -> None:
    cleaned = clean(
        received(a_message(message_id="m1"), position=11),
        received(a_message(message_id="m2", timestamp=NOON_MS + 2 * DAY), position=12),
        received(a_message(message_id="m3"), position=13),
        received(a_message(message_id="m4", problem="no_identifier"), position=14),
    )
    assert cleaned.kept == [0, 2]
    assert cleaned.frame["event_id"].to_list() == ["m1", "m3"]
    assert cleaned.frame["position"].to_list() == [11, 13]
    assert [subject.event_id for subject in cleaned.subjects] == ["m1", "m3"]
    assert [(rejection.index, rejection.reason) for rejection in cleaned.rejections] == [
        (1, "future_time"),
        (3, "no_identifier"),
    ]


def test_the_rows_have_every_column_of_the_event_table_but_the_anchor() -> None:
    frame = clean(received(a_message(properties={"revenue": 1}))).frame
    wanted = pa.schema([field for field in EVENT_SCHEMA if field.name != "anchor"])
    table = frame.to_arrow()
    assert table.schema.names == wanted.names
    assert table.cast(wanted).schema == wanted
    nullable = [name for name in frame.columns if frame[name].null_count()]
    assert nullable == []


def test_an_empty_batch_gives_no_rows_and_keeps_its_columns() -> None:
    assert clean().frame.height == 0
    assert clean(received(a_message(problem="bad_name"))).frame.columns == clean(received(a_message())).frame.columns


def test_only_the_amount_may_be_missing() -> None:
    frame = clean(received(a_message())).frame
    assert [name for name in frame.columns if frame[name].null_count()] == ["amount"]


_text = st.text(max_size=8) | st.sampled_from(
    ["null", "13912345678", "a@b.cn", "2026-11-21T00:00:00Z", "https://a.cn/"]
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(
    ["page", "os", "device", "app", "campaign", "consent", "purposes", "traits", "userAgent", "ip", "revenue", "price",
     "quantity", "email", "phone", "$current_url", "$os", "url", "title", "product_id", "$purposes", "id", "name"]
)  # fmt: skip
_objects = st.dictionaries(_names, _json | st.dictionaries(_names, _json, max_size=3), max_size=5).map(
    lambda value: msgspec.Raw(msgspec.json.encode(value))
)
_parts = _objects | st.binary(max_size=6).map(msgspec.Raw)
_times = st.none() | _text | st.integers() | st.floats(allow_nan=False)
_pairs = st.lists(st.tuples(st.sampled_from(["phone", "email", "device_id", "x"]), _text), max_size=2).map(tuple)
_messages = st.builds(
    Message,
    type=st.sampled_from([*get_args(MessageType), "dance"]), message_id=_text, event=_text, user_id=_text,
    anonymous_id=_text, previous_id=_text, group_id=_text, identifiers=_pairs, anonymous_identifiers=_pairs,
    timestamp=_times, sent_at=_times, context=_parts, properties=_parts, traits=_parts, traits_once=_parts,
    traits_add=_parts, traits_append=_parts, traits_unset=st.lists(_text, max_size=2).map(tuple),
    delete_traits=st.booleans(), force_merge=st.booleans(), library=_text, problem=st.sampled_from(["", "", "x"]),
)  # fmt: skip
_receipts = st.builds(
    a_receipt,
    key=st.sampled_from(get_args(KeyKind)), protocol=st.sampled_from(["segment", "sensors", "posthog"]), sent_at=_times,
    received_at=st.integers(0, 2**42), ip=_text, user_agent=_text, from_browser=st.booleans(),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_messages, _receipts), max_size=6))
def test_whatever_comes_each_message_becomes_a_row_or_a_rejection(sent: list[tuple[Message, Any]]) -> None:
    items = [received(message, receipt=receipt, position=number) for number, (message, receipt) in enumerate(sent)]
    cleaned = clean(*items, facts=FACTS)
    rejected = [rejection.index for rejection in cleaned.rejections]
    assert sorted([*cleaned.kept, *rejected]) == list(range(len(items)))
    assert cleaned.frame["position"].to_list() == cleaned.kept
    assert len(cleaned.subjects) == len(cleaned.kept)
    times = cleaned.frame.select(ahead=(cleaned.frame["occurred_at"] > cleaned.frame["received_at"]))
    assert not times["ahead"].any()


FACTS = some_facts()
