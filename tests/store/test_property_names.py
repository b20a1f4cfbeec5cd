"""Property names are written with the batch that brings them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames


def test_names_written_with_a_batch_are_known_after_a_restart(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        names = PropertyNames(hot)
        names.note(("w", "s", "E", "a", "b"), ["a", "b"], 7)
        with hot.write() as connection:
            names.save(connection)
        again = PropertyNames(hot)
        assert again.knows_all(("w", "s", "E", "b", "a"))
        assert not again.knows_all(("w", "s", "F", "a"))
        assert (again.brought_on("w", "s", 7), again.brought_on("w", "s", 8)) == (2, 0)


def test_names_of_a_rolled_back_batch_are_written_with_the_next(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        names = PropertyNames(hot)
        names.note(("w", "s", "E", "a"), ["a"], 7)
        with hot.write() as connection:
            connection.execute("SAVEPOINT batch")
            names.save(connection)
            connection.execute("ROLLBACK TO batch")
        with hot.write() as connection:
            names.save(connection)
        assert PropertyNames(hot).knows_all(("w", "s", "E", "a"))


def test_names_that_are_not_new_are_written_once(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        names = PropertyNames(hot)
        names.note(("w", "s", "E", "a"), ["a"], 7)
        for _ in range(3):
            with hot.write() as connection:
                names.save(connection)
        with hot.read() as connection:
            assert connection.execute("SELECT count(*) FROM property_name").fetchone() == (1,)
