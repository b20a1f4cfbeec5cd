"""One person at one device for a while: the clock moves on, and each thing they do is written down.

`SegmentVisit` is a browser or an app, `MiniVisit` the mini-program, which speaks 神策. What people do there is told
in `behaviour`, in the same words for all three.
"""

from __future__ import annotations

from random import Random
from typing import Any, Protocol

from zuji.demo import faults, wire
from zuji.demo.catalogue import yuan_text
from zuji.demo.people import Device, Person
from zuji.demo.scribe import Deed, Door, Scribe
from zuji.demo.truth import NO_FAULT, Fault

A_MOMENT_MS = 40
"""Nothing on one device happens twice in the same millisecond."""


class Visit(Protocol):
    """What `behaviour` needs of a visit."""

    person: Person
    device: Device
    at: int

    @property
    def rng(self) -> Random:
        """The one source of chance."""

    @property
    def signed_in(self) -> bool:
        """Whether the person is logged in here."""

    def wait(self, shortest_s: float, longest_s: float) -> None:
        """Let time pass."""

    def view(self, path: str, title: str) -> None:
        """A page or a screen."""

    def do(self, event: str, properties: dict[str, Any], *, fen: int | None = None) -> None:
        """Something done, perhaps worth an amount."""

    def sign_in(self, *, traits: dict[str, Any] | None, names: tuple[str, ...], flags: Fault) -> None:
        """Log in; with traits it is the registration. `names` are the identifiers truthfully given with it."""

    def sign_out(self) -> None:
        """Log out."""


