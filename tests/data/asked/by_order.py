"""Kinds that look at what comes after what: funnel, paths, interval, attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from asked.by_period import SESSION_GAP_MS
from asked.check import Check
from asked.shops import DAY_MS, Shop

EDGES = 60


def by_person(events: pl.DataFrame, *columns: str) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Everybody's events in order, as tuples of these columns."""
    rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    named = (pl.col(name).alias(f"{place}") for place, name in enumerate(columns))
    for who, *values in events.sort("at", "position").select("who", *named).iter_rows():
        rows[who].append(tuple(values))
    yield from rows.items()


def funnel(shop: Shop) -> Check:
    """How far people come on the three steps within the window."""
    window_ms = shop.window_days * DAY_MS
    starters = shop.of(shop.steps[0])["who"].unique().to_list()
    events = shop.dated.filter(pl.col("event").is_in(list(shop.steps)), pl.col("who").is_in(starters))
    reached = Counter(
        max((_depth(rows, start, shop.steps, window_ms) for start in _starts(rows, shop)), default=0)
        for _, rows in by_person(events, "event", "at")
    )
    counts = [sum(people for depth, people in reached.items() if depth >= step) for step in (1, 2, 3)]
    steps = [
        {"count": count, "conversion_rate": count / counts[0], "step_rate": count / before if before else 0}
        for count, before in zip(counts, [counts[0], *counts], strict=False)
    ]
    question = {
        "steps": [{"event": step} for step in shop.steps], "window": {"amount": shop.window_days, "unit": "day"},
    }  # fmt: skip
    cells = (
        *(({"step": number}, count) for number, count in enumerate(counts, 1)),
        ({"step": 2, "dropped": True}, counts[0] - counts[1]),
    )
    return Check(question, {"steps": steps}, cells)


def _starts(rows: list[tuple[str, int]], shop: Shop) -> list[int]:
    return [
        place for place, (event, at) in enumerate(rows) if event == shop.steps[0] and shop.start_ms <= at < shop.end_ms
    ]


def _depth(rows: list[tuple[str, int]], start: int, steps: tuple[str, ...], window_ms: int) -> int:
    """The earliest next event for each step; one of the same instant may have been received before."""
    used, at, until = {start}, rows[start][1], rows[start][1] + window_ms
    first = start
    while first and rows[first - 1][1] == at:
        first -= 1
    depth, place = 1, first
    while depth < len(steps) and place < len(rows) and rows[place][1] <= until:
        if place not in used and rows[place][0] == steps[depth]:
            used.add(place)
            depth, at = depth + 1, rows[place][1]
            while place and rows[place - 1][1] == at:
                place -= 1
            continue
        place += 1
    return depth


def paths(shop: Shop) -> Check:
    """From item to item, five steps deep; a trip ends with half an hour of silence."""
    rows = shop.inside.filter(pl.col(shop.item) != "").sort("who", "at", "position")
    begins = (pl.col("who") != pl.col("who").shift()) | (pl.col("at") - pl.col("at").shift() > SESSION_GAP_MS)
    rows = rows.with_columns(begins.fill_null(True).cum_sum().alias("trip"))
    item = pl.col(shop.item)
    rows = rows.filter(((item != item.shift()) | (pl.col("trip") != pl.col("trip").shift())).fill_null(True))
    rows = rows.with_columns(pl.int_range(1, pl.len() + 1).over("trip").alias("step")).filter(pl.col("step") <= 5)
    moves = rows.with_columns(
        item.shift(-1).over("trip").alias("to"), (pl.col("at").shift(-1).over("trip") - pl.col("at")).alias("ms")
    ).drop_nulls("to")
    found = moves.group_by("step", shop.item, "to").agg(
        pl.len().alias("count"), (pl.col("ms").mean() / 1000).alias("seconds"), pl.col("who").n_unique()
    )
    ranked = sorted(found.iter_rows(), key=lambda row: (-row[3], row[0], row[1], row[2]))[:EDGES]
    kept: list[tuple[Any, ...]] = []
    for step in range(1, 5):
        arrived = {(row[0] + 1, row[2]) for row in kept}
        kept += [row for row in ranked if row[0] == step and (step == 1 or (step, row[1]) in arrived)]
    edges = [
        {"step": step, "from": start, "to": end, "count": count, "average_seconds": seconds}
        for step, start, end, count, seconds, _ in ranked
        if any((step, start, end) == row[:3] for row in kept)
    ]
    answer = {"edges": edges, "trips": rows["trip"].n_unique(), "people": rows["who"].n_unique(), "too_long": 0}
    question = {"items": [{"take": f"${shop.item}"}], "edge_limit": EDGES}
    cells = tuple(({"step": row[0], "from": row[1], "to": row[2]}, row[5]) for row in kept[:1] + kept[-1:])
    return Check(question, answer, cells)


