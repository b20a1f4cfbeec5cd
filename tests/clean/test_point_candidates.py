"""Candidates for collection points: paths become patterns, and what is declared is offered no more."""

from __future__ import annotations

import random

from zuji.clean.point_candidates import MOST_SIBLINGS, Captured, candidates, templates_of
from zuji.clean.point_document import NO_POINTS, read_points, refuse_bad_path
from zuji.clean.points import Place, Points, is_path
from zuji.terms.document import document_of


def at(path: str = "", *, type_: str = "track", event: str = "Looked", element: str = "") -> Place:
    return Place("s", "web", type_, event, "h", path, element, {})


def test_a_pattern_stands_for_each_of_its_paths_and_can_be_declared() -> None:
    chance = random.Random(7)
    parts = ["item", "17", "a*b", "**", "*", "", "a1b2c3d4e5", "2026-11-22", "x" * 60, "cart", *map(str, range(30))]
    paths = ["/" + "/".join(chance.choices(parts, k=chance.randint(0, 12))) for _ in range(2_000)]
    found = templates_of(paths)
    assert found.keys() == set(paths)
    for path, pattern in found.items():
        refuse_bad_path(pattern)
        assert is_path(pattern, path), (pattern, path)


def test_parts_of_which_there_are_many_are_names_of_things_and_few_are_pages() -> None:
    pages = [f"/shop/{name}" for name in ("cart", "pay", "help")]
    cities = [f"/city/town-{chr(97 + n)}{chr(98 + n)}/map" for n in range(MOST_SIBLINGS + 1)]
    found = templates_of([*pages, *cities, "/order/17/", "/"])
    assert {found[page] for page in pages} == set(pages)
    assert {found[city] for city in cities} == {"/city/*/map"}
    assert templates_of(cities[:-1])[cities[0]] == cities[0]
    assert (found["/order/17/"], found["/"]) == ("/order/*", "/")


def test_the_frequent_places_are_offered_and_after_they_are_declared_no_more() -> None:
    captured = [
        Captured(at("/item/17"), 6, 100),
        Captured(at("/item/18", element="#buy"), 5, 200),
        Captured(at(type_="screen", event="Start"), 30, 50),
        Captured(at("/rare"), 9, 60),
    ]
    found = candidates(captured, Points(NO_POINTS), least=10, most=9)
    assert [(one.name, one.events, one.last_at) for one in found] == [
        ("web screen Start", 30, 50),
        ("web page /item/*", 11, 200),
    ]
    often = candidates(captured, Points(NO_POINTS), least=1, most=9)
    assert [one.name for one in often[2:]] == ["web page /rare", "web element #buy"]
    assert candidates(captured, Points(NO_POINTS), least=1, most=1) == often[:1]
    declared = Points(read_points({"points": {one.name: document_of(one.point) for one in found}}))
    left = candidates(captured, declared, least=1, most=9)
    assert [one.name for one in left] == ["web page /rare", "web element #buy"]
