"""Paths: from where to where did they go, step by step? Every trip is walked; edges and nodes are counted from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyse.reference.admitted import by_key, settle
from analyse.reference.trips import Stop, Trip, apart, cut_to_limit, dressed, from_start_to_end
from analyse.reference.values import property_of, text_of
from analyse.reference.world import Event, World

Edge = tuple[int, str, str]


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` of docs/questions.md."""
    trips, too_long = trips_of(world, question)
    shown = shown_edges(trips, question)
    places = sorted({(step, start) for step, start, _ in shown} | {(step + 1, stop) for step, _, stop in shown})
    return {
        "edges": [edge_figures(edge, trips, question) for edge in shown],
        "nodes": [node_figures(step, item, trips, shown) for step, item in places],
        "trips": len(trips),
        "people": len({trip.person for trip in trips}),
        "too_long": too_long,
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons behind an edge, or behind a node's inflow or drop-off."""
    trips, _ = trips_of(world, question)
    if "item" not in cell:
        edge = (cell["step"], cell["from"], cell["to"])
        return {trip.person for trip in trips if edge in edges_of(trip)}
    there = [trip for trip in trips if is_at(trip, cell["step"], cell["item"])]
    if cell["figure"] == "drop_off":
        there = [trip for trip in there if len(trip.stops) == cell["step"]]
    return {trip.person for trip in there}


def trips_of(world: World, question: Mapping[str, Any]) -> tuple[list[Trip], int]:
    """The trips that count, and how many were too long."""
    asked = settle(world, question)
    gap = question.get("session_gap_minutes", 30) * 60_000
    trips, too_long = [], 0
    for person, events in by_key(asked, filter(asked.in_range, asked.events)).items():
        items = [(event, item_of(event, question)) for event in events]
        for whole in apart([(event, item) for event, item in items if item is not None], gap):
            stops = from_start_to_end(whole, question.get("start"), question.get("end"))
            if stops is None:
                continue
            trip = cut_to_limit(stops, question, person)
            if trip is None:
                too_long += 1
            else:
                trips.append(trip)
    return trips, too_long


def item_of(event: Event, question: Mapping[str, Any]) -> str | None:
    """What the event is called in a path, by the first rule that is for it."""
    for rule in question.get("items") or [{"event": None, "take": "event_name"}]:
        if rule.get("event") not in (None, event.event) or event.event in (rule.get("except_events") or []):
            continue
        name = event.event if rule["take"] == "event_name" else text_of(property_of(event, rule["take"]))
        return dressed(name, question) if name else None
    return None


def edges_of(trip: Trip) -> list[Edge]:
    """The steps of one trip, each with where it leads."""
    return [(step, trip.stops[step - 1].item, trip.stops[step].item) for step in range(1, len(trip.stops))]


def shown_edges(trips: Sequence[Trip], question: Mapping[str, Any]) -> list[Edge]:
    """The edges that are used most, without those that none of them leads to."""
    every = {edge for trip in trips for edge in edges_of(trip)}
    ranked = sorted(every, key=lambda edge: (-edge_count(edge, trips, question), edge))
    staying = ranked[: question.get("edge_limit", 50)]
    for step in range(2, question.get("step_limit", 5)):
        reached = {end for at, _, end in staying if at == step - 1}
        staying = [edge for edge in staying if edge[0] != step or edge[1] in reached]
    return staying


def edge_count(edge: Edge, trips: Sequence[Trip], question: Mapping[str, Any]) -> int:
    """How many trips, or people, went this way at this step."""
    passing = [trip.person for trip in trips if edge in edges_of(trip)]
    return len(passing) if question.get("count", "trips") == "trips" else len(set(passing))


def edge_figures(edge: Edge, trips: Sequence[Trip], question: Mapping[str, Any]) -> dict[str, Any]:
    """An edge as the answer has it."""
    step, start, end = edge
    passing = [trip.stops for trip in trips if edge in edges_of(trip)]
    milliseconds = sum(stops[step].at - stops[step - 1].at for stops in passing)
    return {
        "step": step,
        "from": start,
        "to": end,
        "count": edge_count(edge, trips, question),
        "average_seconds": milliseconds / (1000 * len(passing)),
    }


def is_at(trip: Trip, step: int, item: str) -> bool:
    """Whether the trip's step is this item."""
    stops: tuple[Stop, ...] = trip.stops
    return len(stops) >= step and stops[step - 1].item == item


def node_figures(step: int, item: str, trips: Sequence[Trip], shown: Sequence[Edge]) -> dict[str, Any]:
    """A node as the answer has it: everybody who came is on a shown edge, gone, or on a hidden edge."""
    there = [trip for trip in trips if is_at(trip, step, item)]
    ending = [trip for trip in there if len(trip.stops) == step]
    going = [trip for trip in there if len(trip.stops) > step]
    on_shown = [trip for trip in going if (step, item, trip.stops[step].item) in shown]
    return {
        "step": step,
        "item": item,
        "inflow": len(there),
        "outflow": len(on_shown),
        "drop_off": len(ending),
        "other": len(going) - len(on_shown),
        "cut": any(trip.goes_on for trip in ending),
    }
