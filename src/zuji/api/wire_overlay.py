"""The shapes of overlays on the wire: the code that the console asks for, and what the page sends and is told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from zuji.api.wire import In, Out
from zuji.api.wire_visual_events import VISUAL
from zuji.store.users import Language


class OverlayCodeIn(In):
    """The page to point at elements on: one of your own, which carries the SDK."""

    address: str = Field(min_length=1, max_length=2_000, examples=["https://shop.example/products"])
    language: Language = Field(default="en", description="What the overlay speaks.")


class OverlayCodeOut(Out):
    """The address to open, with a code that is good once, on this origin, until `expires_at`. Shown this once."""

    address: str
    origin: str
    expires_at: str


class ExchangeIn(In):
    """The code from the address of the page."""

    code: str = Field(min_length=1, max_length=200)


class OverlayOut(Out):
    """The session, shown this once; the host whose clicks it counts; the language that was asked for."""

    session: str
    host: str
    language: Language
    expires_at: str


class DraftIn(In):
    """A visual event as it would be written in the console."""

    document: dict[str, Any] = Field(examples=[VISUAL])


class DraftOut(Out):
    """The draft; it is published in the console."""

    key: str
