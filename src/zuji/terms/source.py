"""A source, its limits and its keys, as every room sees them; and the snapshot of keys that the gateway reads."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from zuji.terms.message import KeyKind
from zuji.terms.webhook import WebhookMapping

Channel = Literal[
    "web", "app", "mini_program", "server", "pos", "iot", "support", "social", "email", "sms", "crm", "other"
]
Role = Literal["owner", "analyst", "marketer", "service", "privacy_officer", "viewer"]
DEFAULT_WORKSPACE = "default"


class SourceSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be set per source. Sizes in bytes, times named by their unit."""

    max_event_bytes: int = 32 * 1024
    max_body_bytes: int = 5 * 1024 * 1024
    requests_per_minute_per_key: int = 600_000
    requests_per_minute_per_address: int = 120_000
    new_people_per_hour: int = 1_000_000
    new_property_names_per_day: int = 2_000
    timezone: str = "Asia/Shanghai"
    earliest_year: int = 1990
    distinct_id_is_user_id: bool = False
    """The identified distinct_id of this source is a user_id."""
    public_key_may_merge: bool = False
    """The source opts in: phone, email, unionid, member_card from its public key may join existing profiles."""
    secret_key_may_force_merge: bool = False
    default_phone_region: str = "CN"
    page_origins: tuple[str, ...] = ()
    """Origins whose pages may read what is public about the person in front of them (`https://shop.example`)."""
    webhook: WebhookMapping | None = None
    """How the payloads of this source's webhooks are read, and how they are signed."""
    webhook_secret: str = ""
    """What signatures of webhooks are checked with. It can be set, but never read back."""

    def __repr__(self) -> str:
        """Without the secret: settings stand in logs and in the reports of errors."""
        return f"SourceSettings({shown_settings(self)})"


SECRET_IS_SET = "(set)"  # noqa: S105 - what is shown in the place of a secret
"""Also what a client sends back that read the settings and changes others: the secret stays."""


def shown_settings(settings: SourceSettings) -> dict[str, Any]:
    """The settings as they may be seen: every one of them, also where it has its default, and of a secret only that
    there is one.

    >>> shown_settings(SourceSettings(webhook_secret="s3"))["webhook_secret"]
    '(set)'
    """
    shown = {name: getattr(settings, name) for name in settings.__struct_fields__}
    if settings.webhook_secret:
        shown["webhook_secret"] = SECRET_IS_SET
    values: dict[str, Any] = msgspec.to_builtins(shown)
    return values


class Source(msgspec.Struct, frozen=True):
    """A place events come from."""

    id: str
    workspace: str
    name: str
    channel: Channel = "web"
    enabled: bool = True
    settings: SourceSettings = SourceSettings()


class KeyEntry(msgspec.Struct, frozen=True):
    """One write key as the gateway knows it: only the SHA-256 of the key, never the key."""

    key_sha256: str
    kind: KeyKind
    source: Source
    slow_until: int = 0
    """Milliseconds since 1970 until which the gateway answers this key with 429 (the engine asked for it)."""


class KeySnapshot(msgspec.Struct, frozen=True):
    """All write keys that are valid now. The engine rewrites the file whenever something changes."""

    version: int
    keys: tuple[KeyEntry, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) whose X-Forwarded-For is believed."""