def interval(shop: Shop) -> Check:
    """How long it takes from the first step to the last."""
    limit_ms = shop.window_days * DAY_MS
    opening, closing = shop.steps[0], shop.steps[-1]
    pairs: list[tuple[int, int]] = []
    for who, rows in by_person(shop.dated.filter(pl.col("event").is_in([opening, closing])), "event", "at"):
        unused: list[int] = []
        for event, at in rows:
            if event == closing and unused and at - unused[-1] <= limit_ms:
                begun = unused.pop()
                if shop.start_ms <= begun < shop.end_ms:
                    pairs.append((who, at - begun))
            if event == opening:
                unused.append(at)
    seconds = np.array([length / 1000 for _, length in pairs])
    people = len({who for who, _ in pairs})
    answer: dict[str, Any] = {"count": len(pairs), "people": people}
    if len(pairs):
        answer["average_seconds"] = float(np.mean(seconds))
        names = ("minimum", "p25", "median", "p75", "maximum")
        for name, share in zip(names, (0, 25, 50, 75, 100), strict=True):
            answer[f"{name}_seconds"] = float(np.percentile(seconds, share))
    question = {
        "from": {"event": opening},
        "to": {"event": closing},
        "limit": {"amount": shop.window_days, "unit": "day"},
    }
    return Check(question, answer, (({"period": None}, people),))


def attribution(shop: Shop) -> Check:
    """Which channels brought the last step, by the models that can be worked out goal by goal."""
    models = ("first", "last", "linear", "position", "time_decay")
    window_ms, goal = shop.window_days * DAY_MS, shop.goal or shop.steps[-1]
    credit: dict[str, Counter[str]] = defaultdict(Counter)
    touches, goals, people = Counter[str](), Counter[str](), defaultdict[str, set[int]](set)
    lost: set[str] = set()
    events = shop.dated if shop.touch is None else shop.dated.filter(pl.col("event").is_in([shop.touch, goal]))
    for who, rows in by_person(events, "event", "at", shop.channel):
        before: list[tuple[str, int]] = []
        for event, at, channel in rows:
            if event == goal and shop.start_ms <= at < shop.end_ms:
                path = [touch for touch in before if touch[1] >= at - window_ms]
                goals["with" if path else "without"] += 1
                touches.update(name for name, _ in path)
                for name, _ in path:
                    people[name].add(who)
                for model, shares in _shares(path, at).items():
                    for (name, _), share in zip(path, shares, strict=True):
                        credit[name][model] += share
            if channel and shop.touch in (None, event):
                before.append((channel, at))
        if not any(event == goal and shop.start_ms <= at < shop.end_ms for event, at, _ in rows):
            lost |= {name for name, at in before if shop.start_ms <= at < shop.end_ms}
    ranked = sorted(touches.keys() | lost, key=lambda name: (-touches[name], name))
    shown = [
        {"channel": name, "touches": touches[name], "goals": {model: credit[name][model] for model in models}}
        for name in ranked[:12]
    ]
    if len(ranked) > 12:
        rest = {model: sum(credit[name][model] for name in ranked[12:]) for model in models}
        shown.append({"kind": "other", "touches": sum(touches[name] for name in ranked[12:]), "goals": rest})
    if goals["without"]:
        shown.append({"kind": "none", "goals": dict.fromkeys(models, goals["without"])})
    question = {
        "touch": {"event": shop.touch, "channel": f"${shop.channel}"},
        "goal": {"event": goal},
        "model": list(models),
        "window": {"amount": shop.window_days, "unit": "day"},
    }
    cells = tuple(({"channel": name}, len(people[name])) for name in ranked[:2])
    return Check(question, {"goals": goals.total(), "channels": shown}, cells)


def _shares(path: list[tuple[str, int]], at: int) -> dict[str, list[float]]:
    """What each touch gets of one goal, by every model."""
    count = len(path)
    if not count:
        return {}
    weights = [2.0 ** (-(at - moment) / (7 * DAY_MS)) for _, moment in path]
    position = [1.0] if count == 1 else [0.5, 0.5] if count == 2 else [0.4, *([0.2 / (count - 2)] * (count - 2)), 0.4]
    return {
        "first": [1.0] + [0.0] * (count - 1),
        "last": [0.0] * (count - 1) + [1.0],
        "linear": [1 / count] * count,
        "position": position,
        "time_decay": [weight / sum(weights) for weight in weights],
    }
