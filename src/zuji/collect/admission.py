"""May this request come in? Its key, its source, and how often its key and its address may call."""

from __future__ import annotations

from collections.abc import Callable

from zuji.collect.decode.request import BadBody, Overload
from zuji.collect.keys import KeyRing
from zuji.collect.limits import RequestCaps, address_group, retry_after_s
from zuji.terms.source import KeyEntry

BEFORE_FIRST_SNAPSHOT_S = 2
"""The engine writes the first snapshot of keys moments after its start."""


class Admission:
    """Decides on requests by key and address. `now_ms` is the time of day, `monotonic` a clock that never jumps."""

    def __init__(self, keys: KeyRing, *, now_ms: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._keys = keys
        self._now_ms = now_ms
        self._monotonic = monotonic
        self._caps = RequestCaps()

    def find_source(self, key: str | None) -> KeyEntry | BadBody | Overload:
        """Whose key this is. While no key is known yet, nobody is told that theirs is wrong: clients give up at 401."""
        if not self._keys.known:
            return Overload("unavailable", BEFORE_FIRST_SNAPSHOT_S, "the keys are not known yet; send it again")
        if not key:
            return BadBody(401, "no_write_key", "the request carries no write key")
        entry = self._keys.find(key)
        if entry is None:
            return BadBody(401, "unknown_write_key", "this write key is not known, or was revoked")
        return entry

    def admit(self, key: str | None, address: str) -> KeyEntry | BadBody | Overload:
        """A disabled source is told before any cap counts; a key that the engine slows is not counted either."""
        entry = self.find_source(key)
        if not isinstance(entry, KeyEntry):
            return entry
        if not entry.source.enabled:
            return BadBody(404, "source_disabled", f"the source {entry.source.name} is disabled")
        slow_for_ms = entry.slow_until - self._now_ms()
        if slow_for_ms > 0:
            return Overload("too_many", retry_after_s(slow_for_ms / 1000), "this key is slowed down for a while")
        return self._within_caps(entry, address) or entry

    def _within_caps(self, entry: KeyEntry, address: str) -> Overload | None:
        settings, now_s = entry.source.settings, self._monotonic()
        key_cap, address_cap = settings.requests_per_minute_per_key, settings.requests_per_minute_per_address
        wait_s = self._caps.wait_s(("key", entry.key_sha256), per_minute=key_cap, now_s=now_s)
        if wait_s:
            return Overload("too_many", retry_after_s(wait_s), f"more than {key_cap} requests a minute with this key")
        if not address:
            return None
        caller = ("address", entry.source.workspace, entry.source.id, address_group(address))
        wait_s = self._caps.wait_s(caller, per_minute=address_cap, now_s=now_s)
        if wait_s:
            said = f"more than {address_cap} requests a minute from this address"
            return Overload("too_many", retry_after_s(wait_s), said)
        return None
