"""Definitions in the metadata: written, changed, numbered when published, kept with their history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from zuji.store.definitions import Definitions, DefinitionVersion, WrittenDefinition
from zuji.store.metadata import Metadata
from zuji.store.metadata_migrations import migrate
from zuji.terms.error import Conflict, NotFound

LOCAL = WrittenDefinition("default", "tag", "local", {"key": "local", "rule": {"when": {"all": []}}}, 1, 1, "ann")


@pytest.fixture
def definitions(tmp_path: Path) -> Iterator[Definitions]:
    metadata = Metadata.open(tmp_path / "meta.sqlite")
    for workspace in ("default", "other"):
        metadata.create_workspace(id=workspace, name=workspace, timezone="UTC", created_at=1)
    yield Definitions.beside(metadata)
    metadata.close()


def test_what_is_written_comes_back_whole_and_only_where_it_belongs(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    assert definitions.get("default", "tag", "local") == LOCAL
    assert definitions.all_of("default", "tag") == [LOCAL]
    assert definitions.all_of("default", "segment") == definitions.all_of("other", "tag") == []
    for workspace, kind in (("other", "tag"), ("default", "segment")):
        with pytest.raises(NotFound):
            definitions.get(workspace, kind, "local")  # type: ignore[arg-type]


def test_a_key_is_taken_within_its_kind_and_workspace_only(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    with pytest.raises(Conflict, match="choose another key"):
        definitions.add(LOCAL)
    definitions.add(WrittenDefinition("default", "segment", "local", {}, 1, 1, "ann"))
    definitions.add(WrittenDefinition("other", "tag", "local", {}, 1, 1, "ann"))


def test_a_change_says_who_and_when_and_leaves_what_was_published(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    first = definitions.number("default", "tag", "local", LOCAL.document, at=5, by="ann")
    definitions.write("default", "tag", "local", {"new": True}, at=9, by="ben")
    expected = WrittenDefinition("default", "tag", "local", {"new": True}, 1, 9, "ben")
    assert definitions.get("default", "tag", "local") == expected
    assert definitions.versions("default", "tag", "local") == [first]
    with pytest.raises(NotFound):
        definitions.write("other", "tag", "local", {}, at=9, by="ben")


def test_versions_are_numbered_one_after_another_an_end_among_them(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    for at, document in ((5, LOCAL.document), (6, None), (7, LOCAL.document)):
        definitions.number("default", "tag", "local", document, at=at, by="ann")
    newest, end, first = definitions.versions("default", "tag", "local")
    assert (newest.version, end.version, first.version) == (3, 2, 1)
    assert end == DefinitionVersion("default", "tag", "local", 2, None, 6, "ann")


def test_a_version_that_was_refused_is_forgotten(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    kept = definitions.number("default", "tag", "local", LOCAL.document, at=5, by="ann")
    definitions.take_back(definitions.number("default", "tag", "local", LOCAL.document, at=6, by="ann"))
    assert definitions.versions("default", "tag", "local") == [kept]


def test_what_was_published_cannot_be_forgotten(definitions: Definitions) -> None:
    definitions.add(LOCAL)
    definitions.number("default", "tag", "local", LOCAL.document, at=5, by="ann")
    with pytest.raises(Conflict, match="its history stays"):
        definitions.forget("default", "tag", "local")
    definitions.add(WrittenDefinition("default", "tag", "draft", {}, 1, 1, "ann"))
    definitions.forget("default", "tag", "draft")
    assert [one.key for one in definitions.all_of("default", "tag")] == ["local"]


def test_a_database_of_an_earlier_release_takes_the_new_tables(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'meta.sqlite'}")
    migrate(engine, up_to="0002")
    Metadata(engine).create_workspace(id="default", name="Shop", timezone="UTC", created_at=1)
    engine.dispose()
    opened = Definitions.open(tmp_path / "meta.sqlite")
    opened.add(LOCAL)
    assert opened.get("default", "tag", "local") == LOCAL
    opened.close()
