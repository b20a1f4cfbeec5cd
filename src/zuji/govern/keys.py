"""Sources and their write keys, and the snapshot of keys that the gateways read.

A key is made once, shown once and stored as a hash. It is public (in pages and apps: may only write, and never opens
or steals a profile) or secret (on servers) from birth. Whenever something changes the snapshot file is replaced
whole, which the gateways notice within half a second; so a revocation acts within two.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from zuji.govern.tokens import hint_of
from zuji.store.metadata import Metadata, WriteKey
from zuji.terms.error import BadRequest, NotFound
from zuji.terms.refusal import refusal
from zuji.terms.secret import PUBLIC_KEY_PREFIX, SECRET_KEY_PREFIX, sha256_hex
from zuji.terms.source import SECRET_IS_SET, Channel, KeyEntry, KeySnapshot, Source, SourceSettings

RANDOM_BYTES = 24
SLOW_MS = 60_000
"""How long a key is held up after its source brought too many new people or property names."""

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
WriteKind = Literal["public", "secret"]
PREFIX_OF: dict[WriteKind, str] = {"public": PUBLIC_KEY_PREFIX, "secret": SECRET_KEY_PREFIX}


@dataclass(frozen=True)
class NewKey:
    """A write key at the one moment when it can be read."""

    secret: str
    key: WriteKey


@dataclass(frozen=True)
class NewSource:
    """A new source with its two keys."""

    source: Source
    write_key: str
    secret_key: str


@dataclass(frozen=True)
class PageSource:
    """A source as page-time reads need it."""

    source: Source
    secret_hashes: tuple[str, ...]


class Keys:
    """Sources and keys of all workspaces. Safe to use from several threads."""

    def __init__(
        self,
        metadata: Metadata,
        *,
        snapshot: Path,
        trusted_proxies: tuple[str, ...] = (),
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._metadata = metadata
        self._snapshot = snapshot
        self._trusted_proxies = trusted_proxies
        self._now_ms = now_ms
        self._new_id = new_id
        self._random_text = random_text
        self._lock = threading.RLock()
        self._sources: dict[tuple[str, str], Source] = {}
        self._slow_until: dict[tuple[str, str], int] = {}
        self._version = 0
        self._valid: KeySnapshot | None = None

    def source_of(self, workspace: str, source_id: str) -> Source:
        """The source an event names. One and the same object until it changes, so that batches can group by it.

        A source nobody knows any more is one with default settings: what was accepted from it still counts.
        """
        source = self._sources.get((workspace, source_id))
        if source is None:
            with self._lock:
                known = self._metadata.get_source(workspace, source_id)
                source = known or Source(id=source_id, workspace=workspace, name=source_id)
                self._sources[workspace, source_id] = source
        return source

    def sources(self, workspace: str) -> list[Source]:
        """The sources of a workspace, by name."""
        return self._metadata.list_sources(workspace)

    def source(self, workspace: str, name_or_id: str) -> Source:
        """One source, by id or else by name. Raises NotFound."""
        if found := self._metadata.get_source(workspace, name_or_id):
            return found
        for source in self._metadata.list_sources(workspace):
            if source.name == name_or_id:
                return source
        raise NotFound(f"there is no source {name_or_id!r} in the workspace {workspace}.")

    def create_source(
        self, workspace: str, name: str, channel: Channel, *, settings: Mapping[str, Any], actor: str
    ) -> NewSource:
        """A new source with a public and a secret key. Raises Conflict when its name is taken."""
        checked = checked_settings(SourceSettings(), settings)
        with self._lock:
            source = Source(id=self._new_id(), workspace=workspace, name=name, channel=channel, settings=checked)
            with self._changing(source, actor=actor, action="source.create"):
                self._metadata.create_source(source, created_at=self._now_ms())
                public, secret = self._make_key(source, "public"), self._make_key(source, "secret")
        return NewSource(source, public.secret, secret.secret)

    def change_source(
        self, workspace: str, name_or_id: str, *, enabled: bool | None, settings: Mapping[str, Any] | None, actor: str
    ) -> Source:
        """Enable, disable, set limits. What is None stays."""
        with self._lock:
            before = self.source(workspace, name_or_id)
            after = msgspec.structs.replace(
                before,
                enabled=before.enabled if enabled is None else enabled,
                settings=checked_settings(before.settings, settings or {}),
            )
            with self._changing(after, actor=actor, action="source.change"):
                self._metadata.update_source(after)
        return after

    def keys(self, workspace: str, name_or_id: str) -> list[WriteKey]:
        """The keys of a source, newest first, revoked ones too."""
        return self._metadata.list_keys(workspace, self.source(workspace, name_or_id).id)

    def rotate(
        self, workspace: str, name_or_id: str, *, kind: WriteKind, old: Literal["revoke", "keep"], actor: str
    ) -> NewKey:
        """A new key of one kind. The former ones are revoked, or kept until revoked one by one."""
        with self._lock:
            source = self.source(workspace, name_or_id)
            former = [key for key in self.keys(workspace, source.id) if key.kind == kind and key.revoked_at is None]
            with self._changing(source, actor=actor, action="key.rotate", detail=f"{kind}, old ones: {old}"):
                made = self._make_key(source, kind)
                if old == "revoke":
                    for key in former:
                        self._metadata.revoke_key(key.id, at=self._now_ms())
        return made

    def revoke(self, workspace: str, name_or_id: str, key_id: str, *, actor: str) -> WriteKey:
        """Make a key worthless."""
        with self._lock:
            source = self.source(workspace, name_or_id)
            if not any(key.id == key_id for key in self.keys(workspace, source.id)):
                raise NotFound(f"the source {source.name!r} has no key {key_id!r}.")
            with self._changing(source, actor=actor, action="key.revoke", detail=key_id):
                self._metadata.revoke_key(key_id, at=self._now_ms())
            return next(key for key in self.keys(workspace, source.id) if key.id == key_id)

    def page_source(self, write_key: str) -> PageSource | None:
        """The enabled source of a public key, with the hashes of its secret keys: what proofs are checked by."""
        wanted = sha256_hex(write_key)
        entries = self._valid.keys if self._valid is not None else self.write_snapshot().keys
        found = next((one for one in entries if one.key_sha256 == wanted and one.kind == "public"), None)
        if found is None or not found.source.enabled:
            return None
        here = (found.source.workspace, found.source.id)
        secrets_here = tuple(
            one.key_sha256 for one in entries if one.kind == "secret" and (one.source.workspace, one.source.id) == here
        )
        return PageSource(found.source, secrets_here)

    def page_origins(self) -> frozenset[str]:
        """Every origin that any source lets read at page time: all that a preflight can be answered by."""
        entries = self._valid.keys if self._valid is not None else self.write_snapshot().keys
        return frozenset(origin for one in entries for origin in one.source.settings.page_origins)

    def slow_down(self, crowded: set[tuple[str, str]]) -> None:
        """Ask the gateways to hold up the keys of these (workspace, source) for a minute."""
        now = self._now_ms()
        with self._lock:
            fresh = {pair for pair in crowded if self._slow_until.get(pair, 0) < now + SLOW_MS // 2}
            self._slow_until = {pair: until for pair, until in self._slow_until.items() if until > now}
            if fresh:
                self._slow_until |= dict.fromkeys(fresh, now + SLOW_MS)
                self.write_snapshot()

    def write_snapshot(self) -> KeySnapshot:
        """Replace the snapshot file with what is valid now: whole or not at all, readable by the owner only."""
        with self._lock:
            now = self._now_ms()
            self._version = max(self._version + 1, now)
            entries = tuple(
                KeyEntry(
                    key_sha256=key.key_sha256,
                    kind=key.kind,
                    source=self.source_of(key.workspace, key.source),
                    slow_until=self._slow_until.get((key.workspace, key.source), 0),
                )
                for key in self._metadata.valid_keys()
            )
            snapshot = KeySnapshot(self._version, entries, self._trusted_proxies)
            _replace(self._snapshot, msgspec.json.encode(snapshot))
            self._valid = snapshot
        return snapshot

    def _make_key(self, source: Source, kind: WriteKind) -> NewKey:
        secret = PREFIX_OF[kind] + self._random_text(RANDOM_BYTES)
        key = self._metadata.create_key(
            id=self._new_id(),
            workspace=source.workspace,
            source=source.id,
            kind=kind,
            key_sha256=sha256_hex(secret),
            hint=hint_of(secret),
            created_at=self._now_ms(),
        )
        return NewKey(secret, key)

    @contextmanager
    def _changing(self, source: Source, *, actor: str, action: str, detail: str = "") -> Iterator[None]:
        """A source or its keys become this inside, noted with it; after that the gateways are told."""
        subject = f"{source.workspace}/{source.id}"
        with self._metadata.together():
            yield
            self._metadata.note(at=self._now_ms(), actor=actor, action=action, subject=subject, detail=detail)
        self._sources[source.workspace, source.id] = source
        self.write_snapshot()


def checked_settings(before: SourceSettings, changes: Mapping[str, Any]) -> SourceSettings:
    """The settings with some changed. Raises BadRequest for a name nobody knows or a value of the wrong kind."""
    allowed = SourceSettings.__struct_fields__
    for name in changes:
        if name not in allowed:
            raise BadRequest(f"{name!r} is no setting of a source. Allowed are: {', '.join(allowed)}.")
    values = {name: getattr(before, name) for name in allowed} | dict(changes)
    if values["webhook_secret"] == SECRET_IS_SET:
        values["webhook_secret"] = before.webhook_secret
    try:
        settings = msgspec.convert(values, SourceSettings)
    except msgspec.ValidationError as mistake:
        raise BadRequest(
            f"a setting of the source has a value it cannot have: {refusal(SourceSettings, mistake)}"
        ) from mistake
    for origin in settings.page_origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadRequest(f"page_origins: {origin!r:.200} is no origin. Write https://shop.example, without a path.")
    return settings


def _replace(path: Path, content: bytes) -> None:
    """Write beside, flush, rename: a reader sees the old file or the new one, never half of either."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
