"""The visual events of a workspace: drafted, published as versions, retired.

Unlike tags they need no decision in the spool: they keep no state. They are views of clicks that are stored anyway, so
a replay finds the same clicks whatever was published since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from zuji.store.definitions import Definitions, DefinitionVersion, WrittenDefinition
from zuji.tag.visual_event import read_visual_event
from zuji.terms.error import BadQuestion, Conflict

State = Literal["draft", "published", "retired"]
KIND: Literal["visual_event"] = "visual_event"


@dataclass(frozen=True, slots=True)
class VisualCatalogue:
    """The visual events of one workspace as one caller works on them. `now_ms` is when, `by` is who."""

    kept: Definitions
    workspace: str
    by: str
    now_ms: int

    def written(self) -> list[WrittenDefinition]:
        """Every one as it is written now, by key."""
        return self.kept.all_of(self.workspace, KIND)

    def one(self, key: str) -> WrittenDefinition:
        """The one with this key. Raises NotFound."""
        return self.kept.get(self.workspace, KIND, key)

    def versions(self, key: str) -> list[DefinitionVersion]:
        """Every version of one, newest first; one without a document retired it. Raises NotFound."""
        return self.kept.versions(self.workspace, KIND, self.one(key).key)

    def create(self, document: Any) -> WrittenDefinition:
        """Write a new one down. No question knows it before it is published."""
        key = read_visual_event(document).key
        made = WrittenDefinition(self.workspace, KIND, key, dict(document), self.now_ms, self.now_ms, self.by)
        self.kept.add(made)
        return made

    def change(self, key: str, document: Any) -> WrittenDefinition:
        """Write another document in its place. What is published stays until the next publishing."""
        read = read_visual_event(document)
        if read.key != key:
            raise BadQuestion(f"key: {read.key} is not {key}. A key stays; make a new visual event for another one.")
        self.kept.write(self.workspace, KIND, key, dict(document), at=self.now_ms, by=self.by)
        return self.one(key)

    def publish(self, key: str) -> DefinitionVersion:
        """What is written, as the next version: questions mean it from now on, over all of history."""
        document = self.one(key).document
        read_visual_event(document)
        return self._number(key, document)

    def retire(self, key: str) -> DefinitionVersion | None:
        """The version that ends it; None for a draft, which is forgotten. Raises Conflict when it has ended already."""
        versions = self.versions(key)
        if not versions:
            self.kept.forget(self.workspace, KIND, key)
            return None
        if versions[0].document is None:
            raise Conflict(f"visual event {key} is retired already. Publish it to have it back.")
        return self._number(key, None)

    def _number(self, key: str, document: dict[str, Any] | None) -> DefinitionVersion:
        return self.kept.number(self.workspace, KIND, key, document, at=self.now_ms, by=self.by)


def state_of(versions: list[DefinitionVersion]) -> State:
    """What became of a visual event, by its versions, newest first."""
    if not versions:
        return "draft"
    return "retired" if versions[0].document is None else "published"
