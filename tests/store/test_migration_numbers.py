"""The numbers of migrations: each is given once, so that two changes made side by side cannot pass each other by."""

from __future__ import annotations

from pathlib import Path

import pytest

import zuji.store

MIGRATIONS = Path(zuji.store.__file__).parent / "migrations"


@pytest.mark.parametrize("files", ["events/*.sql", "hot/*.sql", "meta/versions/[0-9]*.py"])
def test_migrations_of_a_store_are_numbered_without_gap_or_repeat(files: str) -> None:
    numbers = sorted(int(file.name.partition("_")[0]) for file in MIGRATIONS.glob(files))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 5
