"""Configuration that client SDKs fetch before they send anything. A wrong answer here makes a browser stay silent.

Each minimum was found by probing the real clients: without an `apiHost` in the settings, analytics-next sends the
user's data to segment.io; without `workspaceId` and `config`, RudderStack's sends nothing at all.
"""

from __future__ import annotations

import re

from zuji.collect.admission import Admission
from zuji.collect.decode import posthog_documents, segment
from zuji.collect.decode.answers import error_answer, json_answer
from zuji.collect.decode.request import BadBody, Request, Response
from zuji.terms.source import KeyEntry

_FRESH = ("cache-control", "private, max-age=60")
"""Long enough for a visit, short enough for a changed source; private because the answer names the host asked for."""
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,99}", re.ASCII)


def answer_document(request: Request, admission: Admission) -> Response:
    """The document a path stands for."""
    if request.path.startswith("/v1/projects/"):
        return _for_key(request, admission, request.path.split("/")[3])
    if request.path == "/sourceConfig":
        return _for_key(request, admission, segment.write_key(request))
    if request.path.startswith("/config/"):
        return sensors_configuration(request)
    return posthog_documents.document(request) or error_answer(BadBody(404, "no_document", "no such document"))


def _for_key(request: Request, admission: Admission, key: str | None) -> Response:
    """For those who hold a key of ours; the others may as well learn that at once."""
    entry = admission.find_source(key)
    if not isinstance(entry, KeyEntry):
        return segment.answer(request, entry)
    if request.path == "/sourceConfig":
        return rudder_source_config(entry)
    if not entry.source.enabled:
        return error_answer(BadBody(404, "source_disabled", f"the source {entry.source.name} is disabled"))
    return segment_settings(request, str(key))


def segment_settings(request: Request, key: str) -> Response:
    """The settings of analytics-next: where to send, and no metrics about itself."""
    scheme, _, host = request.public_url.partition("://")
    api_host = f"{host}/v1"
    cloud = {"apiKey": key, "apiHost": api_host, "protocol": scheme}
    return json_answer(
        200,
        {
            "integrations": {"Segment.io": cloud},
            "metrics": {"sampleRate": 0, "host": api_host},
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
        },
        _FRESH,
    )


def rudder_source_config(entry: KeyEntry) -> Response:
    """The source as RudderStack's browser SDK wants it; a disabled source says so and nothing is sent."""
    source = entry.source
    described = {
        "id": source.id,
        "name": source.name,
        "workspaceId": source.workspace,
        "enabled": source.enabled,
        "config": {},
        "destinations": [],
    }
    return json_answer(200, {"source": described}, _FRESH)


def sensors_configuration(request: Request) -> Response:
    """神策: no visual definitions (205, by JSONP), and no remote configuration for apps (404)."""
    callback = request.first("callbackName") or "saJSSDKVtrackCollectConfig"
    if request.path == "/config/visualized/Web.conf" and _CALLBACK.fullmatch(callback):
        javascript = (("content-type", "application/javascript"), ("x-content-type-options", "nosniff"), _FRESH)
        return Response(200, javascript, f"{callback}(205,{{}})".encode())
    return error_answer(BadBody(404, "no_configuration", "there is no remote configuration"))
