"""`zuji sql` on a folder at rest: a table, CSV, JSON, the views, and one line where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from servers import zuji, zuji_json

ASKED = "SELECT arrayJoin(range(2)) AS n, ['x', 'y'] AS pair, NULL AS nothing"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data folder."""
    return tmp_path_factory.mktemp("asked")


def test_an_answer_is_a_table_with_what_it_cost(folder: Path) -> None:
    done = zuji("sql", "SELECT event, count() FROM events GROUP BY event", "--data", str(folder))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "0 rows: none")
    assert "rows read in" in done.stdout


def test_a_table_that_no_terminal_shows_is_as_wide_as_it_must_be(folder: Path) -> None:
    names = [f"a_rather_long_name_{number}" for number in range(8)]
    done = zuji("sql", f"SELECT {', '.join(f'1 AS {name}' for name in names)}", "--data", str(folder))
    assert done.stdout.splitlines()[2].replace("┃", "").split() == names


def test_csv_holds_arrays_as_json_and_nothing_as_nothing(folder: Path) -> None:
    done = zuji("sql", ASKED, "--csv", "--data", str(folder))
    assert done.stdout == 'n,pair,nothing\n0,"[""x"", ""y""]",\n1,"[""x"", ""y""]",\n'


def test_no_text_in_csv_begins_a_formula_and_numbers_stay_numbers(folder: Path) -> None:
    asked = "SELECT '=1+1' AS said, -5 AS n, toDecimal64('-1.50', 2) AS paid, 'a=b' AS `@name`"
    done = zuji("sql", asked, "--csv", "--data", str(folder))
    assert done.stdout == "said,n,paid,'@name\n'=1+1,-5,-1.5,a=b\n"


def test_json_is_the_answer_of_the_api_and_the_limit_holds(folder: Path) -> None:
    answer = zuji_json("sql", ASKED, "--limit", "1", "--data", str(folder))
    assert (answer["rows"], answer["truncated"]) == ([[0, ["x", "y"], None]], True)
    views = zuji_json("sql", "--views", "--data", str(folder))
    assert [view["name"] for view in views["views"]] == ["events", "people"]


def test_what_cannot_run_is_one_line_and_exit_code_2(folder: Path) -> None:
    for statement in ("SELECT file('/etc/passwd')", "DROP TABLE zuji.events", ""):
        done = zuji("sql", statement, "--data", str(folder))
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
