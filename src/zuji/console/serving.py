"""The console's ASGI app: the built page under `/console/`, with a policy that lets it reach nobody but us.

It knows nothing of the API: the page speaks HTTP to it like any other client.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from zuji.console.files import ASK_EACH_TIME, BUILT, PAGE, find

PLACE = "/console"
NONCE_MARK = "{{nonce}}"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="4">
<title>zuji 足迹</title></head><body>
<h1>The console is not built yet</h1>
<p>A start with <code>./zuji demo</code> or <code>./zuji serve</code> builds it within a minute or two; this page
looks again by itself. By hand: <code>python web/build.py</code>. Everything else of zuji works without it.</p>
<h1 lang="zh-CN">控制台尚未构建</h1>
<p lang="zh-CN">用 <code>./zuji demo</code> 或 <code>./zuji serve</code> 启动时会自动构建，约一两分钟；本页会自行刷新。
也可手动执行：<code>python web/build.py</code>。zuji 的其他功能不受影响。</p></body></html>"""


def policy(nonce: str) -> str:
    """The content security policy: scripts and data from here alone, no frames, no forms, nothing inline.

    Ant Design adds its style sheets as it runs, so they carry a nonce. Style attributes are allowed, since tooltips
    of charts are written with them; a style cannot run anything or reach another host under this policy.
    """
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def with_console(
    app: ASGIApp, *, built: Path = BUILT, new_nonce: Callable[[], str] = lambda: secrets.token_urlsafe(18)
) -> ASGIApp:
    """The app with the console beside it: what is below `/console` is the console's, all else the app's."""

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["path"] == PLACE or scope["path"].startswith(PLACE + "/")):
            answer = await _answer(Request(scope), built, new_nonce())
            await answer(scope, receive, send)
            return
        await app(scope, receive, send)

    return either


async def _answer(request: Request, built: Path, nonce: str) -> Response:
    headers = {**HEADERS, "Content-Security-Policy": policy(nonce)}
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("The console is only read.", 405, {**headers, "Allow": "GET, HEAD"})
    name = request.scope["path"].removeprefix(PLACE)
    if not name:  # addresses in the page are relative to the slash; a relative answer keeps the base path
        return RedirectResponse("console/", 307, headers)
    name = name.removeprefix("/")
    if name in ("", PAGE):
        return await run_in_threadpool(_page, built / PAGE, nonce, {**headers, "Cache-Control": ASK_EACH_TIME})
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    found = await run_in_threadpool(find, name, built, accepts_gzip=accepts_gzip)
    if found is None:
        return PlainTextResponse("There is no such file in the console.", 404, headers)
    headers |= {"Cache-Control": found.keeping, "Vary": "Accept-Encoding"}
    if found.encoding:
        headers["Content-Encoding"] = found.encoding
    return FileResponse(found.file, headers=headers, media_type=found.type)


def _page(file: Path, nonce: str, headers: dict[str, str]) -> Response:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return HTMLResponse(NOT_BUILT, 503, headers)
    return HTMLResponse(text.replace(NONCE_MARK, nonce), headers=headers)
