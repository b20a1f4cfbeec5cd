"""What is worked out for many rows at once is what the rule for one row says."""

from __future__ import annotations

from datetime import UTC
from random import Random
from typing import Any

import msgspec
import pytest
from clean_builders import a_message, clean, received

from zuji.clean.commerce import millionths_of, telling_of
from zuji.clean.identifiers import named_by, named_by_ids
from zuji.clean.times import NO_TIME, milliseconds, times_of
from zuji.terms.message import Scalar

NUMBERS: list[Any] = [
    0, 1, -3, 12, 999, 1000, 10**9, 2**70, 0.1, 19.99, 12.3456789, 999_999_999.9999999, 1e15, "3", " 2.5 ", "x", "",
    None, True, [1], 1e-7, 5.0,
]  # fmt: skip
TIMES: list[Scalar] = [
    "2026-05-28T20:26:40.000Z", "2024-02-29T23:59:59.999Z", "1969-12-31T23:59:59.001Z", "2026-02-30T00:00:00.000Z",
    "2026-05-28T20:26:60.000Z", "2026-05-28T24:00:00.000Z", "2026-5-028T20:26:39.123Z", "0999-05-28T20:26:39.123Z",
    "2026-05-28T20:26:39.5Z", "2026-05-28 20:26:39", "2026-05-28T20:26:39.123+08:00", "1780000000", "soon", "",
    1_780_000_000_000, 1_780_000_000, None,
]  # fmt: skip
IDS = [
    "", "u1", " u3 ", "null", "NULL", "0", "00", "0000-0000", "05x", "é", "Ａ", "x" * 256, "x" * 257, "a b", "a\tb",
    "x\x7f", "x\n", "true", "13800138000", "~z", "/", "1",
]  # fmt: skip


def test_the_amount_of_each_row_is_that_of_its_properties_alone() -> None:
    chance = Random(1)
    names = ("price", "quantity", "revenue", "value", "other")
    rows = [
        {name: chance.choice(NUMBERS) for name in chance.sample(names, chance.randrange(len(names)))}
        for _ in range(2_000)
    ]
    frame = clean(*(received(a_message(properties=row), position=n) for n, row in enumerate(rows))).frame
    found = [None if amount is None else int(amount.scaleb(6)) for amount in frame["amount"].to_list()]
    telling = [telling_of(row) for row in rows]
    assert found == [
        None if names is None else millionths_of(row, names) for row, names in zip(rows, telling, strict=True)
    ]
    assert sum(amount is not None for amount in found) > 500


def test_times_of_the_usual_form_are_read_together_as_one_by_one() -> None:
    one_by_one = [milliseconds(value, UTC) for value in TIMES]
    found = times_of(TIMES, [UTC], [0] * len(TIMES)).tolist()
    assert found == [NO_TIME if at is None else at for at in one_by_one]


@pytest.mark.parametrize("user_id", IDS)
def test_usual_ids_are_named_as_any_pairs_are(user_id: str) -> None:
    for anonymous_id in IDS:  # the slow way judges every pair
        claimed = (("user_id", user_id),) if user_id else ()
        anonymous = (("anonymous_id", anonymous_id),) if anonymous_id else ()
        assert named_by_ids(user_id, anonymous_id, "CN", "public") == named_by(
            claimed, (), anonymous, (), "CN", "public"
        )


@pytest.mark.parametrize("bad", [b"[1]", b'"x"', b'{"a":1e400}', b'{"k":"\\ud83d"}'])
def test_one_message_that_cannot_be_read_spoils_no_other(bad: bytes) -> None:
    good = [received(a_message(properties={"b": n, "a": [n]}), position=n) for n in range(300)]
    broken = received(msgspec.structs.replace(a_message(), properties=msgspec.Raw(bad)), position=300)
    cleaned = clean(*good[:280], broken, *good[280:])
    assert [(each.index, each.reason) for each in cleaned.rejections] == [(280, "wrong_field_type")]
    assert cleaned.frame["properties"].to_list() == [f'{{"a":[{n}],"b":{n}}}' for n in range(300)]
