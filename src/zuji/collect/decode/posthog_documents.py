"""What PostHog clients ask besides sending events: configuration and feature flags. There are none, and this says so.

The browser client captures clicks by itself only once a configuration allows it, so an empty answer would not do.
"""

from __future__ import annotations

import re

import msgspec

from zuji.collect.decode.answers import json_answer
from zuji.collect.decode.request import Request, Response

_CONFIG = re.compile(r"/array/([A-Za-z0-9_-]{1,200})/config(\.js)?")
_FLAG_PATHS = frozenset({"/flags", "/decide"})
_COMPRESSION = ["gzip", "gzip-js", "base64"]
_FLAGS: dict[str, object] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
}


def document(request: Request) -> Response | None:
    """The answer to a request for configuration or flags; None when it is neither."""
    if request.path in _FLAG_PATHS:
        return json_answer(200, _FLAGS | _settings(""))
    found = _CONFIG.fullmatch(request.path)
    if found is None:
        return None
    settings = _settings(found[1])
    return _script(found[1], settings) if found[2] else json_answer(200, settings)


def _settings(key: str) -> dict[str, object]:
    """Capture and clicks on; everything that would need more of PostHog off."""
    return {
        **({"token": key} if key else {}),
        "supportedCompression": _COMPRESSION,
        "autocapture_opt_out": False,
        "autocaptureExceptions": False,
        "capturePerformance": False,
        "captureDeadClicks": False,
        "defaultIdentifiedOnly": True,
        "elementsChainAsString": False,
        "errorTracking": {"autocaptureExceptions": False},
        "hasFeatureFlags": False,
        "heatmaps": False,
        "isAuthenticated": False,
        "sessionRecording": False,
        "siteApps": [],
        "surveys": False,
        "toolbarParams": {},
    }


def _script(key: str, settings: dict[str, object]) -> Response:
    """The configuration as the browser client's loader wants it: set before the client looks."""
    body = msgspec.json.encode({key: {"config": settings, "siteApps": []}})
    script = (
        b"(function(w){w._POSTHOG_REMOTE_CONFIG=Object.assign(w._POSTHOG_REMOTE_CONFIG||{}," + body + b")})(window);"
    )
    return Response(200, (("content-type", "application/javascript"),), script)
