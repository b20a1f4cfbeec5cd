"""Policies in the metadata: versions, who was first, and that a new door knows what an old one wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuji.store.metadata import Metadata
from zuji.store.policies import Policies
from zuji.terms.error import Conflict


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    metadata = Metadata.open(tmp_path / "meta.sqlite")
    for name in ("shop", "other"):
        metadata.create_workspace(id=name, name=name, timezone="UTC", created_at=0)
    return Policies.beside(metadata)


def test_the_newest_version_of_a_part_holds_and_all_are_kept(policies: Policies) -> None:
    assert policies.newest("shop", "rules") is None
    policies.write("shop", "rules", {"a": 1}, over=0, at=5, by="ann")
    policies.write("shop", "rules", {"a": 2}, over=1, at=6, by="bo")
    newest = policies.newest("shop", "rules")
    assert newest is not None
    assert (newest.version, newest.document, newest.by) == (2, {"a": 2}, "bo")
    assert [one.document for one in policies.versions("shop", "rules")] == [{"a": 2}, {"a": 1}]
    assert policies.newest("shop", "names") is None
    assert policies.newest("other", "rules") is None


def test_who_wrote_over_an_older_version_is_told_and_changes_nothing(policies: Policies) -> None:
    policies.write("shop", "plan", {"a": 1}, over=None, at=5, by="ann")
    with pytest.raises(Conflict, match="changed by somebody else"):
        policies.write("shop", "plan", {"a": 2}, over=0, at=6, by="bo")
    newest = policies.newest("shop", "plan")
    assert newest is not None
    assert newest.document == {"a": 1}


def test_another_door_to_the_same_database_knows_what_was_decided(policies: Policies) -> None:
    policies.write("shop", "names", {"x": [1, "二"]}, over=None, at=5, by="ann")
    again = Policies.beside(policies).newest("shop", "names")
    assert again is not None
    assert again.document == {"x": [1, "二"]}


def test_what_is_decided_together_with_something_that_fails_does_not_hold(policies: Policies) -> None:
    policies.write("shop", "rules", {"a": 1}, over=None, at=5, by="ann")

    def decide_and_fail() -> None:
        with policies.together():
            policies.write("shop", "rules", {"a": 2}, over=1, at=6, by="bo")
            raise OSError("the entry in the audit log")

    with pytest.raises(OSError, match="audit"):
        decide_and_fail()
    newest = policies.newest("shop", "rules")
    assert newest is not None
    assert (newest.version, newest.document) == (1, {"a": 1})
    with policies.together():
        policies.write("shop", "rules", {"a": 3}, over=1, at=7, by="bo")
    newest = policies.newest("shop", "rules")
    assert newest is not None
    assert (newest.version, newest.document) == (2, {"a": 3})
