"""Who is asking: a role, in one workspace or in all, proven by a token, a session, or access to the data folder."""

from __future__ import annotations

from dataclasses import dataclass

from zuji.govern.roles import Permission, may
from zuji.terms.error import NotAllowed
from zuji.terms.source import Role


@dataclass(frozen=True)
class Principal:
    """The bearer of a valid token, or somebody signed in. `workspace` is None when the right holds in all workspaces.

    `user`: whose token or session it is, where it is anybody's; `session`: its id, for somebody signed in.
    """

    id: str
    name: str
    role: Role
    workspace: str | None = None
    user: str | None = None
    session: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the role allows this."""
        return may(self.role, permission)

    def covers(self, workspace: str) -> bool:
        """Whether the token holds in this workspace."""
        return self.workspace is None or self.workspace == workspace

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed, with what would help, unless the role allows this."""
        if not self.may(permission):
            raise NotAllowed(
                f"the role {self.role} lacks the permission {permission}. Ask an owner for a role or token that has it."
            )

    def require_workspace(self, workspace: str) -> None:
        """Raise NotAllowed unless the token holds in this workspace."""
        if not self.covers(workspace):
            raise NotAllowed(
                f"this {self._proof} is for the workspace {self.workspace}, not {workspace}. "
                f"Add ?workspace={self.workspace}, or use a {self._proof} of the other workspace."
            )

    @property
    def _proof(self) -> str:
        return "token" if self.session is None else "role"


class Visitor(Principal):
    """Somebody who has not signed in: may do that, and nothing else."""

    def may(self, permission: Permission) -> bool:
        """Whether it is the one thing."""
        return permission == "session.begin"

    def covers(self, workspace: str) -> bool:
        """No workspace."""
        return False


VISITOR = Visitor(id="visitor", name="nobody signed in", role="viewer")

OPERATOR = Principal(id="control", name="command line", role="owner")
"""Whoever can open the control socket owns the data folder already, so asking for a token would protect nothing."""
