"""The write keys a gateway knows: read from a file that the engine replaces whenever a key or a source changes."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from zuji.terms.message import KeyKind
from zuji.terms.secret import sha256_hex
from zuji.terms.source import KeyEntry, KeySnapshot, SourceSettings

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""A revoked key must be refused within 2 s."""
LONGEST_KEY = 256
"""Ours have some 40 characters; hashing megabytes of a forged one would be work for nothing."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class _Loaded:
    """One good snapshot, arranged for lookup."""

    entries: dict[str, KeyEntry]
    proxies: tuple[Network, ...]
    largest_body: int


_NOTHING = _Loaded({}, (), SourceSettings().max_body_bytes)


class KeyRing:
    """Answers which source a key belongs to. A missing or torn file leaves the last good snapshot in force.

    `monotonic` is a clock in seconds that only decides when to look at the file again.
    """

    def __init__(self, path: Path, *, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._monotonic = monotonic
        self._looked_at = float("-inf")
        self._seen: tuple[int, int, int] | None = None
        self._loaded = _NOTHING
        self._known = False

    @property
    def known(self) -> bool:
        """Whether a snapshot was ever read. Before that nobody can be told that a key is wrong."""
        self._refresh()
        return self._known

    @property
    def largest_body(self) -> int:
        """The largest inflated body that any source allows: what is read before the key is known."""
        self._refresh()
        return self._loaded.largest_body

    @property
    def trusted_proxies(self) -> tuple[Network, ...]:
        """The networks whose X-Forwarded-For is believed."""
        self._refresh()
        return self._loaded.proxies

    def find(self, key: str) -> KeyEntry | None:
        """The entry of a valid key. An unknown key makes us look at the file at once: it may be brand new."""
        if not key or len(key) > LONGEST_KEY:
            return None
        self._refresh()
        hashed = sha256_hex(key)
        entry = self._loaded.entries.get(hashed)
        if entry is None and self._look():
            entry = self._loaded.entries.get(hashed)
        return entry

    def of_source(self, workspace: str, name: str, kind: KeyKind) -> KeyEntry | None:
        """A valid key of a source that an operator named: so an input needs no key in its settings."""
        self._refresh()
        entries = self._loaded.entries.values()
        named = (one for one in entries if (one.source.workspace, one.source.name, one.kind) == (workspace, name, kind))
        return max(named, key=lambda entry: entry.slow_until, default=None)

    def _refresh(self) -> None:
        if self._monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look()

    def _look(self) -> bool:
        """Read the file if it is another one than last time. Says whether something new is in force."""
        self._looked_at = self._monotonic()
        try:
            status = self._path.stat()
            mark = (status.st_mtime_ns, status.st_ino, status.st_size)
            if mark == self._seen:
                return False
            self._seen = mark
            snapshot = msgspec.json.decode(self._path.read_bytes(), type=KeySnapshot)
            self._loaded = _arrange(snapshot)
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:  # msgspec's errors and bad networks are ValueErrors
            log.warning("the key snapshot %s cannot be read, the last good one stays: %s", self._path, error)
            return False
        self._known = True
        return True


def _arrange(snapshot: KeySnapshot) -> _Loaded:
    largest = (entry.source.settings.max_body_bytes for entry in snapshot.keys)
    return _Loaded(
        entries={entry.key_sha256: entry for entry in snapshot.keys},
        proxies=tuple(ipaddress.ip_network(text, strict=False) for text in snapshot.trusted_proxies),
        largest_body=max(largest, default=_NOTHING.largest_body),
    )
