"""Who may do what: one table from roles to permissions. What is not in the table is forbidden.

Every API route names one permission; a role that lacks it gets 403. `personal.read` is different: without it a role
gets the same answer with personal values masked. `session.begin` is all that somebody may who has not signed in.
"""

from __future__ import annotations

from typing import Literal, get_args

from zuji.terms.source import Role

Permission = Literal[
    "events.read",
    "profiles.read",
    "personal.read",
    "identity.read",
    "identity.write",
    "sources.read",
    "sources.write",
    "sources.delete_data",
    "workspaces.read",
    "workspaces.write",
    "tokens.read",
    "tokens.write",
    "quarantine.read",
    "quarantine.replay",
    "accounting.read",
    "quality.read",
    "quality.judge",
    "operation.read",
    "operation.write",
    "audit.read",
    "sql.run",
    "questions.ask",
    "questions.save",
    "tags.read",
    "tags.write",
    "visual_events.read",
    "visual_events.write",
    "visual_events.publish",
    "exports.make",
    "subscriptions.read",
    "subscriptions.write",
    "receivers.read",
    "receivers.write",
    "context.use",
    "policies.read",
    "policies.write",
    "users.read",
    "users.write",
    "session.begin",
    "session.own",
]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
ROLES: tuple[Role, ...] = get_args(Role)

_EVERYBODY: frozenset[Permission] = frozenset({"accounting.read", "workspaces.read", "session.begin", "session.own"})
_READER: frozenset[Permission] = _EVERYBODY | {
    "events.read",
    "sources.read",
    "quality.read",
    "questions.ask",
    "tags.read",
    "visual_events.read",
}
_SAVER: frozenset[Permission] = frozenset(
    {
        "profiles.read",
        "questions.save",
        "tags.write",
        "visual_events.write",
        "visual_events.publish",
        "exports.make",
    }
)

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    "owner": frozenset(PERMISSIONS),
    "analyst": _READER
    | _SAVER
    | {
        "identity.read",
        "quarantine.read",
        "quality.judge",
        "operation.read",
        "sql.run",
        "subscriptions.read",
        "receivers.read",
        "policies.read",
        "policies.write",
    },
    "marketer": _READER | _SAVER | {"subscriptions.read", "context.use"},
    "service": _READER
    | {"profiles.read", "personal.read", "identity.read", "identity.write", "exports.make", "context.use"},
    "privacy_officer": _READER
    | {
        "profiles.read",
        "personal.read",
        "identity.read",
        "quarantine.read",
        "sources.delete_data",
        "tokens.read",
        "audit.read",
        "exports.make",
        "policies.read",
    },
    "viewer": _READER,
}

SQL_ROWS_OF: dict[Role, int] = {"owner": 100_000, "analyst": 10_000}
"""How many rows an answer to SQL may have. A role that is not named here gets none."""

EXPORT_ROWS_OF: dict[Role, int] = {
    "owner": 1_000_000,
    "service": 1_000_000,
    "privacy_officer": 1_000_000,
    "analyst": 100_000,
    "marketer": 100_000,
}
"""How many rows a file may have that is taken out. A role that is not named here gets none."""


def may(role: Role, permission: Permission) -> bool:
    """Whether the table gives this role this permission.

    >>> may("viewer", "tokens.write")
    False
    """
    return permission in PERMISSIONS_OF.get(role, frozenset())
