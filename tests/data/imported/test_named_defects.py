"""The report before an import names the real defects of each public data set, as often as a plain script counts them.

The scripts know nothing of zuji. What a set's own description calls odd stands in the name of its test.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from zuji.cli.import_report import tried_with_report, write_report
from zuji.collect.importing.mapping import load_mapping, read_mapping
from zuji.collect.importing.run import Order
from zuji.terms.source import Source

pytestmark = pytest.mark.data

MAPPINGS = Path(__file__).parent / "mappings"
NOW_MS = 1_780_000_000_000
SHANGHAI = timezone(timedelta(hours=8))
LARGEST = 32_768
CRAWLER = re.compile("bot|spider|crawl|slurp", re.IGNORECASE)
SPRING = datetime(2017, 3, 12)  # noqa: DTZ001  # a wall clock, as the file has them
NOBODY = Source(id="", workspace="", name="file")


def reported(path: Path, mapping: str, *, replace: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """The report of a dry run, as plain values."""
    text = (MAPPINGS / f"{mapping}.toml").read_text(encoding="utf-8")
    read = read_mapping(text.replace(*replace)) if replace[0] else load_mapping(MAPPINGS / f"{mapping}.toml")
    order = Order(path=path, name=path.name, mapping=read, source=NOBODY, own_source=True)
    _, report = tried_with_report(order, now_ms=NOW_MS)
    told: dict[str, Any] = msgspec.to_builtins(report)
    return told


def rows_of(path: Path, *, delimiter: str = ",") -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter=delimiter))


def lines_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(lines)


def causes(report: dict[str, Any]) -> dict[tuple[str, str], int]:
    """How often each cause was found, of whatever event: (cause, property) -> times."""
    found: Counter[tuple[str, str]] = Counter()
    for one in report["quality"]["causes"]:
        found[one["cause"], one["property"]] += one["found"]
    return dict(found)


def empties(report: dict[str, Any]) -> dict[str, int]:
    """Rows that leave a field empty, of whatever event."""
    found: Counter[str] = Counter()
    for one in report["contents"]["fields"]:
        found[one["field"]] += one["empty"]
    return {name: rows for name, rows in found.items() if rows}


def test_taobao_has_a_few_rows_outside_its_nine_days_and_ends_in_a_row_cut_off(data_sets: Path) -> None:
    path = data_sets / "taobao_userbehavior" / "UserBehavior.csv.gz"
    rows = rows_of(path)
    whole = [row for row in rows if len(row) == 5]
    days = [datetime.fromtimestamp(int(row[4]), SHANGHAI).date() for row in whole]
    outside = [day for day in days if not date(2017, 11, 25) <= day <= date(2017, 12, 3)]
    report = reported(path, "taobao")
    assert report["contents"]["stray"] == len(outside)
    assert report["contents"]["stray_days"] == sorted({day.isoformat() for day in outside})
    assert report["reasons"] == {"wrong_columns": len(rows) - len(whole)}
    assert len(outside) > 30
    assert len(rows) - len(whole) == 1


def test_rees46_lacks_categories_and_brands_and_sells_more_than_is_put_into_carts(data_sets: Path) -> None:
    path = data_sets / "rees46_multicat_sample" / "2019-Oct.csv.gz"
    _, *lines = rows_of(path)
    rows = [line for line in lines if len(line) == 9]
    kinds = Counter(row[1] for row in rows)
    report = reported(path, "rees46")
    missing = empties(report)
    assert missing["category"] == sum(not row[4] for row in rows)
    assert missing["brand"] == sum(not row[5] for row in rows)
    assert missing["category"] > 5_000 > missing["brand"] > 2_000
    events = report["contents"]["events"]
    assert events == {
        "Product Viewed": kinds["view"], "Order Completed": kinds["purchase"], "Product Added": kinds["cart"],
    }  # fmt: skip
    assert events["Order Completed"] > events["Product Added"]
    # The last line is cut off. No time is refused: ending with UTC is how this shop writes them.
    assert report["reasons"] == {"wrong_columns": len(lines) - len(rows)}
    assert len(lines) - len(rows) == 1


def test_yoochoose_keeps_its_fractions_of_a_second_and_has_nothing_to_name(data_sets: Path) -> None:
    path = data_sets / "yoochoose_clicks_100k" / "yoochoose-clicks-100k_test.tsv.gz"
    _, *rows = rows_of(path, delimiter="\t")
    report = reported(path, "yoochoose")
    times = sorted(round(float(row[2]) * 1000) for row in rows)
    first, last = (datetime.fromisoformat(report["contents"][name]) for name in ("first", "last"))
    assert [round(at.timestamp() * 1000) for at in (first, last)] == [times[0], times[-1]]
    assert any(at % 1000 for at in (times[0], times[-1]))
    # Sessions of one click were taken out by those who prepared the file: nobody can name what is not there.
    assert min(Counter(row[0] for row in rows).values()) == 2
    assert (report["reasons"], report["rows"]) == ({}, len(rows))
    assert empties(report) == {}


def test_dunnhumby_knows_a_third_of_its_households_by_more_than_a_number(data_sets: Path) -> None:
    folder = data_sets / "dunnhumby_complete_journey"
    told = pq.read_table(folder / "demographics.parquet").to_pylist()
    report = reported(folder / "demographics.parquet", "dunnhumby_demographics")
    assert (report["rows"], report["contents"]["events"]) == (len(told), {"identify": len(told)})
    columns = {"home_ownership": "home_ownership", "marital_status": "marital_status"}
    expected = {name: sum(row[column] is None for row in told) for name, column in columns.items()}
    assert {name: empties(report).get(name, 0) for name in columns} == expected
    assert sum(expected.values()) > 0


def test_dunnhumby_has_receipts_of_an_hour_that_american_clocks_skip(data_sets: Path, tmp_path: Path) -> None:
    folder = data_sets / "dunnhumby_complete_journey"
    day = tmp_path / "day.parquet"
    for part in sorted(folder.glob("transactions_p*.parquet")):
        table = pq.read_table(part)
        at = table["transaction_timestamp"]
        wanted = pc.and_(pc.greater_equal(at, SPRING), pc.less(at, SPRING + timedelta(days=1)))
        if (found := table.filter(wanted)).num_rows:
            pq.write_table(found, day)
            break
    skipped = sum(moment.hour == 2 for moment in pq.read_table(day)["transaction_timestamp"].to_pylist())
    report = reported(day, "dunnhumby", replace=("Etc/GMT+5", "America/New_York"))
    assert report["reasons"] == {"bad_time": skipped}
    assert skipped > 0
    assert reported(day, "dunnhumby")["reasons"] == {}


def test_cdnow_has_orders_worth_nothing_and_several_of_one_customer_on_a_day(data_sets: Path) -> None:
    path = data_sets / "cdnow" / "CDNOW_master.txt.gz"
    rows = [line.split() for line in lines_of(path)[1:] if line.strip()]
    report = reported(path, "cdnow")
    [total] = [one for one in report["contents"]["fields"] if one["field"] == "total"]
    assert total["zero"] == sum(float(row[3]) == 0 for row in rows)
    assert report["contents"]["same_moment"] == len(rows) - len({(row[0], row[1]) for row in rows})
    assert report["contents"]["alike"] == len(rows) - len({tuple(row) for row in rows})
    assert min(total["zero"], report["contents"]["same_moment"], report["contents"]["alike"]) > 10


def test_the_fixtures_of_rudder_repeat_ids_and_lack_people_names_and_times(data_sets: Path) -> None:
    path = data_sets / "rudder_event_fixtures" / "messages.ndjson.gz"
    messages = [json.loads(line)["message"] for line in lines_of(path)]
    seen: set[str] = set()
    expected: Counter[str] = Counter()
    for message in messages:
        if (name := message.get("messageId")) in seen:
            expected["duplicate"] += 1
            continue
        seen |= {name} if name else set()
        if not message.get("userId") and not message.get("anonymousId"):
            expected["no_identifier"] += 1
        elif message["type"].lower() == "track" and not message.get("event") and not message.get("name"):
            expected["no_event_name"] += 1
        elif len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()) > LARGEST:
            expected["event_too_big"] += 1
        elif not message.get("originalTimestamp") and not message.get("timestamp"):
            expected["no_time"] += 1
    report = reported(path, "rudder")
    found = causes(report)
    assert {name: found.get((name, "")) for name in expected} == expected
    assert min(expected.values()) > 0
    # A type that begins with a capital is the type: none of these is refused for it.
    assert sum(message["type"] != message["type"].lower() for message in messages) == 13
    assert ("unknown_type", "") not in found


def test_snowplow_has_two_rows_with_columns_missing(data_sets: Path) -> None:
    path = data_sets / "snowplow_events_dev" / "snowplow_enriched_events.tsv.gz"
    widths = Counter(len(line.rstrip("\n").split("\t")) for line in lines_of(path))
    report = reported(path, "snowplow")
    assert report["reasons"] == {"wrong_columns": widths[129] + widths[130]}
    assert (report["rejected"], report["sent"]) == (2, widths[131])


def test_the_access_log_has_a_line_cut_off_lines_without_an_agent_and_crawlers(data_sets: Path, tmp_path: Path) -> None:
    path = data_sets / "apache_semicomplete_10k" / "apache_logs.log.gz"
    lines = lines_of(path)
    whole = [line for line in lines if line.rstrip().endswith('"')]
    agents = [line.rstrip().rsplit('" "', 1)[1].removesuffix('"') for line in whole]
    report = reported(path, "apache")
    assert report["reasons"] == {"wrong_columns": len(lines) - len(whole)}
    assert empties(report)["context.userAgent"] == agents.count("-") > 100
    assert empties(report)["bytes"] == sum(bool(re.search(r'" \d{3} - "', line)) for line in whole)
    crawling = [line for line, agent in zip(whole, agents, strict=True) if CRAWLER.search(agent)]
    assert sum(report["contents"]["robots"].values()) >= len(crawling) > 1_000
    alone = tmp_path / "crawlers.log"
    alone.write_text("".join(crawling), encoding="utf-8")
    assert sum(reported(alone, "apache")["contents"]["robots"].values()) == len(crawling)


def test_the_support_texts_have_no_time(data_sets: Path) -> None:
    path = data_sets / "bitext_support_intents" / "Bitext_Sample_Customer_Service_Training_Dataset.csv.gz"
    _, *rows = rows_of(path)
    report = reported(path, "bitext")
    assert causes(report)["no_time", ""] == len(rows)
    assert empties(report)["entity_value"] == sum(not row[3] for row in rows)
    assert report["contents"]["first"] is None


def test_the_beacons_are_mostly_not_heard_and_both_ways_of_writing_a_date_are_read(data_sets: Path) -> None:
    path = data_sets / "ibeacon_rssi_uci" / "iBeacon_RSSI_Labeled.csv.gz"
    header, *rows = rows_of(path)
    report = reported(path, "ibeacon")
    silent = {name: sum(row[place] == "-200" for row in rows) for place, name in enumerate(header) if place > 1}
    assert empties(report) == silent
    assert len({len(row[1].split(" ")[0]) for row in rows}) > 1, "10-18-2016 and 9-27-2016"
    assert report["reasons"] == {}


def test_the_page_of_the_report_says_it_too(data_sets: Path, tmp_path: Path) -> None:
    path = data_sets / "snowplow_events_dev" / "snowplow_enriched_events.tsv.gz"
    order = Order(
        path=path, name=path.name, mapping=load_mapping(MAPPINGS / "snowplow.toml"), source=NOBODY, own_source=True
    )
    _, report = tried_with_report(order, now_ms=NOW_MS)
    page = tmp_path / "report.html"
    write_report(report, page)
    text = page.read_text(encoding="utf-8")
    assert "What stands in the file" in text
    assert "Fields left empty or zero" in text
