"""What was worked out for many, beside what they have."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from zuji.run.batch_values import NOBODYS, differences, values_by_person, values_in

PEOPLE = pa.chunked_array([pa.array([1, 2], pa.uint64()), pa.array([3, 4], pa.uint64())])


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.chunked_array([pa.array([True, None]), pa.array([None, True])]), {1: "true", 4: "true"}),
        (pa.chunked_array([pa.array(["a", None]), pa.array(["北京", "a"])]), {1: '"a"', 3: '"北京"', 4: '"a"'}),
        (pa.chunked_array([pa.array([0, 5]), pa.array([None, 5], pa.int64())]), {1: "0", 2: "5", 4: "5"}),
        (pa.chunked_array([pa.array([2.5, 5.0, None, 2.5])]), {1: "2.5", 2: "5.0", 4: "2.5"}),
        (pa.chunked_array([pa.array([["a", "b"], [], None, ["c"]])]), {1: '["a","b"]', 4: '["c"]'}),
    ],
)
def test_columns_become_texts_of_those_who_have_a_value(column: pa.ChunkedArray, texts: dict[int, str]) -> None:
    assert dict(values_in(PEOPLE, column).iter_rows()) == texts


def test_only_those_whose_value_is_another_one_differ() -> None:
    values = values_by_person({1: 5.0, 2: "new", 3: "same", 4: None, 6: True})
    held = [1, 2, 3, 4, 5], ["5", '"old"', '"same"', '"gone"', "true"]
    assert differences(values, *held) == [
        (2, '"old"', '"new"'),
        (4, '"gone"', None),
        (5, "true", None),
        (6, None, "true"),
    ]


def test_true_is_not_the_number_one() -> None:
    assert differences(values_by_person({1: 1}), [1], ["true"]) == [(1, "true", "1")]


def test_without_values_everybody_loses_theirs() -> None:
    assert differences(pl.concat([NOBODYS, NOBODYS]), [2], ['"x"']) == [(2, '"x"', None)]
