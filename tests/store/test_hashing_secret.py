"""The secret by which a workspace's personal values are hashed: one for ever, its own, and no part of a policy."""

from __future__ import annotations

from pathlib import Path

from zuji.store.metadata import Metadata
from zuji.store.policies import Policies
from zuji.terms.policy import PARTS


def opened(file: Path) -> tuple[Metadata, Policies]:
    """The metadata, and the door to policies beside it."""
    metadata = Metadata.open(file)
    return metadata, Policies.beside(metadata)


def test_a_secret_is_made_once_and_read_again_after_a_restart(tmp_path: Path) -> None:
    metadata, policies = opened(tmp_path / "meta.sqlite")
    for workspace in ("one", "two"):
        metadata.create_workspace(id=workspace, name=workspace, timezone="UTC", created_at=0)
    first, other = policies.secret("one"), policies.secret("two")
    assert first == policies.secret("one") != other
    metadata.close()
    metadata, policies = opened(tmp_path / "meta.sqlite")
    assert (policies.secret("one"), policies.secret("two")) == (first, other)
    assert [policies.newest("one", part) for part in PARTS] == [None] * len(PARTS)
    metadata.close()
