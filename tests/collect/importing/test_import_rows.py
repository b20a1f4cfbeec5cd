"""What the rows of a table become, cell by cell."""

from __future__ import annotations

import gzip
import json
import pickle
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_world import import_into, messages_of, order_for, spooled, written

from zuji.collect.importing.files import BadFile
from zuji.collect.importing.mapping import BadMapping, document_of_mapping, read_mapping
from zuji.collect.importing.record import ImportLedger
from zuji.collect.importing.run import try_import
from zuji.collect.importing.toml_text import toml_of

WHO = 'event.constant = "Bought"\nidentifiers.user_id = "who"\n'


def test_every_place_of_a_message_is_filled_by_its_cell(tmp_path: Path) -> None:
    mapping = """
        zone = "Asia/Shanghai"
        decimal = ","
        time = "at"
        event = { column = "what", values = { buy = "Order Completed" } }
        [identifiers]
        user_id = "who"
        phone = "phone"
        [properties]
        price = { column = "price", as = "number" }
        paid = { column = "paid", as = "boolean" }
        tags = { column = "tags", as = "json" }
        label = { template = "{what}-{who}" }
        currency = { constant = "CNY" }
        nothing = "empty"
        [context]
        page.url = "url"
        ip = { constant = "203.0.113.9" }
    """
    header = "who,phone,at,what,price,paid,tags,url,empty"
    row = '007,13912345678,2026-03-01 08:00:00,buy,"1.234,50",是,"[1, ""a""]",https://x.cn/?a=\\,'
    [message] = messages_of(tmp_path, f"{header}\n{row}\n", mapping)
    assert (message.type, message.event, message.user_id) == ("track", "Order Completed", "007")
    assert message.identifiers == (("phone", "13912345678"),)
    assert message.timestamp == "2026-03-01T00:00:00.000Z"
    assert bytes(message.properties) == (
        b'{"price":1234.50,"paid":true,"tags":[1,"a"],"label":"buy-007","currency":"CNY"}'
    )
    assert msgspec.json.decode(message.context) == {"page": {"url": "https://x.cn/?a=\\"}, "ip": "203.0.113.9"}


@settings(deadline=None)  # every example writes a spool, on whatever disk
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\r\n\x00\ufffd'), min_size=1))
def test_any_text_of_a_cell_arrives_as_it_is(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("text")
    [message] = messages_of(folder, f'who,note\nu1,"{text}"\n', WHO + 'properties.note = "note"')
    assert msgspec.json.decode(message.properties) == {"note": text}


@pytest.mark.parametrize(
    ("written_as", "formats", "zone", "moment"),
    [
        ("2026-11-21T08:00:00Z", [], "Asia/Shanghai", "2026-11-21T08:00:00.000Z"),
        ("2026-11-21 08:00:00.123456789", [], "Asia/Shanghai", "2026-11-21T00:00:00.123Z"),
        ("2019-10-01 00:00:00 UTC", [], "Asia/Shanghai", "2019-10-01T00:00:00.000Z"),
        ("2026-11-21T08:00:00+05:30", [], "UTC", "2026-11-21T02:30:00.000Z"),
        ("19970101", [], "America/New_York", "1997-01-01T05:00:00.000Z"),
        ("9-27-2016 16:33", ["%m-%d-%Y %H:%M:%S", "%m-%d-%Y %H:%M"], "UTC", "2016-09-27T16:33:00.000Z"),
        ("17/May/2015:10:05:03 +0200", ["%d/%b/%Y:%H:%M:%S %z"], "UTC", "2015-05-17T08:05:03.000Z"),
        ("1396437466.94", ["seconds"], "Asia/Shanghai", "2014-04-02T11:17:46.940Z"),
        ("1511544070000", ["milliseconds"], "Asia/Shanghai", "2017-11-24T17:21:10.000Z"),
        # The clock goes back: the first of the two half past twos.
        ("2026-10-25 02:30:00", [], "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
    ],
)
def test_times_are_read_as_they_are_written(
    tmp_path: Path, written_as: str, formats: list[str], zone: str, moment: str
) -> None:
    mapping = f'zone = "{zone}"\ntime = {{ column = "at", formats = {json.dumps(formats)} }}\n{WHO}'
    [message] = messages_of(tmp_path, f"who,at\nu1,{written_as}\n", mapping)
    assert message.timestamp == moment


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ("u1,soon,1,x", "bad_time", "time: at='soon'"),
        ("u1,2026-03-29 02:30:00,1,x", "bad_time", "time: at='2026-03-29 02:30:00'"),
        ("u1,,1,x", "no_time", "time: at=''"),
        ("u1,2026-01-01,1.2.3,x", "bad_number", "properties.price: price='1.2.3'"),
        ("u1,2026-01-01,0x10,x", "bad_number", "properties.price: price='0x10'"),
        (",2026-01-01,1,x", "no_identifier", "user_id: nothing in any of them"),
        ("u1,2026-01-01,1,", "no_event_name", "event: event=''"),
        ("u1,2026-01-01,1", "wrong_columns", "3 cells, the file has 4 columns"),
        ("u1,2026-01-01,1,x,y", "wrong_columns", "5 cells, the file has 4 columns"),
        (f"u1,2026-01-01,1,{'x' * 40_000}", "too_big", "the message has more than 32768 bytes, the most that its"),
    ],
)
def test_a_row_that_is_no_message_says_why_and_spoils_no_other(
    tmp_path: Path, row: str, reason: str, detail: str
) -> None:
    mapping = """
        zone = "Europe/Berlin"
        event = "event"
        time = "at"
        identifiers.user_id = "who"
        properties.price = { column = "price", as = "number" }
    """
    good = "u9,2026-01-01,1,x"
    tried = try_import(order_for(written(tmp_path, f"who,at,price,event\n{good}\n{row}\n{good}\n"), mapping))
    assert (tried.rows, tried.sent, tried.reasons) == (3, 2, {reason: 1})
    [bad] = tried.rejects
    assert (bad.number, bad.reason) == (2, reason)
    assert bad.detail.startswith(detail)


