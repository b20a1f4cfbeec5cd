"""Importing again, after an end or after a kill, changes nothing; what is mended comes in."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from import_world import SHOP, effects_in, import_into, order_for, spooled, written

from zuji.collect.importing.occurrences import Occurrences
from zuji.collect.importing.record import Import, ImportLedger
from zuji.collect.importing.rejects import escaped
from zuji.collect.importing.run import run_import
from zuji.terms.error import Conflict

WHO = 'event.constant = "Bought"\nidentifiers.user_id = "who"\nproperties.n = { column = "n", as = "number" }\n'
HERE = Path(__file__).parent


def rows(count: int) -> str:
    """A table of several chunks, with repeats and with rows that are none."""
    lines = [f"u{number % 1000},{number % 7}" if number % 5_000 else f"u{number},bad,one" for number in range(count)]
    return "who,n\n" + "\n".join(lines) + "\n"


def test_equal_rows_are_told_apart_by_their_order_and_keep_their_ids(tmp_path: Path) -> None:
    first = written(tmp_path, "who,n\nu1,1\nu2,1\nu1,1\n")
    longer = written(tmp_path, "who,n\nu1,1\nu2,1\nu1,1\nu1,1\n", name="longer.csv")
    import_into(tmp_path / "data", order_for(first, WHO))
    once = [message.message_id for message in spooled(tmp_path / "data")]
    assert len(set(once)) == 3
    import_into(tmp_path / "data", order_for(longer, WHO))
    ids = [message.message_id for message in spooled(tmp_path / "data")]
    assert ids[3:6] == once
    assert len(set(ids)) == 4


def test_the_ids_of_rows_are_the_same_for_ever(tmp_path: Path) -> None:
    """Written down: whoever changes how ids are made doubles every import that is repeated."""
    file = written(tmp_path, "who,n\nu1,1\nu1,1\n")
    import_into(tmp_path / "a", order_for(file, WHO))
    import_into(tmp_path / "b", order_for(file, 'key = ["who", "n"]\n' + WHO))
    assert [message.message_id for message in spooled(tmp_path / "a")] == [
        "row-b4a37a80549c0746f18e49381fca0544",
        "row-b4a37a80549c0746f18e49381fca0544-2",
    ]
    assert {message.message_id for message in spooled(tmp_path / "b")} == {"key-b4a37a80549c0746f18e49381fca0544"}


CUSTOMER = 'key = ["id"]\nidentifiers.user_id = "id"\ntraits.name = "name"\ntype = "kind"\n'


def test_a_row_of_a_profile_that_changed_is_a_new_message_and_one_that_did_not_is_the_same(tmp_path: Path) -> None:
    header = "id,name,kind,seen\n"
    first = written(tmp_path, f"{header}u1,Ada,identify,1\nu2,Bo,profile,1\nu3,Cy,group,1\nu4,Di,page,1\n")
    later = written(
        tmp_path, f"{header}u1,Eve,identify,2\nu2,Bo,profile,2\nu3,Cyn,group,2\nu4,D,page,2\n", name="b.csv"
    )
    data = tmp_path / "data"
    for file in (first, later):
        import_into(data, order_for(file, CUSTOMER))
    ids = [message.message_id for message in spooled(data)]
    before, after = ids[:4], ids[4:]
    # What happened is known by its key alone, and a column that the mapping does not read says nothing.
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, False, True]
    assert len(set(ids)) == 6


def test_an_interrupted_import_goes_on_where_it_was(tmp_path: Path) -> None:
    file = written(tmp_path, rows(400_000))
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    expected = import_into(whole, order_for(file, WHO))
    assert expected.rejected == 80
    assert len(spooled(whole)) == expected.sent == 399_920

    def interrupt(one: Import) -> None:
        if one.rows > 150_000:
            raise KeyboardInterrupt

    with effects_in(cut, told=interrupt) as effects, pytest.raises(KeyboardInterrupt):
        run_import(order_for(file, WHO), effects)
    [left] = ImportLedger(cut).all("default")
    assert left.state == "running"
    assert 0 < left.through < 400_000
    done = import_into(cut, order_for(file, WHO))
    assert (done.rows, done.sent, done.rejected, done.reasons) == (400_000, 399_920, 80, {"wrong_columns": 80})
    assert [message.message_id for message in spooled(cut)] == [message.message_id for message in spooled(whole)]
    assert ImportLedger(cut).rejects(done.id).read_bytes() == ImportLedger(whole).rejects(done.id).read_bytes()


@pytest.mark.crash
def test_an_import_killed_anywhere_and_repeated_sends_the_same_messages(tmp_path: Path) -> None:
    file = written(tmp_path, rows(120_000))
    whole, data = tmp_path / "whole", tmp_path / "data"
    import_into(whole, order_for(file, WHO))
    program = (
        f"import sys; sys.path[:0] = [{str(HERE)!r}]\n"
        "from pathlib import Path; import test_import_again as t\n"
        f"t.dying(Path({str(data)!r}), Path({str(file)!r}), int(sys.argv[1]))"
    )
    for chunk in (1, 2):
        done = subprocess.run([sys.executable, "-c", program, str(chunk)], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
    import_into(data, order_for(file, WHO))
    # A chunk may be in the spool twice; its ids are the same, and the engine takes each once.
    unique = list(dict.fromkeys(message.message_id for message in spooled(data)))
    assert unique == [message.message_id for message in spooled(whole)]
    [one] = ImportLedger(data).all("default")
    assert ImportLedger(data).rejects(one.id).read_bytes() == ImportLedger(whole).rejects(one.id).read_bytes()


def dying(data: Path, file: Path, chunks: int) -> None:
    """Import so many chunks and be killed with the last of them in the spool and not yet noted."""
    with effects_in(data) as effects:
        append, appended = effects.spool.append, 0

        async def append_and_die(*arguments: object) -> None:
            nonlocal appended
            await append(*arguments)
            appended += 1
            if appended == chunks * 4:
                os.kill(os.getpid(), signal.SIGKILL)

        effects.spool.append = append_and_die  # type: ignore[method-assign]
        run_import(order_for(file, WHO), effects)


def test_one_import_is_not_run_twice_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, "who,n\nu1,1\n")
    done = import_into(tmp_path, order_for(file, WHO))
    with ImportLedger(tmp_path).working_on(done.id), pytest.raises(Conflict, match="under way already"):
        import_into(tmp_path, order_for(file, WHO))


def test_rejects_are_mended_and_imported_again_by_the_same_mapping(tmp_path: Path) -> None:
    file = written(tmp_path, 'who,n\nu1,1\n=cmd(),x\n-5,+x\n"\'@a",1\nu2,1,too many\n')
    data = tmp_path / "data"
    done = import_into(data, order_for(file, WHO))
    assert (done.sent, done.rejected) == (2, 3)
    path = ImportLedger(data).rejects(done.id)
    with path.open(newline="", encoding="utf-8") as lines:
        table = list(csv.reader(lines))
    header, *rejects = table
    assert header[:5] == ["zuji_import", "zuji_row", "zuji_reason", "zuji_detail", "zuji_rest"]
    assert [row[1:3] + row[4:] for row in rejects] == [
        ["2", "bad_number", "", "'=cmd()", "x"],
        ["3", "bad_number", "", "'-5", "'+x"],
        ["5", "wrong_columns", "too many", "u2", "1"],
    ]
    for row in rejects[:2]:
        row[6] = "1"
    mended = tmp_path / "mended.csv"
    with mended.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([header, *rejects])
    again = import_into(data, order_for(mended, WHO))
    assert (again.sent, again.rejected) == (2, 1)
    messages = spooled(data)[2:]
    assert [message.user_id for message in messages] == ["=cmd()", "-5"]
    # Mended into something that another row says too, it is still a row of its own.
    assert len({message.message_id for message in spooled(data)}) == 4
    import_into(data, order_for(mended, WHO))
    assert len({message.message_id for message in spooled(data)}) == 4


def test_cells_that_a_spreadsheet_would_run_are_escaped_and_come_back() -> None:
    for cell in ("=1", "+1", "-1", "@a", "\t=1", "'=1", "''+", "plain", "'quoted'", ""):
        shown = escaped(cell)
        assert shown[:1] not in tuple("=+-@\t")
        assert (shown[1:] if shown != cell else shown) == cell


def test_occurrences_are_counted_the_same_in_memory_and_on_disk() -> None:
    random = np.random.default_rng(7)
    small, large = Occurrences(in_memory=500), Occurrences()
    seen: dict[int, int] = {}
    try:
        for _ in range(40):
            hashes = random.integers(0, 3_000, 400).astype(np.uint64)
            expected = []
            for value in hashes.tolist():
                expected.append(seen.get(value, 0))
                seen[value] = seen.get(value, 0) + 1
            assert small.next(hashes).tolist() == expected
            assert large.next(hashes).tolist() == expected
    finally:
        small.close()
        large.close()


def test_the_same_file_into_another_source_is_another_import(tmp_path: Path) -> None:
    file = written(tmp_path, "who,n\nu1,1\n")
    one = import_into(tmp_path, order_for(file, WHO))
    other = import_into(tmp_path, order_for(file, WHO, source=type(SHOP)(id="s2", workspace="default", name="b")))
    assert one.id != other.id
    assert [each.id for each in ImportLedger(tmp_path).all("default")] != []
