"""The table of roles: default deny."""

from __future__ import annotations

import pytest

from zuji.govern.principal import Principal
from zuji.govern.roles import PERMISSIONS, PERMISSIONS_OF, ROLES, may
from zuji.terms.error import NotAllowed


def test_every_role_has_a_row_and_only_the_owner_may_do_everything() -> None:
    assert set(PERMISSIONS_OF) == set(ROLES)
    assert [role for role in ROLES if PERMISSIONS_OF[role] == frozenset(PERMISSIONS)] == ["owner"]


def test_a_role_nobody_knows_may_do_nothing() -> None:
    assert not any(may("root", permission) for permission in PERMISSIONS)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_only_an_owner_makes_tokens_sources_workspaces_and_backups(role: str) -> None:
    for permission in (
        "tokens.write", "users.write", "sources.write", "workspaces.write", "operation.write", "quarantine.replay",
    ):  # fmt: skip
        assert not may(role, permission)  # type: ignore[arg-type]


def test_personal_values_are_for_those_whose_work_needs_them() -> None:
    assert [role for role in ROLES if may(role, "personal.read")] == ["owner", "service", "privacy_officer"]


def test_a_refusal_names_the_role_and_the_permission_and_what_would_help() -> None:
    viewer = Principal(id="t", name="wall display", role="viewer")
    with pytest.raises(NotAllowed, match=r"role viewer lacks the permission tokens\.write.*Ask an owner"):
        viewer.require("tokens.write")


def test_a_token_of_one_workspace_does_not_hold_in_another() -> None:
    bound = Principal(id="t", name="shop", role="owner", workspace="shop")
    bound.require_workspace("shop")
    with pytest.raises(NotAllowed, match=r"for the workspace shop, not default.*\?workspace=shop"):
        bound.require_workspace("default")
    assert Principal(id="t", name="all", role="viewer").covers("anything")
