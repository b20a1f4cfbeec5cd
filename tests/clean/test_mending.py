"""Steps of repairs: each changes what it names and nothing else; what makes no sense is refused before it runs."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.clean.mending import converted, mended
from zuji.terms.document import read_document
from zuji.terms.error import BadQuestion
from zuji.terms.repair import Repair

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "prod-view",
    "timestamp": "2026-11-21T12:00:00.000Z",
    "properties": {"prix": "1,299.00", "a.b": 1, "flag": "yes", "at": 1_700_000_000, "note": "a-b-c", "no": None},
}


def after(*steps: dict[str, Any]) -> dict[str, Any]:
    return mended(MESSAGE, read_document(Repair, {"steps": list(steps)}).steps)


def properties_after(*steps: dict[str, Any]) -> dict[str, Any]:
    changed = after(*steps)
    assert {**changed, "properties": 0} == {**MESSAGE, "properties": 0}
    found: dict[str, Any] = changed["properties"]
    return found


@pytest.mark.parametrize(
    ("step", "changed"),
    [
        ({"do": "set", "field": "properties.price", "value": 1}, {"price": 1}),
        ({"do": "set", "field": "properties.price.cents", "value": 1}, {"price": {"cents": 1}}),
        ({"do": "set", "field": "properties.prix.cents", "value": 1}, {}),
        ({"do": "default", "field": "properties.prix", "value": 1}, {}),
        ({"do": "default", "field": "properties.no", "value": 1}, {"no": 1}),
        ({"do": "convert", "field": "properties.prix", "to": "number"}, {"prix": 1299.0}),
        ({"do": "convert", "field": "properties.flag", "to": "boolean"}, {"flag": True}),
        ({"do": "convert", "field": "properties.note", "to": "number"}, {}),
        ({"do": "convert", "field": "properties.at", "to": "time"}, {"at": "2023-11-14T22:13:20.000Z"}),
        ({"do": "convert", "field": "properties.missing", "to": "time"}, {}),
        ({"do": "shift_time", "field": "properties.at", "seconds": -10}, {"at": 1_699_999_990}),
        ({"do": "map", "field": "properties.flag", "values": {"yes": "ja"}}, {"flag": "ja"}),
        ({"do": "map", "field": "properties.flag", "values": {"no": "nein"}}, {}),
        ({"do": "replace", "field": "properties.note", "find": "-", "by": " "}, {"note": "a b c"}),
        ({"do": "set", "field": ["properties", "a.b"], "value": 2}, {"a.b": 2}),
    ],
)
def test_a_step_changes_what_it_names_and_nothing_else(step: dict[str, Any], changed: dict[str, Any]) -> None:
    assert properties_after(step) == MESSAGE["properties"] | changed


def test_renaming_moving_and_dropping_leave_nothing_behind() -> None:
    rest = {name: value for name, value in MESSAGE["properties"].items() if name != "prix"}
    assert properties_after({"do": "drop", "field": "properties.prix"}) == rest
    renamed = properties_after({"do": "rename", "field": "properties.prix", "to": "price"})
    assert renamed == rest | {"price": "1,299.00"}
    moved = after({"do": "move", "field": "properties.prix", "to": "context.prix"})
    assert moved == {**MESSAGE, "properties": rest, "context": {"prix": "1,299.00"}}


def test_a_time_keeps_its_zone_when_it_is_shifted() -> None:
    shifted = mended(
        {"timestamp": "2026-11-21T12:00:00+08:00"},
        read_document(Repair, {"steps": [{"do": "shift_time", "field": "timestamp", "seconds": 3600}]}).steps,
    )
    assert shifted == {"timestamp": "2026-11-21T13:00:00+08:00"}


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "1_000", "1٣", "", "x", None, [], {}, True])
def test_what_is_no_number_stays_as_it_is(value: Any) -> None:
    assert converted(value, "number") is value
    assert converted(value, "integer") is value


def test_a_half_is_no_integer() -> None:
    assert converted("2.5", "integer") == "2.5"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"do": "eval", "field": "event"}, "Invalid value 'eval'"),
        ({"do": "set", "field": "messageId", "value": "x"}, "no step may touch 'messageId'"),
        ({"do": "move", "field": "event", "to": "problem"}, "no step may touch 'problem'"),
        ({"do": "set", "field": "", "value": 1}, "length >= 1"),
        ({"do": "set", "field": "event"}, "missing required field `value`"),
        ({"do": "drop", "field": "event", "regex": "x"}, "unknown field `regex`"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_document(Repair, {"steps": [step]})
