"""Ten public data sets imported by a mapping each: what comes of every row is what a plain script says.

The scripts know nothing of zuji: they read a file with the standard library and count.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from servers import RunningServer, zuji_json
from zuji.collect.importing.mapping import load_mapping
from zuji.collect.importing.run import Order, try_import
from zuji.terms.source import Source

pytestmark = pytest.mark.data

MAPPINGS = Path(__file__).parent / "mappings"


@dataclass(frozen=True)
class Count:
    """What a file should give: rows, rejects by reason, messages by their event, and how many of those are distinct."""

    rejects: dict[str, int]
    events: dict[str, int]
    distinct: int

    @property
    def sent(self) -> int:
        return sum(self.events.values())


def of_rows(rows: list[tuple[str, tuple[str, ...]]], **rejects: int) -> Count:
    """Rows as (event, content): equal ones are rows of their own."""
    return Count(rejects, dict(Counter(event for event, _ in rows)), len(rows))


def table(path: Path, *, delimiter: str = ",", header: bool = True) -> tuple[list[list[str]], int]:
    """The rows that have all their cells, and how many have not."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=delimiter))
    good = [row for row in rows if len(row) == len(rows[0])]
    return good[header:], len(rows) - len(good)


def taobao(path: Path) -> Count:
    names = {"pv": "Product Viewed", "cart": "Product Added", "fav": "Product Added to Wishlist"}
    rows, broken = table(path, header=False)
    return of_rows([(names.get(row[3], "Order Completed"), tuple(row)) for row in rows], wrong_columns=broken)


def rees46(path: Path) -> Count:
    names = {"view": "Product Viewed", "cart": "Product Added", "purchase": "Order Completed"}
    rows, broken = table(path)
    return of_rows([(names[row[1]], tuple(row)) for row in rows], wrong_columns=broken)


def yoochoose(path: Path) -> Count:
    rows, _ = table(path, delimiter="\t")
    return of_rows([("Product Viewed", tuple(row)) for row in rows])


def dunnhumby(path: Path) -> Count:
    rows = pq.read_table(path, columns=["household_id", "basket_id", "product_id"]).to_pylist()
    return Count({}, {"Product Bought": len(rows)}, len({tuple(row.values()) for row in rows}))


def cdnow(path: Path) -> Count:
    with gzip.open(path, "rt") as lines:
        rows = [tuple(line.split()) for line in lines][1:]
    return of_rows([("Order Completed", row) for row in rows if row])


def apache(path: Path) -> Count:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(lines)
    # The combined format ends with the quoted agent; one line of the set is cut off in it.
    good = [line for line in rows if line.rstrip().endswith('"')]
    return of_rows([("Page Requested", (line,)) for line in good], wrong_columns=len(rows) - len(good))


def snowplow(path: Path) -> Count:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    good = [row for row in rows if len(row) == 131]
    return Count(
        {"wrong_columns": len(rows) - len(good)},
        dict(Counter(row[127] for row in good)),
        len({row[6] for row in good}),
    )


def bitext(path: Path) -> Count:
    rows, _ = table(path)
    return of_rows([("Support Asked", tuple(row)) for row in rows])


def ibeacon(path: Path) -> Count:
    rows, _ = table(path)
    return of_rows([("Beacons Heard", tuple(row)) for row in rows])


SETS: dict[str, tuple[str, Callable[[Path], Count]]] = {
    "taobao": ("taobao_userbehavior/UserBehavior.csv.gz", taobao),
    "rees46": ("rees46_multicat_sample/2019-Oct.csv.gz", rees46),
    "yoochoose": ("yoochoose_clicks_100k/yoochoose-clicks-100k_test.tsv.gz", yoochoose),
    "dunnhumby": ("dunnhumby_complete_journey/transactions_p01.parquet", dunnhumby),
    "cdnow": ("cdnow/CDNOW_master.txt.gz", cdnow),
    "snowplow": ("snowplow_events_dev/snowplow_enriched_events.tsv.gz", snowplow),
    "apache": ("apache_semicomplete_10k/apache_logs.log.gz", apache),
    "bitext": ("bitext_support_intents/Bitext_Sample_Customer_Service_Training_Dataset.csv.gz", bitext),
    "ibeacon": ("ibeacon_rssi_uci/iBeacon_RSSI_Labeled.csv.gz", ibeacon),
}
STORED = ("snowplow", "ibeacon")
"""Those that a server takes in here as well: the others take it a while and show nothing new."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("imported") / "data") as running:
        yield running


def command(name: str, data_sets: Path) -> tuple[str, ...]:
    return ("import", str(data_sets / SETS[name][0]), "--mapping", str(MAPPINGS / f"{name}.toml"))


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_dry_run_counts_what_a_plain_script_counts(name: str, data_sets: Path) -> None:
    expected = SETS[name][1](data_sets / SETS[name][0])
    nobody = Source(id="", workspace="", name="")
    mapping = load_mapping(MAPPINGS / f"{name}.toml")
    path = data_sets / SETS[name][0]
    tried = try_import(Order(path=path, name=path.name, mapping=mapping, source=nobody, own_source=True))
    assert tried.reasons == {reason: count for reason, count in expected.rejects.items() if count}
    assert tried.sent == expected.sent
    assert tried.rows == tried.sent + tried.rejected


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_is_what_the_file_says_also_the_second_time(
    name: str, server: RunningServer, data_sets: Path
) -> None:
    expected = SETS[name][1](data_sets / SETS[name][0])
    for _ in range(2):
        done = zuji_json(*command(name, data_sets), "--source", name, "--data", str(server.data))
        assert done["sent"] == expected.sent
    source = done["source"]
    stored = server.get("events/count", source=source)["count"]
    assert stored == expected.distinct
    account = server.get("accounting")["by_source"][source]
    assert (account["accepted"], account["stored"]) == (2 * expected.sent, expected.distinct)
    assert account["duplicate"] == account["accepted"] - account["stored"]


def test_an_export_in_segment_form_is_taken_like_the_calls_it_was(server: RunningServer, data_sets: Path) -> None:
    path = data_sets / "rudder_event_fixtures" / "messages.ndjson.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        messages = [json.loads(line)["message"] for line in lines]
    arguments = ("import", str(path), "--mapping", str(MAPPINGS / "rudder.toml"), "--source", "rudder")
    done = zuji_json(*arguments, "--data", str(server.data))
    assert (done["rows"], done["rejected"]) == (1500, 0)
    server.count()
    first = server.get("accounting")["by_source"][done["source"]]
    zuji_json(*arguments, "--data", str(server.data))
    server.count()
    second = server.get("accounting")["by_source"][done["source"]]
    named = {str(message["messageId"]) for message in messages if message.get("messageId")}
    unnamed = sum(not message.get("messageId") for message in messages)
    # What has an id counts once, what has none is a row of its own; both also when they are imported again.
    assert first["stored"] + first["quarantined"] == len(named) + unnamed
    assert (second["stored"], second["quarantined"]) == (first["stored"], first["quarantined"])
    assert second["duplicate"] == first["duplicate"] + 1500
