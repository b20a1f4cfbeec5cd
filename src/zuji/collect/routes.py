"""Which paths take data, of which protocol; everything else in the world belongs to the engine.

Dispatch is by path alone. Content types say nothing: clients send JSON as text, gzip as a form, forms as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

RouteKind = Literal["data", "document", "swallow"]
ProtocolName = Literal["segment", "sensors", "posthog", "webhook", "snowplow", "ga4", "matomo", "mixpanel"]

POST = ("POST", "OPTIONS")
GET = ("GET", "HEAD", "OPTIONS")
BOTH = ("GET", "HEAD", "POST", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Route:
    """What a path is for. `data` is kept; a `document` is answered without a key; what is swallowed is not looked at.

    `from_browser`: only pages call it, so the address it comes from is a person's, whether or not an Origin says so.
    """

    protocol: ProtocolName
    kind: RouteKind
    methods: tuple[str, ...]
    from_browser: bool = False


_SEGMENT = Route("segment", "data", POST)
_SEGMENT_NAMES = ("track", "identify", "page", "screen", "group", "alias", "batch", "import")
_SEGMENT_LETTERS = ("t", "i", "p", "s", "g", "a", "b")
_PIXEL = Route("segment", "data", GET, from_browser=True)
_POSTHOG = Route("posthog", "data", BOTH)
_POSTHOG_DOCUMENT = Route("posthog", "document", BOTH)
_MIXPANEL = Route("mixpanel", "data", BOTH)
_WEBHOOK = Route("webhook", "data", BOTH)

_ROUTES: dict[str, Route] = {
    **{f"/v1/{name}": _SEGMENT for name in _SEGMENT_NAMES + _SEGMENT_LETTERS},
    "/v1/m": Route("segment", "swallow", BOTH),  # analytics-next's own metrics
    "/beacon/v1/batch": Route("segment", "data", POST, from_browser=True),
    "/pixel/v1/track": _PIXEL,
    "/pixel/v1/page": _PIXEL,
    "/sourceConfig": Route("segment", "document", GET),
    "/sa": Route("sensors", "data", BOTH),
    "/sa.gif": Route("sensors", "data", BOTH, from_browser=True),
    "/debug": Route("sensors", "data", BOTH),
    "/batch": _POSTHOG,
    "/e": _POSTHOG,
    "/capture": _POSTHOG,
    "/i/v0/e": _POSTHOG,
    "/i/v1/analytics/events": _POSTHOG,
    "/flags": _POSTHOG_DOCUMENT,
    "/decide": _POSTHOG_DOCUMENT,
    "/v1/webhook": _WEBHOOK,
    "/com.snowplowanalytics.snowplow/tp2": Route("snowplow", "data", POST),
    "/i": Route("snowplow", "data", GET),
    "/mp/collect": Route("ga4", "data", POST),
    "/debug/mp/collect": Route("ga4", "data", POST),
    "/matomo.php": Route("matomo", "data", BOTH),
    "/piwik.php": Route("matomo", "data", BOTH),
    "/track": _MIXPANEL,
    "/engage": _MIXPANEL,
    "/groups": _MIXPANEL,
    "/import": Route("mixpanel", "data", POST),
}
_PATTERNS: tuple[tuple[str, re.Pattern[str], Route], ...] = (
    ("/v1/projects/", re.compile(r"/v1/projects/[^/]+/settings"), Route("segment", "document", GET)),
    ("/v1/webhook/", re.compile(r"/v1/webhook/[^/]+"), _WEBHOOK),
    ("/config/", re.compile(r"/config/.+"), Route("sensors", "document", GET)),
    ("/array/", re.compile(r"/array/[^/]+/config(\.js)?"), Route("posthog", "document", GET)),
)


def find_route(path: str) -> Route | None:
    """The collect route of a path that `plain_path` has prepared; None = not ours."""
    route = _ROUTES.get(path)
    if route is not None:
        return route
    for prefix, pattern, candidate in _PATTERNS:
        if path.startswith(prefix) and pattern.fullmatch(path):
            return candidate
    return None


def plain_path(path: str, base_path: str) -> str:
    """Without the base path, doubled slashes and the slash at the end, which clients add as they please.

    >>> plain_path("/zuji//v1/batch/", "/zuji")
    '/v1/batch'
    """
    while "//" in path:
        path = path.replace("//", "/")
    if base_path and (path == base_path or path.startswith(base_path + "/")):
        path = path[len(base_path) :]
    return path.rstrip("/") or "/"
