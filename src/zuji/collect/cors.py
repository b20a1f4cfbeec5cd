"""What a browser must be told before it lets a page on another site send events here.

Everything that is asked for is echoed, within bounds: a retry asks for more headers than the first attempt did
(`x-retry-count`, `rsa-*`), and a fixed list would lose exactly the retried events. That is safe because collect routes
only take, and never look at cookies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from zuji.collect.decode.request import Response

Headers = tuple[tuple[str, str], ...]

_ORIGIN = re.compile(r"null|[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[A-Za-z0-9._:\[\]-]{1,300}")
_HEADER_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}")
"""Header names and what separates them, as much as forty of them need."""
_USUAL_HEADERS = "authorization, content-type"
MAX_AGE_S = 600
"""Chrome keeps a preflight up to two hours, Firefox a day; a changed set-up should be felt sooner."""

_VARY = ("vary", "Origin, Access-Control-Request-Headers")


def cors_headers(request_headers: Mapping[str, str]) -> Headers:
    """On every answer of a collect route, also on refusals: a browser hides an answer without them from its client."""
    origin = request_headers.get("origin", "")
    if not _ORIGIN.fullmatch(origin):
        return (_VARY,)
    return (
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "Retry-After, X-RateLimit-Reset"),
        _VARY,
    )


def preflight(request_headers: Mapping[str, str], methods: tuple[str, ...]) -> Response:
    """The answer to OPTIONS, without the headers that every answer gets anyway."""
    asked = request_headers.get("access-control-request-headers", "")
    allowed = asked if _HEADER_NAMES.fullmatch(asked) else _USUAL_HEADERS
    return Response(
        204,
        (
            ("access-control-allow-methods", ", ".join(methods)),
            ("access-control-allow-headers", allowed),
            ("access-control-max-age", str(MAX_AGE_S)),
            ("allow", ", ".join(methods)),
        ),
    )
