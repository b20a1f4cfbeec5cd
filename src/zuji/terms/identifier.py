"""Who somebody says they are: identifier types with their rules. Values are made in `clean`, links in `identify`."""

from __future__ import annotations

from typing import Literal

import msgspec

Sensitivity = Literal["none", "personal", "high"]


class Identifier(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A (type, value) pair; the value is normalised by `clean.identifiers`."""

    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


class IdentifierType(msgspec.Struct, frozen=True):
    """The rules of one type. `priority`: smaller is stronger. `limit`: most values of this type that one profile may
    take on within 90 days (None = any). `device`: the value stands for a device or browser that several people may
    use in turn, so a log-in by somebody else moves its pointer instead of being refused.
    `secret_key_only`: a public key may not assert it. `merges_from_public_key`: whether evidence of this type from a
    public key may join two profiles that both exist already.
    """

    name: str
    priority: int
    limit: int | None
    device: bool = False
    secret_key_only: bool = False
    merges_from_public_key: bool = True
    sensitivity: Sensitivity = "none"


IDENTIFIER_TYPES: tuple[IdentifierType, ...] = (
    IdentifierType("user_id", 1, 1),
    IdentifierType("unionid", 2, 1, merges_from_public_key=False, sensitivity="personal"),
    IdentifierType("openid", 3, 1, sensitivity="personal"),
    IdentifierType("member_card", 4, 3, merges_from_public_key=False, sensitivity="personal"),
    IdentifierType("phone", 5, 3, merges_from_public_key=False, sensitivity="personal"),
    IdentifierType("email", 6, 3, merges_from_public_key=False, sensitivity="personal"),
    IdentifierType("national_id_hash", 7, 1, secret_key_only=True, merges_from_public_key=False, sensitivity="high"),
    IdentifierType("device_id", 8, 20, device=True),
    IdentifierType("anonymous_id", 9, 100, device=True),
    IdentifierType("cookie_id", 10, 100, device=True),
    IdentifierType("distinct_id", 11, None),
)
TYPE_BY_NAME: dict[str, IdentifierType] = {kind.name: kind for kind in IDENTIFIER_TYPES}
CUSTOM_TYPE = IdentifierType("custom", 7, 20)
"""Stands in for a type the workspace uses without having defined it."""


def type_of(name: str) -> IdentifierType:
    """The rules of a type by name; a type nobody defined follows `CUSTOM_TYPE`."""
    return TYPE_BY_NAME.get(name, CUSTOM_TYPE)


BLOCKED_VALUES: frozenset[str] = frozenset(
    {
        "", "empty", "null", "nil", "none", "undefined", "nan", "unknown", "anonymous", "guest", "true", "false",
        "0", "-1", "[object object]", "13800138000", "+8613800138000", "10086", "test@test.com",
    }
)  # fmt: skip
"""Values that stand for nobody, compared after trimming and lower-casing. `clean.identifiers` also blocks all-zero
device ids and UUIDs and addresses at example domains."""
