"""The shapes of users, sessions and invitations on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from zuji.api.wire import In, Name, Out
from zuji.govern.passwords import LONGEST, SHORTEST
from zuji.govern.roles import Permission
from zuji.terms.source import Role

Language = Literal["en", "zh"]
Login = Annotated[str, Field(min_length=2, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]+$", examples=["ann@shop.cn"])]
Password = Annotated[str, Field(min_length=1, max_length=1000)]
"""Whatever somebody types at the door is looked at; what a new one must be is `NewPassword`."""
NewPassword = Annotated[str, Field(min_length=1, max_length=1000, description=f"{SHORTEST} to {LONGEST} characters.")]


class SignInIn(In):
    """Who wants to come in."""

    login: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password


class WelcomeIn(In):
    """A link that is followed. An invitation needs `login` and `name`; a link for a new password neither."""

    code: str = Field(min_length=1, max_length=100, examples=["zc_..."])
    login: Login | None = None
    name: Name | None = None
    password: NewPassword
    language: Language | None = None


class PasswordIn(In):
    """A new password, allowed by the old one."""

    old: Password
    new: NewPassword


class MyselfIn(In):
    """How one wants to be called and spoken to; what is not named stays."""

    name: Name | None = None
    language: Language | None = None


class SignedInUser(Out):
    """Who is signed in."""

    id: str
    login: str
    name: str
    language: Language


class EnterableWorkspace(Out):
    """A workspace that somebody may enter, with their role there."""

    id: str
    name: str
    timezone: str
    role: Role


class SessionOut(Out):
    """Who is signed in, and what they may do in the workspace that is asked about."""

    user: SignedInUser
    role: Role
    workspace: str
    workspaces: list[EnterableWorkspace]
    permissions: list[Permission]
    csrf: str = Field(description="Send it as `X-Zuji-CSRF` with every request that changes something.")


class SessionUser(Out):
    """Whose session it is."""

    id: str
    login: str
    name: str


class ListedSession(Out):
    """A browser in which somebody is signed in. `current`: the one that asks."""

    id: str
    user: SessionUser
    created_at: str
    seen_at: str
    expires_at: str
    address: str
    agent: str
    current: bool


class SessionList(Out):
    """Sessions, the one used last first."""

    sessions: list[ListedSession]


class WorkspaceRole(Out):
    """A role in one workspace."""

    workspace: str
    role: Role


class UserOut(Out):
    """Somebody who may sign in: with `role` in all workspaces, or with `roles` in some of them."""

    id: str
    login: str
    name: str
    language: Language
    role: Role | None
    roles: list[WorkspaceRole]
    disabled: bool
    created_at: str
    seen_at: str | None = Field(description="When they were last seen in a session that is not over.")


class UserList(Out):
    """Users, by login."""

    users: list[UserOut]


class UserChangeIn(In):
    """What is to change. `role` null takes it away; `workspace` null means in all, instead of any in one."""

    role: Role | None = None
    workspace: str | None = Field(default=None, max_length=64)
    disabled: bool | None = None


class InvitationIn(In):
    """Somebody new. `workspace` null means all."""

    role: Role
    workspace: str | None = Field(default=None, max_length=64, examples=["default"])


class InvitationOut(Out):
    """An invitation that waits."""

    id: str
    role: Role
    workspace: str | None
    created_by: str
    created_at: str
    expires_at: str


class NewInvitationOut(InvitationOut):
    """A new invitation; its link is shown this once."""

    path: str = Field(examples=["/console/#/welcome?code=zc_..."], description="Follows the address of the server.")


class InvitationList(Out):
    """Invitations that wait, newest first."""

    invitations: list[InvitationOut]


class ResetLinkOut(Out):
    """A link with which somebody sets a new password, shown this once."""

    login: str
    path: str
    expires_at: str
