"""The tags to start with, on two real shops: what each says of everybody is what a plain script over the file says.

A part of each file goes through its import mapping, the spool and the engine into the event store; then every rule of
the starter set is asked of history as of a moment before the file's end, so that nothing later may count.

What makes no sense on these files is known, and tested to say nothing rather than something wrong:

- Neither knows devices, places, languages, campaigns, searches, coupons typed in, promotions or chats, so the tags of
  these say nothing. `preferred_channel` and `accepts_marketing` say what the import's source says, not the file: the
  one channel of whoever was there lately, and yes. `known_by` is `account` for all: who has none is not in the files.
- Taobao's part has no prices. Tags of money say nothing; `spent_this_year` says 0 of whoever ordered, and `rfm_group`
  knows no champions and no big spenders, only how often somebody ordered. `price_sensitivity` calls repeated buyers
  `low`, since no order is known to have had a discount: that is silence of the file, not a trait of these people.
  It spans nine days, so nobody is silent or lost, no churn risk is above `low`, and windows of 14 days and more
  differ from `ever` only by the few stray rows of earlier months.
- Dunnhumby's are the receipts of tills: nobody looks, adds or wishes, so the tags of intent say nothing. Its lines
  alone (`Product Bought`) make everybody a `visitor` without orders: a till must send its receipts as orders, and here
  it does. Amounts are dollars, the bounds of the tiers are yuan: true to the rule, but a shop in dollars would change
  them. Almost every household has had a discount twice, so `price_sensitivity` tells few of them apart.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tagged import plainly
from tagged.imported_shop import RULES, Moment, Said, engine_with, said_of_everybody
from tagged.plainly import BROWSING, EVERYWHERE, SPENDING, Person, Row, Script, person_of

pytestmark = pytest.mark.data

TAOBAO_USERS, HOUSEHOLDS = 100, 40
SHANGHAI, TILLS = "Asia/Shanghai", "Etc/GMT+5"
NAMES = {"pv": plainly.VIEWED, "cart": plainly.ADDED, "fav": plainly.WISHED, "buy": plainly.ORDERED}
SAME_FOR_ALL = {"known_by": "account", "accepts_marketing": True}


@dataclass(frozen=True)
class Compared:
    """What the product says of a shop's people, and these people by the rows of the file."""

    said: Said
    people: dict[str, Person]

    def of(self, key: str) -> dict[str, Any]:
        """Everybody's value of a tag, of those who have one."""
        return {user: values[key] for user, values in self.said.items() if key in values}

    def plainly(self, script: Script) -> dict[str, Any]:
        """The same by the script."""
        values = {user: script(person) for user, person in self.people.items()}
        return {user: value for user, value in values.items() if value not in (None, [])}


