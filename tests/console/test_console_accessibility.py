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
            page.wait_for_timeout(400)  # what moves into place has another contrast meanwhile
            page.evaluate(axe)
            found[place] = page.evaluate(LOOK)
    assert {place: faults for place, faults in found.items() if faults} == {}