class _Walk:
    """What both kinds of visits share: the moving clock and who is logged in."""

    def __init__(self, scribe: Scribe, person: Person, device: Device, at: int, *, delay_ms: int) -> None:
        self.scribe = scribe
        self.person = person
        self.device = device
        self.at = at
        self.delay_ms = delay_ms
        self._named: tuple[str, ...] = ()

    @property
    def rng(self) -> Random:
        """The world's source of chance."""
        return self.scribe.rng

    @property
    def signed_in(self) -> bool:
        """Whether this person is logged in on this device."""
        return self.device.signed_in == self.person.number

    def wait(self, shortest_s: float, longest_s: float) -> None:
        """People need at least a second for anything; mostly the short side of the range."""
        self.at += 1_000 + int(1000 * (shortest_s + (longest_s - shortest_s) * self.rng.random() ** 2))

    def sign_out(self) -> None:
        """The device forgets who was there."""
        self.device.signed_in = 0

    def _news(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The identifiers, if they were not named together on this visit before: only then they are evidence."""
        if names == self._named:
            return ()
        self._named = names
        return names


class SegmentVisit(_Walk):
    """A visit by browser or app. `undefined`: a bug of the page sends that text as the user id of who is logged out."""

    def __init__(
        self, scribe: Scribe, person: Person, device: Device, at: int, *,
        delay_ms: int = 0, campaign: dict[str, str] | None = None, referrer: str = "",
    ) -> None:  # fmt: skip
        super().__init__(scribe, person, device, at, delay_ms=delay_ms)
        self.door: Door = "app" if device.kind == "app" else "web"
        self.undefined = self.door == "web" and self.rng.random() < faults.UNDEFINED_SHARE
        self.referrer = referrer
        self._prefix = "ajs-next" if self.door == "web" else "mobile"
        self._page: dict[str, str] = {}
        self._context = (
            wire.app_context(person, device) if self.door == "app" else wire.web_context(person, device, campaign)
        )

    def view(self, path: str, title: str) -> None:
        """A page call in a browser, a screen call in an app."""
        if self.door == "app":
            self._say("screen", title, {"name": title})
            return
        landing = not self._page and "campaign" in self._context
        search = f"?utm_source={self._context['campaign']['source']}" if landing else ""
        self._page = wire.page_context(path, title, self.referrer, search)
        self.referrer = self._page["url"]
        self._say("page", title, dict(self._page))

    def do(self, event: str, properties: dict[str, Any], *, fen: int | None = None) -> None:
        """A track call; after the new releases some look different."""
        flags = NO_FAULT
        if self.at >= self.scribe.drifts_from:
            drifted = faults.drifted(event, properties, channel=self.door)
            if drifted is not None:
                (event, properties), flags = drifted, Fault.DRIFT
        self._say("track", event, properties, fen=fen, flags=flags)

    def sign_in(self, *, traits: dict[str, Any] | None, names: tuple[str, ...] = (), flags: Fault = NO_FAULT) -> None:
        """Signing in is an identify call. A registration in the app is an alias first, as older SDKs do it."""
        self.device.signed_in = self.person.number
        if traits is not None and self.door == "app":
            self._alias()
        self._named = ()
        self._say("identify", "identify", None, traits=traits or {}, extra=names, flags=flags)

    def _alias(self) -> None:
        message_id = self.scribe.new_id(self._prefix)
        at = self.at + self.device.clock_error_ms
        message = wire.segment_message(
            "alias", "alias", message_id, at, anonymous_id="", user_id=self.person.user_id, context=self._context
        )
        message["previousId"] = self.device.anonymous_id
        names = (f"user_id:{self.person.user_id}", *self._own())
        self._write(message, message_id, Deed(self.at, self.person.number, "alias", "alias", names=self._news(names)))

    def _names(self) -> tuple[str, ...]:
        return (f"user_id:{self.person.user_id}", *self._own()) if self.signed_in else self._own()

    def _own(self) -> tuple[str, ...]:
        """The device, where it is this person's; one for several is nobody's, even if one alone has used it yet."""
        return () if self.device.shared else self.device.identifiers

    def _say(
        self, kind: str, event: str, properties: dict[str, Any] | None, *, fen: int | None = None,
        traits: dict[str, Any] | None = None, extra: tuple[str, ...] = (), flags: Fault = NO_FAULT,
    ) -> None:  # fmt: skip
        message_id = self.scribe.new_id(self._prefix)
        user_id = self.person.user_id if self.signed_in else ""
        if self.undefined and not user_id:
            user_id, flags = "undefined", flags | Fault.PLACEHOLDER
        context = {**self._context, "page": self._page} if self._page else self._context
        message = wire.segment_message(
            kind, event, message_id, self.at + self.device.clock_error_ms, anonymous_id=self.device.anonymous_id,
            user_id=user_id, context=context, properties=properties, traits=traits,
        )  # fmt: skip
        deed = Deed(
            self.at, self.person.number, kind, event, amount=yuan_text(fen) if fen is not None else "", faults=flags,
            ambiguous=self.device.shared and not self.signed_in, names=self._news(self._names() + extra),
        )  # fmt: skip
        self._write(message, message_id, deed)

    def _write(self, message: dict[str, Any], message_id: str, deed: Deed) -> None:
        self.scribe.write(
            self.door, message, message_id, deed, clock_error_ms=self.device.clock_error_ms, delay_ms=self.delay_ms
        )
        self.at += A_MOMENT_MS


class MiniVisit(_Walk):
    """A visit to the mini-program. WeChat tells it who is there (openid, unionid) before anybody logs in."""

    def view(self, path: str, title: str) -> None:
        """A page of the mini-program."""
        self._say("track", "page", "$MPViewScreen", {"$url_path": path.lstrip("/"), "$title": title})

    def do(self, event: str, properties: dict[str, Any], *, fen: int | None = None) -> None:
        """神策 names have no spaces."""
        self._say("track", "track", event.replace(" ", ""), properties, fen=fen)

    def sign_in(self, *, traits: dict[str, Any] | None, names: tuple[str, ...] = (), flags: Fault = NO_FAULT) -> None:
        """`$SignUp` ties the visitor to the account; what a registration tells goes into the profile."""
        self.device.signed_in = self.person.number
        self._named = ()
        self._say("track_signup", "identify", "$SignUp", {"$is_login_id": True})
        if traits:
            self._say("profile_set", "profile", "", traits, extra=names, flags=flags)

    def _say(
        self, kind: str, stored_type: str, event: str, properties: dict[str, Any], *, fen: int | None = None,
        extra: tuple[str, ...] = (), flags: Fault = NO_FAULT,
    ) -> None:  # fmt: skip
        person, device = self.person, self.device
        user_id = person.user_id if self.signed_in else ""
        message = wire.sensors_message(
            kind, event, self.at, self.rng.randrange(10**9), person, device, user_id=user_id, properties=properties
        )
        own = (f"openid:{person.openid}", f"unionid:{person.unionid}", *device.identifiers)
        names = (f"user_id:{user_id}", *own, *extra) if user_id else (*own, *extra)
        deed = Deed(
            self.at, person.number, stored_type, event or kind, faults=flags,
            amount=yuan_text(fen) if fen is not None else "", names=self._news(names),
        )  # fmt: skip
        event_id = wire.sensors_event(person.openid, self.at)
        self.scribe.write("mini_program", message, event_id, deed, delay_ms=self.delay_ms)
        self.at += A_MOMENT_MS