@pytest.fixture(scope="module")
def taobao(data_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The first hundred people of the file, as of nine in the evening of Saturday, 2 December 2017."""
    folder = tmp_path_factory.mktemp("tagged_taobao")
    lines = list(lines_of_the_first(data_sets / "taobao_userbehavior" / "UserBehavior.csv.gz", TAOBAO_USERS))
    file = folder / "first.csv"
    file.write_text("".join(lines), "ascii")
    rows = (
        (user, Row(int(at), NAMES[behaviour], product, category))
        for user, product, category, behaviour, at in csv.reader(lines)
    )
    return compared(folder, {file: "taobao"}, rows, datetime(2017, 12, 2, 21, tzinfo=ZoneInfo(SHANGHAI)))


@pytest.fixture(scope="module")
def dunnhumby(data_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The forty households with the smallest numbers, a year of lines and receipts, as of noon of 1 October 2017."""
    folder = tmp_path_factory.mktemp("tagged_dunnhumby")
    lines = lines_of_households(data_sets / "dunnhumby_complete_journey")
    receipts = receipts_of(lines)
    files = {folder / "lines.parquet": "dunnhumby", folder / "receipts.parquet": "dunnhumby_receipts"}
    for file, table in zip(files, (lines, receipts), strict=True):
        pq.write_table(table, file)
    rows = [*rows_of(lines, "Product Bought"), *rows_of(receipts, plainly.ORDERED)]
    return compared(folder, files, rows, datetime(2017, 10, 1, 12, tzinfo=ZoneInfo(TILLS)))


def compared(folder: Path, files: dict[Path, str], rows: Iterable[tuple[str, Row]], at: datetime) -> Compared:
    own: dict[str, list[Row]] = defaultdict(list)
    for user, row in rows:
        own[user].append(row)
    now, zone = int(at.timestamp()), str(at.tzinfo)
    people = {user: person_of(mine, now=now, zone=zone) for user, mine in own.items()}
    with engine_with(folder / "data", files) as world:
        said = said_of_everybody(world, Moment(now * 1000, zone))
    return Compared(said, {user: person for user, person in people.items() if person.rows})


def lines_of_the_first(path: Path, users: int) -> Iterator[str]:
    """The file is in the order of its users."""
    seen: set[str] = set()
    with gzip.open(path, "rt", encoding="ascii") as lines:
        for line in lines:
            seen.add(line.partition(",")[0])
            if len(seen) > users:
                return
            yield line


def lines_of_households(folder: Path) -> pa.Table:
    """What they bought, line by line; the smallest numbers are those up to 40, and everybody of them is there."""
    few = [("household_id", "<=", HOUSEHOLDS)]
    return pa.concat_tables(pq.read_table(path, filters=few) for path in sorted(folder.glob("transactions_p0*")))


def receipts_of(lines: pa.Table) -> pa.Table:
    """A row for each receipt: its amount, and what was taken off. All lines of one have one time and one store."""
    summed = lines.append_column("off", pc.add(lines["retail_disc"], lines["coupon_disc"]))
    keys = ["household_id", "basket_id", "store_id", "transaction_timestamp"]
    found = summed.group_by(keys).aggregate([("sales_value", "sum"), ("off", "sum")])
    amount, discount = (pc.round(found[name], 2) for name in ("sales_value_sum", "off_sum"))
    return found.select(keys).append_column("amount", amount).append_column("discount", discount)


def rows_of(table: pa.Table, name: str) -> Iterator[tuple[str, Row]]:
    zone = ZoneInfo(TILLS)
    for one in table.to_pylist():
        at = int(one["transaction_timestamp"].replace(tzinfo=zone).timestamp())
        micros = round(one.get("amount", 0) * 1_000_000)
        yield str(one["household_id"]), Row(at, name, micros=micros, discount=one.get("discount", 0))


def told(scripts: tuple[Script, ...]) -> set[str]:
    return {script.__name__ for script in scripts}


@pytest.mark.parametrize("script", EVERYWHERE + BROWSING, ids=lambda script: script.__name__)
def test_taobao_people_have_the_tags_a_plain_script_gives_them(script: Script, taobao: Compared) -> None:
    expected = taobao.plainly(script)
    assert taobao.of(script.__name__) == expected
    assert expected, "a script that finds nobody would prove nothing"


@pytest.mark.parametrize("script", EVERYWHERE + SPENDING, ids=lambda script: script.__name__)
def test_dunnhumby_households_have_the_tags_a_plain_script_gives_them(script: Script, dunnhumby: Compared) -> None:
    expected = dunnhumby.plainly(script)
    assert dunnhumby.of(script.__name__) == expected
    assert expected, "a script that finds nobody would prove nothing"


def test_of_taobao_no_other_tag_says_anything_but_what_is_true_of_everybody(taobao: Compared) -> None:
    """Of what has no ground in the file: nothing. Whoever ordered spent 0, for there are no prices."""
    nobody = {one.key for one in RULES} - told(EVERYWHERE + BROWSING) - {"ready_to_buy", "spent_this_year"}
    ordered = dict.fromkeys(taobao.of("orders"), 0)
    assert {key: taobao.of(key) for key in nobody} == {
        key: dict.fromkeys(taobao.people, SAME_FOR_ALL[key]) if key in SAME_FOR_ALL else {} for key in nobody
    }
    assert taobao.of("spent_this_year") == ordered
    assert taobao.of("ready_to_buy") == taobao.of("high_intent_now")


def test_of_dunnhumby_no_other_tag_says_anything_but_what_is_true_of_everybody(dunnhumby: Compared) -> None:
    segments = {"valuable_and_leaving", "discount_lovers"}
    nobody = {one.key for one in RULES} - told(EVERYWHERE + SPENDING) - segments
    assert {key: dunnhumby.of(key) for key in nobody} == {
        key: dict.fromkeys(dunnhumby.people, SAME_FOR_ALL[key]) if key in SAME_FOR_ALL else {} for key in nobody
    }
    high, active = dunnhumby.of("price_sensitivity"), dunnhumby.of("activity")
    lovers = {user for user, value in high.items() if value == "high" and active[user] != "none"}
    assert dunnhumby.of("discount_lovers").keys() == lovers


@pytest.mark.parametrize("shop", ["taobao", "dunnhumby"])
def test_what_differs_between_people_is_told_apart(shop: str, request: pytest.FixtureRequest) -> None:
    """Sensible is what tells people apart: these tags have more than one value, and no value but one is everybody's."""
    found: Compared = request.getfixturevalue(shop)
    tells = {"lifecycle_stage": 2, "activity": 2, "preferred_hour": 5, "day_part": 3, "rfm_group": 2, "orders": 5}
    counted = {key: Counter(map(str, found.of(key).values())) for key in tells}
    assert {key: len(values) >= tells[key] for key, values in counted.items()} == dict.fromkeys(tells, True), counted
