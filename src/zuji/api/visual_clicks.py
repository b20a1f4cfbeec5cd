"""What stored clicks say about a visual event: asked as a question like any other, so the same clicks are let in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from zuji.analyse.ask import Asker, Asking
from zuji.api.masked_answers import masked_texts
from zuji.api.wire_visual_events import (
    SeenClicks,
    SelectorOut,
    SuggestedElement,
    SuggestionsIn,
    SuggestionsOut,
    VisualPreviewIn,
    VisualPreviewOut,
)
from zuji.tag.click_suggestions import MOST_ELEMENTS, Candidate, Clicked, candidates, suggestions
from zuji.tag.visual_event import CHAIN, TEXTS, clicks_on, read_visual_event, where_of
from zuji.terms.selector import elements_of

MOST_KINDS = 20
MANY_TEXTS = 10
"""One element rarely has more texts in a week: a selector with so many is on a list, or on half of a page."""
_WHERE_SEEN = ("$url_host", "$url_path", *TEXTS)


def previewed(asker: Asker, body: VisualPreviewIn, asking: Asking) -> VisualPreviewOut:
    """What a definition would have counted over the last days."""
    where = where_of(read_visual_event(body.definition)).document
    series = [{"where": where, "math": math} for math in ("total", "unique_users")]
    breakdown = {"property": list(_WHERE_SEEN), "limit": MOST_KINDS}
    question = {"series": series, "date_from": _since(body.days), "breakdown": breakdown}
    answer = asker.ask("trend", question, asking).answer
    clicks, people = (int(one["total"]) for one in answer["series"])
    groups = answer["by_breakdown"]
    texts = {_text(group["value"][2:]) for group in groups if group["kind"] != "other"}
    warnings: list[Any] = ["no_clicks"] if not clicks else ["many_texts"] if len(texts) >= MANY_TEXTS else []
    kinds = [_seen(_shown(group, asking)) for group in groups if group["kind"] != "other"]
    return VisualPreviewOut(clicks=clicks, people=people, kinds=kinds, warnings=warnings, where=where)


def suggested(asker: Asker, body: SuggestionsIn, asking: Asking) -> SuggestionsOut:
    """The elements most clicked on pages, or the one asked for, with selectors and what each would count."""
    clicked = list(_clicked(asker, body, asking))
    if body.chain is None:
        found = suggestions(clicked, most=body.limit)
        elements = [
            SuggestedElement(
                tag=one.tag,
                text=_shown(one.text, asking) or None,
                clicks=one.clicks,
                selectors=_selectors(one.selectors, asking),
            )
            for one in found
        ]
    else:
        elements = [_one_element(msgspec.json.encode(body.chain).decode(), clicked, asking)]
    return SuggestionsOut(looked_at=sum(one.clicks for one in clicked), elements=elements)


def _one_element(chain: str, clicked: list[Clicked], asking: Asking) -> SuggestedElement:
    ranked = candidates(chain, clicked)
    tag = next((str(element.get("tag_name", "")) for element in elements_of(chain)), "")
    surest = ranked[0].clicks if ranked else 0
    return SuggestedElement(tag=tag, text=None, clicks=surest, selectors=_selectors(ranked, asking))


def _clicked(asker: Asker, body: SuggestionsIn, asking: Asking) -> Iterator[Clicked]:
    question = {
        "series": [{"where": clicks_on(host=body.host, path=body.path)}],
        "date_from": _since(body.days),
        "breakdown": {"property": [CHAIN, *TEXTS], "limit": MOST_ELEMENTS},
    }
    for group in asker.ask("trend", question, asking).answer["by_breakdown"]:
        if group["kind"] == "value":
            chain, *texts = group["value"]
            yield Clicked(chain or "[]", _text(texts) or "", int(group["series"][0]["total"]))


def _seen(group: dict[str, Any]) -> SeenClicks:
    host, path, *texts = group["value"]
    clicks, people = (int(one["total"]) for one in group["series"])
    return SeenClicks(host=host, path=path, text=_text(texts), clicks=clicks, people=people)


def _text(texts: list[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _since(days: int) -> str:
    return f"-{days - 1}d" if days > 1 else "today"


def _selectors(found: Sequence[Candidate], asking: Asking) -> list[SelectorOut]:
    """The selectors; one that holds a personal value would, masked, find nothing."""
    shown = (one for one in found if _shown(one.selector, asking) == one.selector)
    return [SelectorOut(selector=one.selector, by=one.by, clicks=one.clicks, elements=one.elements) for one in shown]


def _shown(told: Any, asking: Asking) -> Any:
    """Texts of pages as whoever asks may see them: what is clicked may be somebody's name in a list."""
    return told if asking.sees_personal else masked_texts(told)
