"""Policies as cleaning uses them: each part's document, read and checked once per version into a value.

To add a part, write a function that reads its document (BadRequest says what is wrong and where) and name it in
`READERS`. The API checks what people write with the same functions, so a policy that was taken can always be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from zuji.clean.plan_document import read_plan
from zuji.clean.point_document import read_points
from zuji.clean.quality_policy import read_quality
from zuji.clean.rule_book import read_rules
from zuji.clean.standards.document import read_standards
from zuji.clean.standards.event_names import read_names
from zuji.terms.policy import Part, Policy

Value = TypeVar("Value")
Reader = Callable[[Mapping[str, Any]], Any]

READERS: dict[Part, Reader] = {
    "names": read_names,
    "standards": read_standards,
    "plan": read_plan,
    "points": read_points,
    "rules": read_rules,
    "quality": read_quality,
}
"""What understands the document of each part."""


class PolicySource(Protocol):
    """Where policies come from."""

    def newest(self, workspace: str, part: Part) -> Policy | None:
        """What holds now; None when nothing was ever decided."""
        ...

    def secret(self, workspace: str) -> bytes:
        """With what the workspace's personal values are hashed: made once, shown to nobody."""
        ...


class NoPolicies:
    """Nobody has decided anything."""

    def newest(self, workspace: str, part: Part) -> Policy | None:
        """Nothing."""
        return None

    def secret(self, workspace: str) -> bytes:
        """Nobody decided that anything is hashed."""
        return b""


class Compiled(Generic[Value]):
    """The values of one part by workspace, read again when a newer version holds."""

    def __init__(self, part: Part, read: Callable[[Mapping[str, Any]], Value], *, usual: Value) -> None:
        self._part = part
        self._read = read
        self._usual = usual
        self._values: dict[str, tuple[int, Value]] = {}

    def of(self, policies: PolicySource, workspace: str) -> Value:
        """What a workspace decided, else what is usual."""
        policy = policies.newest(workspace, self._part)
        if policy is None:
            return self._usual
        held = self._values.get(workspace)
        if held is None or held[0] != policy.version:
            held = self._values[workspace] = (policy.version, self._read(policy.document))
        return held[1]
