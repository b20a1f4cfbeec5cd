"""A Snowplow event has one name, whether its tracker sends it or an export of its pipeline is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from import_world import messages_of

from zuji.collect.decode.snowplow_event import translate
from zuji.collect.importing.presets import SNOWPLOW_COLUMNS
from zuji.terms.message import Message

WHO = {"duid": "d1", "eid": "0b6a7a4e-6a5e-4b1c-9d9a-000000000001", "dtm": "1795345727100"}
WHO_IMPORTED = {
    "domain_userid": "d1",
    "event_id": WHO["eid"],
    "derived_tstamp": "2026-11-22 11:08:47.100",
}
SCREEN = {"schema": "iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0", "data": {"name": "Home"}}
UNPACKED = json.dumps({"schema": "iglu:x/unstruct_event/jsonschema/1-0-0", "data": SCREEN})

ALIKE: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "structured": (
        {"e": "se", "se_ca": "shop", "se_ac": "add", "se_la": "tea", "se_pr": "pcs", "se_va": "2.5"},
        {"event": "struct", "event_name": "event", "se_category": "shop", "se_action": "add", "se_label": "tea",
         "se_property": "pcs", "se_value": "2.5"},
    ),
    "page view": ({"e": "pv"}, {"event": "page_view", "event_name": "page_view"}),
    "page ping": ({"e": "pp"}, {"event": "page_ping", "event_name": "page_ping"}),
    "order": (
        {"e": "tr", "tr_id": "o1", "tr_af": "web", "tr_tt": "129.5", "tr_tx": "9", "tr_sh": "5", "tr_cu": "CNY",
         "tr_ci": "杭州", "tr_st": "浙江", "tr_co": "CN"},
        {"event": "transaction", "event_name": "transaction", "tr_orderid": "o1", "tr_affiliation": "web",
         "tr_total": "129.5", "tr_tax": "9", "tr_shipping": "5", "tr_currency": "CNY", "tr_city": "杭州",
         "tr_state": "浙江", "tr_country": "CN"},
    ),
    "line of an order": (
        {"e": "ti", "ti_id": "o1", "ti_sk": "a", "ti_nm": "Tea", "ti_ca": "drinks", "ti_pr": "64.75", "ti_qu": "2",
         "ti_cu": "CNY"},
        {"event": "transaction_item", "event_name": "transaction_item", "ti_orderid": "o1", "ti_sku": "a",
         "ti_name": "Tea", "ti_category": "drinks", "ti_price": "64.75", "ti_quantity": "2", "ti_currency": "CNY"},
    ),
    "screen view": ({"e": "ue", "ue_pr": UNPACKED}, {"event": "unstruct", "event_name": "screen_view"}),
}  # fmt: skip
"""What a tracker sends, and the columns of its row in the export."""


def told(message: Message) -> tuple[str, str, str, str, dict[str, Any]]:
    properties = json.loads(bytes(message.properties))
    return message.type, message.event, message.anonymous_id, message.message_id, properties


@pytest.mark.parametrize("kind", sorted(ALIKE))
def test_an_event_is_the_same_live_and_imported(kind: str, tmp_path: Path) -> None:
    sent, row = ALIKE[kind]
    live = told(translate({**WHO, **sent}, key="k"))
    cells = {**WHO_IMPORTED, **row}
    line = "\t".join(cells.get(column, "") for column in SNOWPLOW_COLUMNS)
    [message] = messages_of(tmp_path, line + "\n", 'format = "snowplow"')
    imported = told(message)
    if kind == "screen view":  # what a self-describing event says of itself stays as the export has it
        live, imported = (*live[:4], {}), (*imported[:4], {})
    assert imported == live


def test_a_cell_falls_back_on_its_second_column_only_where_the_first_has_nothing(tmp_path: Path) -> None:
    mapping = """
    event = { column = "action", or_column = "name" }
    [identifiers]
    user_id = "who"
    """
    rows = "who,action,name\nu1,add,event\nu2,,page_ping\n"
    assert [message.event for message in messages_of(tmp_path, rows, mapping)] == ["add", "page_ping"]
