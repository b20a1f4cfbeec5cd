"""Passwords, tries that fail, sessions and their ends: by a clock of our own."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from zuji.govern import passwords, sign_in_limit
from zuji.govern.principal import Principal
from zuji.govern.profile_views import MOST_KEPT, ONCE_EVERY_MS, ProfileViews, subject_of
from zuji.govern.sessions import IDLE_MS, LONGEST_MS, Browser, NewSession, Sessions, Wait, principal_of
from zuji.govern.sign_in_limit import FORGOTTEN_AFTER_S, FREE_PER_ADDRESS, FREE_PER_LOGIN, LONGEST_WAIT_S, SignInLimit
from zuji.govern.users import Users
from zuji.store.metadata import Metadata
from zuji.store.users import User, UserStore
from zuji.terms.error import BadRequest, Conflict, NotFound

HERE = Browser("192.0.2.1", "Test")
DAY_MS = 86_400_000


@dataclass
class Desk:
    """Users and sessions over a folder of their own, by a clock that stands still until it is moved."""

    metadata: Metadata
    store: UserStore
    users: Users
    sessions: Sessions
    now: int = 1_800_000_000_000

    def newcomer(self, login: str = "ann") -> User:
        """An owner of everything whose password is `password of LOGIN`."""
        code = self.users.invite(role="owner", workspace=None, actor="test").path.partition("code=")[2]
        return self.users.welcome(code, login=login, name=login, password=f"password of {login}", language="en")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    numbers = itertools.count(1)
    with closing(Metadata.open(tmp_path / "meta.sqlite")) as metadata:
        store = UserStore.beside(metadata)
        made: Desk

        def now() -> int:
            return made.now

        def new_id() -> str:
            return f"id{next(numbers)}"

        users = Users(store, metadata, now_ms=now, new_id=new_id, forget_tokens=lambda: None)
        made = Desk(metadata, store, users, Sessions(store, metadata, now_ms=now, new_id=new_id))
        yield made


def test_a_hash_is_of_its_password_alone_and_another_one_each_time() -> None:
    kept, again = passwords.hashed("crème brûlée"), passwords.hashed("crème brûlée")
    assert kept != again
    assert "brûlée" not in kept
    assert passwords.is_right("crème bru\u0302le\u0301e", kept)
    assert not passwords.is_right("creme brulee", kept)


def test_checking_a_login_that_nobody_has_costs_what_checking_one_of_somebody_costs() -> None:
    cost = [text.split("$")[:4] for text in (passwords.NOBODYS, passwords.hashed("three blind mice"))]
    assert cost[0] == cost[1]
    assert not passwords.is_right("", passwords.NOBODYS)


@pytest.mark.parametrize("password", ["short", "x" * 201, "ann@shop.cn", "ANN@shop.cn", "1234567890", "QWERTYuiop"])
def test_a_password_that_anybody_could_guess_is_refused(password: str) -> None:
    with pytest.raises(BadRequest):
        passwords.require_good(password, login="ann@shop.cn")


@pytest.mark.parametrize("password", ["four and twenty", "我的密码是一句话啊哈", "aaaaaaaaab", "0" * 9 + "1"])
def test_nothing_is_asked_of_the_characters_of_a_password(password: str) -> None:
    passwords.require_good(password, login="ann@shop.cn")


def test_every_common_password_is_long_enough_to_be_looked_for() -> None:
    assert not [one for one in passwords.COMMON if len(one) < passwords.SHORTEST or one != one.casefold()]


def test_each_further_try_waits_twice_as_long_up_to_a_bound_and_all_is_forgotten_in_time() -> None:
    limit, now, waits = SignInLimit(), 1000.0, []
    for _ in range(FREE_PER_LOGIN):
        assert limit.begin("ann", "a", now_s=now) == 0
    for _ in range(12):
        waits.append(limit.begin("ann", "a", now_s=now))
        now += waits[-1]
        assert limit.begin("ann", "a", now_s=now) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT_S, LONGEST_WAIT_S]
    assert limit.begin("bob", "a", now_s=now) == 0
    assert limit.begin("ann", "elsewhere", now_s=now) == LONGEST_WAIT_S
    assert limit.begin("ann", "elsewhere", now_s=now + FORGOTTEN_AFTER_S) == 0


def test_a_try_that_was_told_to_wait_does_not_count() -> None:
    limit = SignInLimit()
    for _ in range(FREE_PER_LOGIN):
        limit.begin("ann", "a", now_s=0.0)
    assert [limit.begin("ann", "a", now_s=0.0) for _ in range(50)] == [1.0] * 50


def test_a_right_try_clears_its_login_and_not_what_else_came_from_its_address() -> None:
    limit = SignInLimit()
    for number in range(FREE_PER_ADDRESS - 1):
        limit.begin(f"guess-{number}", "office", now_s=0.0)
    for _ in range(3):
        assert limit.begin("ann", "office", now_s=0.0) == 0
        limit.succeeded("ann", "office")
    assert limit.begin("one more", "office", now_s=0.0) == 0
    assert limit.begin("ann", "office", now_s=0.0) == 1.0


def test_many_tries_at_once_are_no_way_round() -> None:
    limit = SignInLimit()
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda number: limit.begin("ann", f"a{number}", now_s=0.0), range(200)))
    assert waits.count(0) == FREE_PER_LOGIN


def test_the_limit_forgets_the_oldest_when_there_are_too_many() -> None:
    limit = SignInLimit()
    for number in range(sign_in_limit.MOST_KEPT + 10):
        limit.begin("", f"a{number}", now_s=0.0)
    assert len(limit._known) == sign_in_limit.MOST_KEPT


def test_a_sign_in_after_too_many_wrong_ones_waits_until_the_clock_says(desk: Desk) -> None:
    user = desk.newcomer()
    for _ in range(FREE_PER_LOGIN):
        assert desk.sessions.sign_in("ann", "wrong password", HERE) is None
    assert desk.sessions.sign_in("ann", "password of ann", HERE) == Wait(1.0)
    desk.now += 1000
    begun = desk.sessions.sign_in("ann", "password of ann", HERE)
    assert isinstance(begun, NewSession)
    assert begun.user == user
    noted = desk.metadata.list_audit(subject=user.id)[0]
    assert (noted.action, noted.detail) == ("session.begin", "after 5 tries that failed")


def test_a_session_lives_twelve_hours_without_use_and_thirty_days_with_it(desk: Desk) -> None:
    begun = desk.sessions.begin(desk.newcomer(), HERE)
    start, used = desk.now, 0
    desk.now = start + IDLE_MS - 1
    while desk.sessions.authenticate(begun.secret, "default"):
        used = desk.now
        desk.now += IDLE_MS - 1
    assert used - start > LONGEST_MS - IDLE_MS
    desk.now = start + LONGEST_MS - 1
    assert desk.sessions.authenticate(begun.secret, "default") is not None
    desk.now += 1
    assert desk.sessions.authenticate(begun.secret, "default") is None
    idle = desk.sessions.begin(begun.user, HERE)
    desk.now += IDLE_MS
    assert desk.sessions.authenticate(idle.secret, "default") is None


def test_a_new_session_sweeps_out_those_that_are_over(desk: Desk) -> None:
    user = desk.newcomer()
    desk.sessions.begin(user, HERE)
    desk.now += IDLE_MS
    kept = desk.sessions.begin(user, HERE)
    assert desk.store.sessions() == [kept.session]


def test_the_sessions_of_somebody_else_are_not_ended(desk: Desk) -> None:
    ann, bob = desk.newcomer("ann"), desk.newcomer("bob")
    mine = desk.sessions.begin(ann, HERE)
    with pytest.raises(NotFound):
        desk.sessions.end(mine.session.id, of=bob.id, actor=bob.id)
    assert desk.sessions.end(mine.session.id, of=None, actor=bob.id) == mine.session
    assert desk.sessions.list() == []


def test_a_link_is_good_for_seven_days(desk: Desk) -> None:
    made = desk.users.invite(role="viewer", workspace=None, actor="test")
    desk.now += 7 * DAY_MS
    assert desk.users.invitations() == []
    with pytest.raises(NotFound, match="is over"):
        desk.users.welcome(
            made.path.partition("code=")[2], login="late", name="Late", password="four and twenty", language=None
        )


def test_of_two_who_follow_one_link_at_once_one_gets_in(desk: Desk) -> None:
    code = desk.users.invite(role="viewer", workspace=None, actor="test").path.partition("code=")[2]

    def follow(login: str) -> bool:
        try:
            desk.users.welcome(code, login=login, name=login, password="four and twenty", language="en")
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(follow, ["ann", "bob"])) == [False, True]
    assert len(desk.users.all()) == 1


def somebody(**given: object) -> User:
    fields: dict[str, object] = {
        "id": "u",
        "login": "ann",
        "name": "Ann",
        "language": "en",
        "password": "",
        "role": None,
    }
    return User(**{**fields, "created_at": 1, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user", "asked", "expected"),
    [
        (somebody(role="owner"), "shop", ("owner", None)),
        (somebody(roles={"shop": "viewer", "app": "owner"}), "shop", ("viewer", "shop")),
        (somebody(roles={"shop": "viewer", "app": "owner"}), "app", ("owner", "app")),
        (somebody(roles={"shop": "viewer", "app": "owner"}), "default", ("owner", "app")),
        (somebody(), "shop", None),
        (somebody(role="owner", disabled_at=1), "shop", None),
    ],
    ids=["everywhere", "here", "there", "in none of theirs", "nowhere", "locked out"],
)
def test_a_role_holds_where_it_was_given(user: User, asked: str, expected: tuple[str, str | None] | None) -> None:
    found = principal_of(user, "s", asked)
    assert (None if found is None else (found.role, found.workspace)) == expected


def test_a_profile_is_noted_once_an_hour_for_each_who_looks(desk: Desk) -> None:
    views = ProfileViews(desk.metadata, now_ms=lambda: desk.now)
    ann, bob = (Principal(one, one, "viewer", user=one, session="s") for one in ("ann", "bob"))
    start = desk.now
    for passed in (0, ONCE_EVERY_MS - 1, ONCE_EVERY_MS):
        desk.now = start + passed
        views.saw(ann, "default", [17, 18, 17])
    views.saw(bob, "default", [17])
    views.saw(Principal("token", "nightly", "owner", user="ann"), "default", [99])
    noted = [(one.actor, one.subject, one.at - start) for one in desk.metadata.list_audit()[::-1]]
    once, again = subject_of("default", 17), subject_of("default", 18)
    assert noted == [
        ("ann", once, 0),
        ("ann", again, 0),
        ("ann", once, ONCE_EVERY_MS),
        ("ann", again, ONCE_EVERY_MS),
        ("bob", once, ONCE_EVERY_MS),
    ]
    assert len(views._noted) == 3 < MOST_KEPT


def test_nobody_comes_or_changes_without_its_entry_in_the_audit_log(desk: Desk, tmp_path: Path) -> None:
    ann, bob = desk.newcomer("ann"), desk.newcomer("bob")
    with closing(sqlite3.connect(tmp_path / "meta.sqlite")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'the log takes nothing'); END"
        )
    before = desk.store.all(), desk.store.invitations()
    with pytest.raises(Conflict):
        desk.users.invite(role="viewer", workspace=None, actor=ann.id)
    with pytest.raises(Conflict):
        desk.users.disable(bob.id, actor=ann.id)
    with pytest.raises(Conflict):
        desk.users.remove(bob.id, actor=ann.id)
    with pytest.raises(Conflict):
        desk.users.change_password(bob.id, old="password of bob", new="another password", keep_session=None)
    assert (desk.store.all(), desk.store.invitations()) == before
