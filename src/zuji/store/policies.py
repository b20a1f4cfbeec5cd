"""Policies in the metadata: the newest of each part is kept in memory, because cleaning asks for it with every batch.

Who writes a policy and who cleans by it are one process, the engine; what is written holds from the next batch on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from sqlalchemy import Engine, event, func, select

from zuji.store.metadata_rows import MetadataRows
from zuji.store.policy_tables import PolicyRow
from zuji.terms.error import Conflict
from zuji.terms.policy import Part, Policy

SECRET_BYTES = 32
_SECRET = "hashing secret"  # noqa: S105 - the name of the row


class Policies(MetadataRows):
    """The door to the policies. Any thread may call it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._writing = threading.RLock()
        self._secrets: dict[str, bytes] = {}
        self._newest: dict[tuple[str, str], Policy] | None = None

    def newest(self, workspace: str, part: Part) -> Policy | None:
        """What holds now; None when nothing was ever decided."""
        return self._known().get((workspace, part))

    def write(
        self, workspace: str, part: Part, document: Mapping[str, Any], *, over: int | None, at: int, by: str
    ) -> Policy:
        """Decide anew. `over`: the version that the writer had seen; Conflict when another one holds by now."""
        taken = f"the policy {part!r} was changed by somebody else meanwhile; look at it again, then repeat."
        with self._writing:
            known = self._known()
            with self._change(taken=taken) as session:
                mine = (PolicyRow.workspace == workspace) & (PolicyRow.part == part)
                newest = session.scalar(select(func.max(PolicyRow.version)).where(mine)) or 0
                if over is not None and over != newest:
                    raise Conflict(taken)
                made = Policy(workspace, part, newest + 1, dict(document), at, by)
                session.add(PolicyRow(**{name: getattr(made, name) for name in Policy.__struct_fields__}))
                # It holds once the transaction does, which may be one that other changes are part of.
                event.listen(session, "after_commit", lambda _: known.update({(workspace, part): made}), once=True)
        return made

    def secret(self, workspace: str) -> bytes:
        """The workspace's own secret, by which its personal values are hashed. Made when it is first asked for; it is a
        row that no part of a policy has, so no answer shows it.
        """
        held = self._secrets.get(workspace)
        if held is None:
            with self._writing, self._change(taken="the secret was made by somebody else meanwhile.") as session:
                row = session.get(PolicyRow, (workspace, _SECRET, 1))
                if row is None:
                    made = {"key": token_hex(SECRET_BYTES)}
                    row = PolicyRow(workspace=workspace, part=_SECRET, version=1, document=made, at=0, by="zuji")
                    session.add(row)
                held = bytes.fromhex(row.document["key"])
            self._secrets[workspace] = held
        return held

    def versions(self, workspace: str, part: Part) -> list[Policy]:
        """Every version, newest first."""
        chosen = select(PolicyRow).where(PolicyRow.workspace == workspace, PolicyRow.part == part)
        return self._all(chosen.order_by(PolicyRow.version.desc()), Policy)

    def _known(self) -> dict[tuple[str, str], Policy]:
        if self._newest is None:
            with self._writing:  # else what is written while this is read would be overwritten with what was before
                parts = select(PolicyRow).where(PolicyRow.part != _SECRET)
                rows = self._all(parts.order_by(PolicyRow.version), Policy)
                self._newest = {(row.workspace, row.part): row for row in rows}
        return self._newest
