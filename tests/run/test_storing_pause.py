"""How long the store rests between two inserts."""

from __future__ import annotations

import pytest

from zuji.run.storing import FEW_ROWS, LONGEST_PAUSE_S, MOST_ROWS, pause_after


@pytest.mark.parametrize(
    ("took_s", "rows", "rests_s"),
    [
        (0.06, FEW_ROWS - 1, 0.03),  # few rows: there is time to spare, and what came meanwhile waits for nothing else
        (0.06, FEW_ROWS, 0.06),  # many: as long as it took, so that the next one takes more of them for the same price
        (0.001, 1, 0.02),
        (0.001, FEW_ROWS, 0.04),
        (9.0, 1, LONGEST_PAUSE_S),
        (9.0, MOST_ROWS, LONGEST_PAUSE_S),
    ],
)
def test_the_rest_after_an_insert_is_short_when_few_rows_came(took_s: float, rows: int, rests_s: float) -> None:
    assert pause_after(took_s, rows) == pytest.approx(rests_s)
