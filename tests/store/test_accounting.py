"""The accounts: figures by minute, and the same summed up since the beginning."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

from zuji.store import accounting, hot
from zuji.store.accounting import TERMS, Account, Ledger, key_of
from zuji.store.hot import HotStore


def a_ledger(chance: Random) -> Ledger:
    """The figures of some batch."""
    ledger = Ledger()
    for term in TERMS:
        workspaces, sources, minutes = ("a", "b"), ("web", "app"), range(3)
        keys = [
            key_of(chance.choice(workspaces), chance.choice(sources), chance.choice(minutes) * 60_000) for _ in range(9)
        ]
        ledger.count(term, keys)
    return ledger


def test_what_was_counted_since_the_beginning_is_the_sum_of_all_minutes(tmp_path: Path) -> None:
    chance = Random(1)
    expected: Counter[str] = Counter()
    with closing(HotStore(tmp_path / "hot.sqlite")) as store:
        for _ in range(20):
            ledger = a_ledger(chance)
            expected.update({term: counter.total() for term, counter in ledger.counts.items()})
            with store.write() as connection:
                accounting.add(connection, ledger.counts)
        with store.read() as connection:
            assert accounting.overall(connection) == Account(**expected)
            for workspace in ("a", "b"):
                minutes = accounting.per_minute(
                    connection, workspace, source=None, from_ms=None, to_ms=None, limit=1_000
                )
                for source, total in accounting.per_source(connection, workspace).items():
                    figures = [figures for name, _, figures in minutes if name == source]
                    sums = {term: sum(getattr(account, term) for account in figures) for term in TERMS}
                    assert total == Account(**sums)


def test_nothing_counted_is_nothing(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as store, store.read() as connection:
        assert accounting.overall(connection) == Account()


def test_accounts_from_before_there_were_totals_are_summed_up_once(tmp_path: Path) -> None:
    file = tmp_path / "hot.sqlite"
    HotStore(file).close()
    with closing(sqlite3.connect(file)) as old:
        old.execute("DROP TABLE accounting_total")
        old.execute("DELETE FROM applied_migration WHERE name = '0006_accounting_total.sql'")
        old.execute("INSERT INTO accounting (workspace, source, minute, accepted, stored) VALUES ('a', 'web', 0, 3, 2)")
        old.execute("INSERT INTO accounting (workspace, source, minute, accepted, stored) VALUES ('a', 'web', 1, 4, 4)")
        old.commit()
        assert hot.migrate(old, file) == ["0006_accounting_total.sql"]
        assert accounting.per_source(old, "a") == {"web": Account(accepted=7, stored=6)}
