"""Charts in a terminal: every kind of question has one, and it shows what the figures say."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.analyse.kinds import KINDS
from zuji.cli.chart import CHARTS, WIDTH, chart_of
from zuji.cli.question_options import question_from

FULL, HALF = "█" * WIDTH, "█" * (WIDTH // 2)


def lines(kind: str, answer: dict[str, Any]) -> list[str]:
    return [line.plain for line in chart_of(kind, answer)]


def test_every_kind_has_a_chart() -> None:
    assert set(CHARTS) == set(KINDS)


def times(**of: Any) -> dict[str, Any]:
    names = ("minimum", "p25", "median", "p75", "maximum")
    return {"count": 5, **{f"{name}_seconds": 10 * place for place, name in enumerate(names)}, **of}


@pytest.mark.parametrize(
    ("kind", "answer", "shown"),
    [
        (
            "funnel",
            {"over_time": [{"conversion_percent": 50}, {"conversion_percent": 100}]},
            ["conversion                   ▄█"],
        ),
        (
            "funnel",
            {"bins": [{"from_seconds": 0, "count": 4}, {"from_seconds": 1500, "count": 2}]},
            [f"0 s     {FULL} 4", f"1,500 s {HALF} 2"],
        ),
        ("funnel", {"steps": [{"name": None, "count": 3}]}, [f"(any event) {FULL} 3"]),
        (
            "distribution",
            {
                "bins": [{"from": 1, "to": 2}, {"from": 2, "to": None}],
                "periods": [{"counts": [3, 1]}, {"counts": [1, 1]}],
            },
            [f"1 … 2 {FULL} 4", f"2 …   {HALF} 2"],
        ),
        ("distribution", {"bins": [], "periods": [{"counts": []}]}, []),
        (
            "interval",
            {"by_breakdown": [times(value=["web"], kind="value"), times(value=["app"], kind="value", count=0)]},
            ["web                          ├─────────▒▒▒▒▒▒▒▒▒▒┃▒▒▒▒▒▒▒▒▒▒─────────┤ 0 … 20 … 40 s"],
        ),
        (
            "attribution",
            {"channels": [{"channel": "ads", "goals": {"first": 2.0}}, {"channel": "mail", "goals": {"first": 1.0}}]},
            ["first", f"ads  {FULL} 2", f"mail {HALF} 1"],
        ),
        ("attribution", {"channels": []}, []),
        ("session", {"periods": [{"sessions": 1}, {"sessions": 2}]}, ["sessions                     ▄█"]),
        (
            "ltv",
            {"rows": [{"start": "2026-03-01", "people": 7, "values": [2.5, 5.0, None]}]},
            ["2026-03-01                   ▒▒██   7"],
        ),
        (
            "heat_map",
            {"elements": [{"element": "#buy", "clicks": 2}, {"element": None, "clicks": 1}], "scroll": None},
            [f"#buy   {FULL} 2", f"(none) {HALF} 1"],
        ),
        (
            "heat_map",
            {"elements": [], "scroll": [{"people": 2}, {"people": 1}]},
            ["scrolled to 0 … 100 %        █▄"],
        ),
        ("engagement", {"buckets": [{"from": 0, "to": 50, "people": 2}]}, [f"0 … 50 {FULL} 2"]),
        (
            "trend",
            {
                "series": [{"name": None, "values": [1]}],
                "by_breakdown": [{"kind": "value", "value": ["web"], "series": [{"name": None, "values": [0, 1]}]}],
            },
            ["web · (any event)            ▁█"],
        ),
    ],
)  # fmt: skip
def test_a_chart_shows_what_the_figures_say(kind: str, answer: dict[str, Any], shown: list[str]) -> None:
    assert lines(kind, answer) == shown


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (["--cumulative", "--period", "week"], {"cumulative": True, "period": "week"}),
        (["--period", "week", "--cumulative"], {"period": "week", "cumulative": True}),
        (["--cumulative=false"], {"cumulative": False}),
        (["--date-from", "-7d"], {"date_from": "-7d"}),
        (["--where", "price>=10.5"], {"where": [{"property": "price", "op": "gte", "value": 10.5}]}),
        (["--breakdown", "profile:city"], {"breakdown": {"property": "city", "scope": "profile"}}),
        (["--breakdown", "channel,city"], {"breakdown": {"property": ["channel", "city"]}}),
        (["--breakdown", "my:property"], {"breakdown": {"property": "my:property"}}),
    ],
)
def test_words_of_a_command_line_become_fields(words: list[str], question: dict[str, Any]) -> None:
    assert question_from("retention", words) == question
