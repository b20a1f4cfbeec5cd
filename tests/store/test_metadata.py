"""Metadata: what is put in comes out, workspaces apart, and the tables are those that the models say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from zuji.store import (
    definition_tables,
    metadata_migrations,
    policy_tables,
    receiver_tables,
    saved_tables,
    subscription_tables,
    user_tables,
    verdict_tables,
)
from zuji.store.metadata import Metadata, Token, WriteKey
from zuji.store.metadata_tables import Row
from zuji.terms.error import Busy, Conflict, NotFound
from zuji.terms.source import Source, SourceSettings


@pytest.fixture
def metadata(tmp_path: Path) -> Iterator[Metadata]:
    """Metadata with the workspaces `default` and `other`."""
    with closing(Metadata.open(tmp_path / "meta.sqlite")) as opened:
        for name in ("default", "other"):
            opened.create_workspace(id=name, name=name, timezone="Asia/Shanghai", created_at=1)
        yield opened


def shop(name: str = "shop", *, id: str = "s1", workspace: str = "default") -> Source:  # noqa: A002
    return Source(id, workspace, name, "app", settings=SourceSettings(max_event_bytes=77, timezone="UTC"))


def make_key(metadata: Metadata, id: str, *, created_at: int = 5, source: str = "s1") -> WriteKey:  # noqa: A002
    return metadata.create_key(
        id=id, workspace="default", source=source, kind="public", key_sha256=f"hash-{id}", hint="zp_…abcd",
        created_at=created_at,
    )  # fmt: skip


def make_token(metadata: Metadata, id: str, *, created_at: int = 5, workspace: str | None = None) -> Token:  # noqa: A002
    return metadata.create_token(
        id=id, workspace=workspace, role="viewer", name="n", token_sha256=f"hash-{id}", hint="zt_…abcd",
        created_at=created_at, expires_at=99,
    )  # fmt: skip


def test_workspaces_are_listed_oldest_first(metadata: Metadata) -> None:
    metadata.create_workspace(id="first", name="First", timezone="UTC", created_at=0)
    assert [one.id for one in metadata.list_workspaces()] == ["first", "default", "other"]
    assert metadata.get_workspace("nowhere") is None


def test_a_taken_workspace_id_is_a_conflict(metadata: Metadata) -> None:
    with pytest.raises(Conflict, match="default"):
        metadata.create_workspace(id="default", name="again", timezone="UTC", created_at=0)


def test_a_source_comes_back_with_its_settings(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    assert metadata.get_source("default", "s1") == shop()
    assert metadata.list_sources("default") == [shop()]


def test_a_source_is_not_seen_from_another_workspace(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    assert metadata.get_source("other", "s1") is None
    assert metadata.list_sources("other") == []
    metadata.delete_source("other", "s1")
    assert metadata.get_source("default", "s1") is not None


def test_names_of_sources_are_unique_within_a_workspace_only(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    metadata.create_source(shop(id="s2", workspace="other"), created_at=3)
    with pytest.raises(Conflict, match="shop"):
        metadata.create_source(shop(id="s3"), created_at=3)


def test_a_source_needs_its_workspace(metadata: Metadata) -> None:
    with pytest.raises(Conflict, match="nowhere"):
        metadata.create_source(shop(workspace="nowhere"), created_at=3)


def test_a_changed_source_is_stored_changed_and_an_unknown_one_is_not_found(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    after = Source("s1", "default", "renamed", "web", enabled=False, settings=SourceSettings(earliest_year=2001))
    metadata.update_source(after)
    assert metadata.get_source("default", "s1") == after
    with pytest.raises(NotFound):
        metadata.update_source(shop(id="s9"))


def test_a_revoked_key_is_listed_but_not_valid_and_keeps_its_first_end(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    old, new = make_key(metadata, "k1", created_at=5), make_key(metadata, "k2", created_at=6)
    metadata.revoke_key("k1", at=10)
    metadata.revoke_key("k1", at=20)
    assert metadata.valid_keys() == [new]
    listed = metadata.list_keys("default", "s1")
    assert [(key.id, key.revoked_at) for key in listed] == [("k2", None), ("k1", 10)]
    assert (old.key_sha256, old.revoked_at) == ("hash-k1", None)


def test_the_same_key_twice_is_a_conflict(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    make_key(metadata, "k1")
    with pytest.raises(Conflict):
        metadata.create_key(
            id="k2", workspace="default", source="s1", kind="secret", key_sha256="hash-k1", hint="h", created_at=1
        )


def test_deleting_a_source_takes_its_keys_along(metadata: Metadata) -> None:
    metadata.create_source(shop(), created_at=3)
    make_key(metadata, "k1")
    metadata.delete_source("default", "s1")
    assert metadata.list_sources("default") == []
    assert metadata.valid_keys() == []


def test_a_token_is_found_by_its_hash_alone(metadata: Metadata) -> None:
    made = make_token(metadata, "t1")
    assert metadata.find_token("hash-t1") == made
    assert metadata.find_token("t1") is None


def test_a_revoked_token_keeps_its_first_end_and_an_unknown_one_is_none(metadata: Metadata) -> None:
    make_token(metadata, "t1")
    metadata.revoke_token("t1", at=7)
    revoked = metadata.revoke_token("t1", at=8)
    assert revoked is not None
    assert revoked.revoked_at == 7
    assert metadata.revoke_token("t9", at=8) is None


def test_tokens_are_listed_newest_first_with_their_last_use(metadata: Metadata) -> None:
    make_token(metadata, "t1", created_at=1)
    make_token(metadata, "t2", created_at=2, workspace="other")
    metadata.touch_token("t1", at=50)
    assert [(one.id, one.workspace, one.last_used_at) for one in metadata.list_tokens()] == [
        ("t2", "other", None),
        ("t1", None, 50),
    ]


def test_notes_are_paged_newest_first(metadata: Metadata) -> None:
    for number in range(5):
        metadata.note(at=number, actor="owner", action="source.create", subject=f"s{number}", detail="it's")
    first = metadata.list_audit(limit=2)
    second = metadata.list_audit(before=first[-1].id, limit=10)
    assert [entry.subject for entry in [*first, *second]] == ["s4", "s3", "s2", "s1", "s0"]
    assert first[0].detail == "it's"


def test_everything_is_there_after_reopening_by_url(tmp_path: Path) -> None:
    Metadata.open(tmp_path / "meta.sqlite").close()
    with closing(Metadata.open(f"sqlite:///{tmp_path / 'meta.sqlite'}")) as metadata:
        metadata.create_workspace(id="a", name="a", timezone="UTC", created_at=1)
    with closing(Metadata.open(tmp_path / "meta.sqlite")) as metadata:
        assert [one.id for one in metadata.list_workspaces()] == ["a"]


def test_a_file_that_cannot_be_opened_is_busy(tmp_path: Path) -> None:
    with pytest.raises(Busy, match="cannot be opened"):
        Metadata.open(tmp_path / "no such folder" / "meta.sqlite")


def test_the_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    Metadata.open(tmp_path / "meta.sqlite").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'meta.sqlite'}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Row.metadata)
    rows = (
        saved_tables.SavedQuestionRow,
        subscription_tables.SubscriptionRow,
        definition_tables.DefinitionRow,
        policy_tables.PolicyRow,
        receiver_tables.ReceiverRow,
        user_tables.UserRow,
        verdict_tables.VerdictRow,
    )
    assert {row.__tablename__ for row in rows} <= set(Row.metadata.tables)
    engine.dispose()
    assert differences == []


def test_every_table_can_be_written_down_for_postgresql() -> None:
    dialect = postgresql.dialect()
    texts = [str(CreateTable(table).compile(dialect=dialect)) for table in Row.metadata.sorted_tables]
    assert any("BIGSERIAL" in text for text in texts)
    assert not any("AUTOINCREMENT" in text for text in texts)


def test_a_later_migration_keeps_a_copy_of_the_file_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "meta.sqlite"
    with closing(Metadata.open(file)) as metadata:
        metadata.create_workspace(id="a", name="a", timezone="UTC", created_at=1)
    scripts = tmp_path / "meta"
    (scripts / "versions").mkdir(parents=True)
    ours = metadata_migrations.MIGRATIONS
    for script in (ours / "env.py", *(ours / "versions").glob("0*.py")):
        (scripts / script.relative_to(ours)).write_text(script.read_text())
    newest = max(file.name[:4] for file in (ours / "versions").glob("0*.py"))
    (scripts / "versions" / "9999_more.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision = '{newest}'\n"
        "def upgrade():\n    op.create_table('more', sa.Column('id', sa.Integer(), primary_key=True))\n"
    )
    monkeypatch.setattr(metadata_migrations, "MIGRATIONS", scripts)
    Metadata.open(file).close()
    assert "more" in _tables(file)
    before = tmp_path / "meta.before-9999.sqlite"
    assert "more" not in _tables(before)
    assert "workspace" in _tables(before)


def _tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def source_and_note(metadata: Metadata, *doors: Metadata, failing: Exception | None = None) -> None:
    """A source and what is noted about it, together; and notes through other doors."""
    with metadata.together():
        for door in (metadata, *doors):
            door.note(at=1, actor="me", action="source.create", subject="s1")
        metadata.create_source(shop(), created_at=1)
        assert metadata.get_source("default", "s1") == shop(), "what follows sees what was changed"
        if failing is not None:
            raise failing


def noted(metadata: Metadata) -> int:
    return len(metadata.list_audit(before=None, limit=10))


@pytest.mark.parametrize("failing", [Conflict("after the first"), RuntimeError("anything")])
def test_changes_made_together_all_happen_or_none_does(metadata: Metadata, failing: Exception) -> None:
    with pytest.raises(type(failing)):
        source_and_note(metadata, failing=failing)
    assert (metadata.get_source("default", "s1"), noted(metadata)) == (None, 0)
    source_and_note(metadata)
    assert (metadata.get_source("default", "s1"), noted(metadata)) == (shop(), 1)


def test_what_is_taken_keeps_its_words_within_several_changes_and_takes_the_others_back(metadata: Metadata) -> None:
    metadata.create_source(shop(id="s2"), created_at=1)
    with pytest.raises(Conflict, match="named 'shop' already"):
        source_and_note(metadata)
    assert noted(metadata) == 0


def test_other_doors_to_the_same_database_join_and_other_databases_do_not(metadata: Metadata, tmp_path: Path) -> None:
    with closing(Metadata.open(tmp_path / "other.sqlite")) as elsewhere:
        with pytest.raises(RuntimeError):
            source_and_note(metadata, Metadata.beside(metadata), elsewhere, failing=RuntimeError())
        assert (noted(metadata), noted(elsewhere)) == (0, 1)