def test_bytes_that_are_no_text_cost_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("who,note\nu1,好\nu2,".encode() + b"\xff\xfe\nu3,x\n")
    tried = try_import(order_for(path, WHO + 'properties.note = "note"'))
    assert (tried.sent, tried.reasons) == (2, {"bad_encoding": 1})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "用户,备注\n张三,买了𠮷\n", encoding=encoding)
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    mapping = f'encoding = "{named}"\nevent.constant = "Bought"\nidentifiers.user_id = "用户"\nproperties.note = "备注"'
    import_into(tmp_path / "data", order_for(path, mapping))
    [message] = spooled(tmp_path / "data")
    assert (message.user_id, msgspec.json.decode(message.properties)) == ("张三", {"note": "买了𠮷"})


def test_archives_are_read_through_and_capped_when_inflated(tmp_path: Path) -> None:
    text = b"who\n" + b"u1\n" * 100_000
    packed, zipped = tmp_path / "rows.csv.gz", tmp_path / "rows.zip"
    packed.write_bytes(gzip.compress(text))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", text)
    for path in (packed, zipped):
        order = order_for(path, WHO)
        assert try_import(order).sent == 100_000
        capped = type(order)(**{**order.__dict__, "cap": 100_000})
        with pytest.raises(BadFile, match="inflates to more than 100,000 bytes"):
            try_import(capped)


def test_a_damaged_archive_and_an_open_quote_are_told_apart_from_bad_rows(tmp_path: Path) -> None:
    broken = tmp_path / "rows.csv.gz"
    broken.write_bytes(gzip.compress(b"who\nu1\n" * 10_000)[:-20])
    with pytest.raises(BadFile, match="damaged"):
        try_import(order_for(broken, WHO))
    with pytest.raises(BadFile, match="quot"):
        try_import(order_for(written(tmp_path, 'who\n"u1\n' + "u2\n" * 2_000_000), WHO))


def test_columns_set_apart_by_blanks_are_read(tmp_path: Path) -> None:
    mapping = 'delimiter = "whitespace"\n' + WHO + 'properties.n = { column = "n", as = "number" }'
    messages = messages_of(tmp_path, " who   n \n 0001  2\n 0002 \t 3  \n", mapping)
    assert [(one.user_id, bytes(one.properties)) for one in messages] == [("0001", b'{"n":2}'), ("0002", b'{"n":3}')]


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ('identifiers.user_id = "who"\nevnt = "x"', "unknown field `evnt`"),
        ('identifiers.user_id = "who"\nzone = "Mars"', "no such zone or encoding: 'Mars'"),
        ('identifiers.user_id = "who"\nevent = { column = "a", constant = "b" }', "exactly one of"),
        ('event = "a"', "`identifiers` is empty"),
        ('identifiers.user_id = "who"\ncolumns = ["a", "a"]', "names one column twice"),
        ("identifiers = ", "neither TOML nor JSON"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_by_name(mapping: str, complaint: str) -> None:
    with pytest.raises(BadMapping, match=complaint):
        read_mapping(mapping)


def test_a_column_that_the_file_lacks_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BadMapping, match=r"no column 'who'\. It has: 'a', 'b'"):
        import_into(data, order_for(written(tmp_path, "a,b\n1,2\n"), WHO))
    assert spooled(data) == []
    assert [one.state for one in ImportLedger(data).all("default")] == ["failed"]


def test_a_mapping_survives_being_written_and_read(tmp_path: Path) -> None:
    mapping = read_mapping(
        WHO + 'delimiter = "\\t"\nquote = ""\nmissing = ["", "-"]\n'
        'properties."价 格" = { column = "a\\"b", as = "number", values = { "x y" = "1" } }\ncontext.page.url = "u"'
    )
    assert read_mapping(toml_of(mapping)) == mapping


def test_a_mapping_is_the_same_one_in_another_process_and_with_defaults_written_out() -> None:
    mapping = read_mapping(WHO)
    assert document_of_mapping(pickle.loads(pickle.dumps(mapping))) == document_of_mapping(mapping)
    spelt_out = read_mapping(WHO + 'format = "csv"\nmissing = [""]\ntype.constant = "track"')
    assert document_of_mapping(spelt_out) == document_of_mapping(mapping)
