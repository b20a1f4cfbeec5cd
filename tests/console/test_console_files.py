"""The console is served as it was built: nothing else of the disk, kept as long as it may be, reaching nobody else."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from zuji.console.serving import with_console

PAGE = '<meta name="csp-nonce" content="{{nonce}}" />'


@pytest.fixture
def app(tmp_path: Path) -> ASGIApp:
    """An API that says who it is, with a small console beside it and a secret behind that."""
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text(PAGE)
    (built / "mark.svg").write_text("<svg/>")
    (built / "assets" / "index-a1.js").write_text("walk()")
    (built / "assets" / "index-a1.js.gz").write_bytes(b"\x1f\x8bsmall")
    (built / "sources.sha256").write_text("secret.js")
    (tmp_path / "secret.js").write_text("secret")
    return with_console(PlainTextResponse("the API"), built=built)


def get(app: ASGIApp, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """One request, its path sent as it is written."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://zuji", timeout=60) as client:
            return await client.request(method, path, headers={"Accept-Encoding": "identity", **headers})

    return asyncio.run(ask())


def test_every_answer_of_the_page_has_a_nonce_of_its_own_that_the_policy_names(app: ASGIApp) -> None:
    answers = [get(app, "/console/"), get(app, "/console/index.html")]
    nonces = [re.search(r'content="([^"]+)"', one.text) for one in answers]
    told = [found.group(1) for found in nonces if found]
    assert len(set(told)) == 2
    for answer, nonce in zip(answers, told, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-cache"


def test_the_policy_lets_the_page_run_and_reach_nothing_but_its_own_server(app: ASGIApp) -> None:
    rules = dict(rule.split(" ", 1) for rule in get(app, "/console/").headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert not any("http" in rule or "unsafe-eval" in rule for rule in rules.values())


def test_files_named_by_their_content_are_kept_for_ever_and_sent_compressed_where_that_is_wanted(app: ASGIApp) -> None:
    plain = get(app, "/console/assets/index-a1.js")
    assert (plain.text, plain.headers["cache-control"]) == ("walk()", "public, max-age=31536000, immutable")
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.headers["x-content-type-options"] == "nosniff"
    head = get(app, "/console/assets/index-a1.js", "HEAD", **{"Accept-Encoding": "gzip"})
    assert head.headers["content-encoding"] == "gzip"
    assert head.headers["content-type"].startswith("text/javascript")
    assert "Accept-Encoding" in head.headers["vary"]


OUTSIDE = [
    "../secret.js",
    "%2e%2e/secret.js",
    "assets/../../secret.js",
    "assets/%2e%2e%2f..%2fsecret.js",
    "sources.sha256",
    "assets/",
    "assets/.hidden.js",
    "assets/index-a1.js.gz",
    "assets/none.js",
    "/etc/passwd",
    ".vite/manifest.json",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_console_can_be_named(app: ASGIApp, path: str) -> None:
    answer = get(app, "/console/" + path)
    assert "secret" not in answer.text
    assert answer.status_code == 404 or answer.text == "the API"


def test_the_console_is_only_read_and_everything_else_is_the_apis(app: ASGIApp) -> None:
    assert get(app, "/console/", "POST").status_code == 405
    assert get(app, "/consoles").text == "the API"
    assert get(app, "/api/v1/tags").text == "the API"


def test_the_address_without_its_slash_leads_to_the_page_also_below_a_base_path(app: ASGIApp) -> None:
    answer = get(app, "/console")
    assert (answer.status_code, answer.headers["location"]) == (307, "console/")


def test_a_console_that_is_not_built_says_how_to_build_it_in_both_languages(tmp_path: Path) -> None:
    answer = get(with_console(PlainTextResponse("the API"), built=tmp_path / "none"), "/console/")
    assert answer.status_code == 503
    assert "python web/build.py" in answer.text
    assert "控制台尚未构建" in answer.text
