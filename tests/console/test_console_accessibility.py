"""Axe finds nothing serious on any page: labels, names, contrast in light and in dark."""

from __future__ import annotations

from typing import Any

import pytest
from console_world import WEB, Office, development_tools, go, signed_in

pytestmark = pytest.mark.browser
PLACES = ("/", "/live", "/people", "/people/user_id:axe-1", "/tags", "/tags/new", "/segments", "/data")
PLACES += ("/data/imports", "/data/plan", "/data/quarantine", "/data/accounting", "/operate", "/operate/users")
PLACES += ("/operate/tokens", "/data/quality", "/data/quality?view=judge", "/data/visual", "/data/points")
LOOK = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((one) => one.impact === "serious" || one.impact === "critical")
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`)"""


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_no_page_has_a_serious_fault_of_accessibility(browser: Any, office: Office, theme: str, language: str) -> None:
    development_tools()
    axe = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    office.track("Order Completed", "axe-1", total=20)
    office.wait_stored()
    found: dict[str, list[str]] = {}
    with signed_in(browser, office, "/", theme=theme, language=language) as page:
        for place in PLACES:
            go(page, office, place)
            page.evaluate(axe)
            found[place] = faults(page)
    assert {place: faults for place, faults in found.items() if faults} == {}


def faults(page: Any) -> list[str]:
    """What is left once everything stands still: what moves into place has another contrast meanwhile."""
    found: list[str] = []
    for _ in range(20):
        page.wait_for_timeout(400)
        found = page.evaluate(LOOK)
        if not found:
            break
    return found
