"""What people save: it comes back, workspaces apart; the tables join a database that is full already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine

from zuji.store.metadata import Metadata
from zuji.store.metadata_migrations import migrate
from zuji.store.people_lists import PeopleList, PeopleLists
from zuji.store.saved import CHECKS_KEPT, Alert, AlertCheck, Annotation, Dashboard, SavedQuestion, SavedWork
from zuji.terms.error import Conflict, NotFound

QUESTION = SavedQuestion(
    "q1", "default", "New people", "", "lifecycle", {"event": "it's", "date_from": "-7d"}, "t1", "private", 1, 1
)
BOARD = Dashboard("d1", "default", "Wall", "t1", "workspace", ({"question": "q1", "x": 0},), 1, 1)
ALERT = Alert("a1", "default", "Few", "q1", {"threshold": 1.5}, {"unit": "hour"}, True, "t1", "ok", None, None, 1, 1)
LIST = PeopleList("l1", "default", "Lost", "t1", "funnel", {"steps": []}, {"step": 2}, 3, 17, 1)


@pytest.fixture
def metadata(tmp_path: Path) -> Iterator[Metadata]:
    """Metadata with the workspaces `default` and `other`."""
    with closing(Metadata.open(tmp_path / "meta.sqlite")) as opened:
        for name in ("default", "other"):
            opened.create_workspace(id=name, name=name, timezone="Asia/Shanghai", created_at=1)
        yield opened


@pytest.fixture
def saved(metadata: Metadata) -> SavedWork:
    return SavedWork.beside(metadata)


def test_what_is_saved_comes_back_whole(saved: SavedWork) -> None:
    for one in (QUESTION, BOARD, ALERT):
        saved.add(one)
    assert saved.get(SavedQuestion, "default", "q1") == QUESTION
    assert saved.get(Dashboard, "default", "d1") == BOARD
    assert saved.get(Alert, "default", "a1") == ALERT
    assert saved.all_of(SavedQuestion, "default") == [QUESTION]


def test_nothing_is_found_or_changed_from_another_workspace(saved: SavedWork) -> None:
    saved.add(QUESTION)
    assert saved.all_of(SavedQuestion, "other") == []
    with pytest.raises(NotFound, match="no saved question 'q1'"):
        saved.get(SavedQuestion, "other", "q1")
    with pytest.raises(NotFound):
        saved.replace(replace(QUESTION, workspace="other", name="stolen"))
    saved.delete_question("other", "q1")
    assert saved.get(SavedQuestion, "default", "q1") == QUESTION


def test_a_change_takes_the_place_of_what_was_there(saved: SavedWork) -> None:
    saved.add(BOARD)
    after = replace(BOARD, name="Hall", tiles=({"question": "q2"}, {"question": "q3"}), updated_at=9)
    saved.replace(after)
    assert saved.get(Dashboard, "default", "d1") == after


def test_a_question_that_an_alert_watches_stays(saved: SavedWork) -> None:
    saved.add(QUESTION)
    saved.add(ALERT)
    with pytest.raises(Conflict, match="an alert watches this question"):
        saved.delete_question("default", "q1")
    saved.record("a1", AlertCheck(5, "ok", 2.0), stands="ok", fired_at=None)
    saved.delete_alert("default", "a1")
    saved.delete_question("default", "q1")
    assert saved.all_of(SavedQuestion, "default") == []


def test_an_alert_needs_its_question(saved: SavedWork) -> None:
    with pytest.raises(Conflict, match="what it refers to is gone"):
        saved.add(ALERT)


def test_annotations_are_listed_by_their_moment_and_go_with_their_dashboard(saved: SavedWork) -> None:
    saved.add(BOARD)
    late, early = Annotation("n1", "d1", 50, "sale", "t1", 9), Annotation("n2", "d1", 40, "campaign", "t2", 10)
    saved.annotate(late, most=2)
    saved.annotate(early, most=2)
    assert saved.annotations("d1") == [early, late]
    with pytest.raises(Conflict, match="up to 2 annotations"):
        saved.annotate(replace(late, id="n3"), most=2)
    saved.remove_annotation("d1", "n1")
    with pytest.raises(NotFound):
        saved.remove_annotation("d1", "n1")
    saved.delete_dashboard("default", "d1")
    assert saved.annotations("d1") == []


def test_a_check_is_kept_and_the_alert_stands_as_it_says(saved: SavedWork) -> None:
    saved.add(QUESTION)
    saved.add(ALERT)
    failed = AlertCheck(20, "failed", problem="the store is busy")
    saved.record("a1", AlertCheck(10, "firing", 3.0, 1.0), stands="firing", fired_at=10)
    saved.record("a1", failed, stands="firing", fired_at=10)
    stands = saved.get(Alert, "default", "a1")
    assert (stands.state, stands.fired_at, stands.checked_at) == ("firing", 10, 20)
    assert saved.checks("a1", limit=5) == [failed, AlertCheck(10, "firing", 3.0, 1.0)]


def test_of_very_many_checks_the_last_are_kept(saved: SavedWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zuji.store.saved.CHECKS_KEPT", 3)
    assert CHECKS_KEPT > 3
    saved.add(QUESTION)
    saved.add(ALERT)
    for at in range(10):
        saved.record("a1", AlertCheck(at, "ok", float(at)), stands="ok", fired_at=None)
    assert [check.at for check in saved.checks("a1", limit=99)] == [9, 8, 7]


def test_a_check_of_an_alert_that_is_gone_is_dropped(saved: SavedWork) -> None:
    saved.record("a9", AlertCheck(1, "ok"), stands="ok", fired_at=None)
    assert saved.checks("a9", limit=1) == []


def test_only_enabled_alerts_are_to_be_checked_in_all_workspaces(saved: SavedWork) -> None:
    saved.add(QUESTION)
    saved.add(ALERT)
    saved.add(replace(ALERT, id="a2", enabled=False))
    saved.add(replace(QUESTION, id="q2", workspace="other"))
    elsewhere = replace(ALERT, id="a3", workspace="other", question="q2", created_at=2)
    saved.add(elsewhere)
    assert saved.enabled_alerts() == [ALERT, elsewhere]


def test_a_list_keeps_its_members_in_order_and_apart(metadata: Metadata) -> None:
    lists = PeopleLists.beside(metadata)
    lists.save(LIST, [5, 3, 2**40])
    lists.save(replace(LIST, id="l2"), range(25_000))
    assert lists.members(LIST) == [3, 5, 2**40]
    assert lists.get("default", "l1") == LIST
    assert [one.id for one in lists.all_in("default")] == ["l1", "l2"]
    with pytest.raises(NotFound):
        lists.get("other", "l1")
    lists.delete(LIST)
    assert lists.members(LIST) == []
    assert lists.members(replace(LIST, id="l2")) == list(range(25_000))


def test_a_list_that_cannot_be_kept_whole_is_not_kept_at_all(metadata: Metadata) -> None:
    lists = PeopleLists.beside(metadata)
    with pytest.raises(Conflict):
        lists.save(LIST, [*range(20_000), 7])
    assert lists.all_in("default") == []


def test_a_database_of_the_first_release_keeps_what_it_holds_and_takes_the_new_tables(tmp_path: Path) -> None:
    file = tmp_path / "meta.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    assert migrate(engine, up_to="0001") == ["0001"]
    old = Metadata(engine)
    old.create_workspace(id="default", name="Shop", timezone="UTC", created_at=1)
    old.note(at=2, actor="t1", action="workspace.create", subject="default")
    old.close()
    with closing(Metadata.open(file)) as metadata:
        assert [one.name for one in metadata.list_workspaces()] == ["Shop"]
        assert [one.subject for one in metadata.list_audit()] == ["default"]
        SavedWork.beside(metadata).add(QUESTION)
        assert SavedWork.beside(metadata).all_of(SavedQuestion, "default") == [QUESTION]
    assert (tmp_path / "meta.before-0002.sqlite").exists()
