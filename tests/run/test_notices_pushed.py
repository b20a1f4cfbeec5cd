"""What needs a person is told once when it begins and once when it is over, whatever receivers and engines do."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from notice_world import SECRET, SILENT, WAY, NoticeWorld, notice_world

from hooks import Hook, Letters, hooked, posting
from zuji.govern.outbound import Outbound
from zuji.govern.posting import MailServer, signature
from zuji.run.patience import GIVE_UP_AFTER_MS, REFUSALS_TAKEN
from zuji.terms.alarm import Alarm

MINUTE_S = 60


@pytest.fixture
def world(tmp_path: Path) -> Iterator[NoticeWorld]:
    with notice_world(tmp_path) as made:
        yield made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked(Hook()) as made:
        yield made


def told(hook: Hook) -> list[tuple[str, str]]:
    """The state and code of every notice that was taken, in order."""
    return [(one["state"], one["code"]) for body in hook.taken for one in json.loads(body)["notices"]]


def test_an_alarm_is_told_once_within_a_minute_and_once_when_it_is_over(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    world.alarms = [SILENT]
    world.run(MINUTE_S)
    assert told(hook) == [("raised", "source_silent")]
    world.alarms = [replace(SILENT, said="the source till is silent for longer", count=99)]
    world.run(60 * MINUTE_S, step_s=30)
    assert told(hook) == [("raised", "source_silent")]
    world.alarms = []
    world.run(5 * MINUTE_S)
    assert told(hook) == [("raised", "source_silent"), ("over", "source_silent")]


def test_an_alarm_that_comes_and_goes_within_two_minutes_is_one_matter(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    for _ in range(20):
        world.alarms = [SILENT]
        world.run(MINUTE_S)
        world.alarms = []
        world.run(MINUTE_S)
    assert told(hook) == [("raised", "source_silent")]


def test_an_alert_is_told_with_its_figure_when_it_fires_and_when_it_does_not_any_more(
    world: NoticeWorld, hook: Hook
) -> None:
    world.add_hook(hook)
    alert = world.add_alert("few orders")
    world.judge(alert, "firing", 3)
    world.run(10 * MINUTE_S)
    world.judge(alert, "ok", 30)
    world.run(MINUTE_S)
    assert told(hook) == [("raised", "a"), ("over", "a")]
    [first] = json.loads(hook.taken[0])["notices"]
    assert first["said"] == "the alert few orders fires: total is 3.0 (below 10)"
    assert (first["kind"], first["facts"]["name"], first["facts"]["value"]) == ("alert", "few orders", 3.0)


def test_what_is_sent_is_signed_and_what_is_sent_again_is_named_alike(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    hook.answers = [500]
    world.alarms = [SILENT]
    world.run(MINUTE_S)
    (first, _), (second, body) = hook.requests
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", second["X-Zuji-Signature"])
    assert found is not None
    assert found[2] == signature(SECRET, int(found[1]), body)
    assert first["X-Zuji-Delivery"] == second["X-Zuji-Delivery"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, ["source_silent", "stage_waits", "a"]),
        ({"alerts": ()}, ["source_silent", "stage_waits"]),
        ({"alarms": ()}, ["a"]),
        ({"alarms": ("stage_waits",), "alerts": ()}, ["stage_waits"]),
        ({"sources": ("web",)}, ["stage_waits", "a"]),
        ({"sources": ("till",), "alerts": ("other",)}, ["source_silent", "stage_waits"]),
    ],
)
def test_a_receiver_is_told_of_the_alerts_alarms_and_sources_it_chose(
    world: NoticeWorld, hook: Hook, columns: dict[str, Any], expected: list[str]
) -> None:
    world.add_hook(hook, **columns)
    world.alarms = [SILENT, Alarm(code="stage_waits", said="rows wait", workspace="shop")]
    world.judge(world.add_alert("few orders"), "firing", 3)
    world.run(MINUTE_S)
    assert [code for _, code in told(hook)] == expected


def test_a_receiver_hears_nothing_of_other_workspaces_nor_of_the_engine_unless_it_is_in_the_first(
    world: NoticeWorld, hook: Hook
) -> None:
    world.add_hook(hook)
    world.add_hook(hook, id="r2", workspace="default")
    world.alarms = [SILENT, Alarm(code="accounts_open", said="3 events unexplained", count=3)]
    world.run(MINUTE_S)
    heard = {body["receiver"]: [one["code"] for one in body["notices"]] for body in map(json.loads, hook.taken)}
    assert heard == {"r1": ["source_silent"], "r2": ["accounts_open"]}


def test_a_receiver_that_is_down_for_a_while_gets_everything_once_and_in_order(world: NoticeWorld) -> None:
    hook = Hook()
    with hooked(hook):
        world.add_hook(hook)
    for name in ("one", "two", "three"):  # nobody listens
        world.alarms = [*world.alarms, replace(SILENT, source=name)]
        world.run(5 * MINUTE_S)
    assert "did not answer" in world.stands().problem
    with hooked(hook):
        world.run(40 * MINUTE_S, step_s=30)
    sources = [one["source"] for body in hook.taken for one in json.loads(body)["notices"]]
    assert sources == ["one", "two", "three"]
    assert (world.stands().attempts, world.stands().problem) == (0, "")


def test_beyond_so_many_an_hour_one_summary_follows_with_all_the_rest(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook, per_hour=2)
    for number in range(10):
        world.alarms = [*world.alarms, replace(SILENT, source=f"till {number}")]
        world.run(MINUTE_S)
    assert [len(json.loads(body)["notices"]) for body in hook.taken] == [1, 1]
    world.run(60 * MINUTE_S, step_s=30)
    assert [len(json.loads(body)["notices"]) for body in hook.taken] == [1, 1, 8]
    assert json.loads(hook.taken[2])["raised"] == 8


def test_what_is_refused_for_good_is_put_away_and_can_be_sent_again(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    hook.answers = [400] * REFUSALS_TAKEN
    world.alarms = [SILENT]
    world.run(5 * MINUTE_S)
    [away] = world.receivers.deliveries("r1")
    assert (away.state, away.notices, away.problem, hook.taken) == ("given_up", 1, "answered 400", [])
    world.alarms = [SILENT, replace(SILENT, source="web")]
    world.run(MINUTE_S)
    assert len(hook.taken) == 1
    assert world.line.send_again(world.stands(), away).taken
    assert hook.taken[1].decode() == away.body
    assert [one.state for one in world.receivers.deliveries("r1")] == ["delivered", "delivered"]


def test_what_nobody_takes_for_a_day_is_put_away(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    hook.answers = [503] * 1_000
    world.alarms = [SILENT]
    world.run(GIVE_UP_AFTER_MS / 1_000 + 3_600, step_s=300)
    assert [one.problem for one in world.receivers.deliveries("r1")] == ["answered 503"]


def test_a_receiver_that_is_gone_for_good_is_not_called_again(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    hook.answers = [410]
    world.alarms = [SILENT]
    world.run(10 * MINUTE_S)
    assert (len(hook.requests), world.stands().state) == (1, "paused")


def test_a_crash_between_noticing_and_telling_neither_loses_nor_repeats(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook)
    world.alarms = [SILENT]
    world.judge(world.add_alert("few orders"), "firing", 3)
    world.loop.look(world.now)
    world.restart()
    world.run(5 * MINUTE_S)
    world.restart()
    world.run(5 * MINUTE_S)
    assert told(hook) == [("raised", "source_silent"), ("raised", "a")]


@contextmanager
def doomed(folder: Path, tells: str) -> Iterator[subprocess.Popen[str]]:
    """A process that notices; it has noticed when the block begins, and is killed with -9 when it ends."""
    command = [sys.executable, str(Path(__file__).with_name("doomed_noticer.py")), str(folder), tells]
    paths = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | paths) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "noticed\n"
            yield process
        finally:
            process.kill()


def test_what_was_noticed_before_a_kill_is_told_after_it(tmp_path: Path, hook: Hook) -> None:
    with notice_world(tmp_path) as world:
        world.add_hook(hook)
    with doomed(tmp_path, "waits"):
        pass
    with notice_world(tmp_path) as world:
        world.alarms = [SILENT]
        world.run(5 * MINUTE_S)
    assert told(hook) == [("raised", "source_silent")]


def test_a_message_that_was_under_way_at_a_kill_goes_again_under_the_same_name(tmp_path: Path, hook: Hook) -> None:
    hook.held = threading.Event()
    with notice_world(tmp_path) as world:
        world.add_hook(hook)
    with doomed(tmp_path, "tells"):
        deadline = time.monotonic() + 30
        while not hook.requests:
            assert time.monotonic() < deadline, "nothing was sent"
            time.sleep(0.01)
    hook.held.set()
    hook.held = None
    with notice_world(tmp_path) as world:
        world.alarms = [SILENT]
        world.run(5 * MINUTE_S)
    (first, body), (second, again) = hook.requests
    assert first["X-Zuji-Delivery"] == second["X-Zuji-Delivery"]
    assert json.loads(body) == json.loads(again)


def test_a_test_is_sent_at_once_though_the_hour_has_had_its_messages(world: NoticeWorld, hook: Hook) -> None:
    world.add_hook(hook, per_hour=1)
    world.alarms = [SILENT]
    world.run(MINUTE_S)
    assert world.line.send_test(world.stands()).taken
    assert [one["code"] for one in json.loads(hook.taken[1])["notices"]] == ["test"]
    hook.answers = [500]
    assert world.line.send_test(world.stands()).said == "answered 500"
    assert [one.problem for one in world.receivers.deliveries("r1")] == ["answered 500", "", ""]


def test_a_name_that_leads_inside_is_never_called(world: NoticeWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.outbound = Outbound(resolve=lambda host, port: ["169.254.169.254"])
    world.restart()
    world.add(f"https://innocent.example/{WAY}")
    world.alarms = [SILENT]
    with caplog.at_level(logging.DEBUG):
        world.run(MINUTE_S)
    assert "not a public address" in world.stands().problem
    assert WAY not in world.stands().problem + caplog.text


def test_neither_the_way_nor_the_secret_of_a_webhook_is_in_what_is_logged_or_kept_of_failures(
    world: NoticeWorld, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    world.add_hook(hook)
    hook.answers = [500, 400, 400, 400, 400, 400]
    world.alarms = [SILENT]
    with caplog.at_level(logging.INFO, logger="zuji"):
        world.run(10 * MINUTE_S)
    [away] = world.receivers.deliveries("r1")
    kept = f"{world.stands().problem} {away.problem} {away.body} {caplog.text}"
    assert "put away" in caplog.text
    assert WAY not in kept
    assert SECRET not in kept


def test_mail_says_what_began_in_its_subject_and_text(tmp_path: Path) -> None:
    with posting(Letters()) as letters:
        server = MailServer(host="127.0.0.1", port=letters.port, security="none", sender="zuji@shop.example")
        with notice_world(tmp_path, mail=server) as world:
            world.add("mailto:crew@shop.example", secret="")
            world.alarms = [SILENT]
            world.run(MINUTE_S)
            world.alarms = []
            world.run(5 * MINUTE_S)
    read = [(to, email.message_from_bytes(mail, policy=email.policy.default)) for to, mail in letters.mails]
    assert [to for to, _ in read] == ["crew@shop.example"] * 2
    assert [mail["Subject"] for _, mail in read] == [
        "[zuji] RAISED 告警: the source till is silent",
        "[zuji] OVER 已恢复: the source till is silent",
    ]
    assert read[0][1]["From"] == "zuji@shop.example"
    assert "the source till is silent" in read[0][1].get_content()  # type: ignore[attr-defined]


def test_a_mailbox_that_does_not_exist_is_put_away_and_one_that_is_full_is_tried_again(tmp_path: Path) -> None:
    answers = ["452 full", *["550 nobody here"] * REFUSALS_TAKEN]
    with posting(Letters(answers=answers)) as letters:
        server = MailServer(host="127.0.0.1", port=letters.port, security="none", sender="zuji@shop.example")
        with notice_world(tmp_path, mail=server) as world:
            world.add("mailto:crew@shop.example", secret="")
            world.alarms = [SILENT]
            world.run(5)
            assert world.stands().problem == "the mail server answered 452 full"
            world.run(10 * MINUTE_S)
            problems = [(one.state, one.problem) for one in world.receivers.deliveries("r1")]
    assert problems == [("given_up", "the mail server answered 550 nobody here")]
    assert letters.mails == []


def test_mail_waits_while_no_server_is_set_and_goes_when_one_is(tmp_path: Path) -> None:
    with notice_world(tmp_path) as world:
        world.add("mailto:crew@shop.example", secret="")
        world.alarms = [SILENT]
        world.run(MINUTE_S)
        assert world.stands().problem.startswith("mail is off")
        with posting(Letters()) as letters:
            world.mail = MailServer(host="127.0.0.1", port=letters.port, security="none", sender="z@shop.example")
            world.restart()
            world.run(10 * MINUTE_S)
    assert len(letters.mails) == 1


def test_a_sentence_cannot_write_headers_of_a_mail(tmp_path: Path) -> None:
    with posting(Letters()) as letters:
        server = MailServer(host="127.0.0.1", port=letters.port, security="none", sender="zuji@shop.example")
        with notice_world(tmp_path, mail=server) as world:
            world.add("mailto:crew@shop.example", secret="")
            world.alarms = [replace(SILENT, said="silent\r\nBcc: thief@evil.example")]
            world.run(MINUTE_S)
    [(_, mail)] = letters.mails
    assert email.message_from_bytes(mail)["Bcc"] is None


def test_the_password_of_the_mail_server_is_not_in_how_it_is_shown() -> None:
    assert "s3cret" not in repr(MailServer(host="h", password="s3cret"))
