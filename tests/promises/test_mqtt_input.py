"""MQTT against a real broker: every promise of an input, and what is this protocol's own."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from input_promises import InputPromises, take_all, take_some

from brokers import Broker, a_broker, publish
from zuji.collect.inputs.configured import read_inputs
from zuji.collect.inputs.input import Given, InputFailed, Place
from zuji.collect.inputs.kinds.mqtt import ENOUGH_BYTES, MqttInput, Settings, open_input
from zuji.terms.error import BadRequest

MAPPING = {"event": "Beacon Heard", "message_id": "$.payload.id", "anonymous_id": "$.levels[1]"}


def settings_for(port: int, **more: Any) -> Settings:
    section = {"kind": "mqtt", "host": "127.0.0.1", "port": port, "topics": ["shop/#"], "source": "beacons"}
    [configured] = read_inputs({"beacons": {"mapping": MAPPING, **section, **more}})
    assert isinstance(configured.settings, Settings)
    return configured.settings


class MqttPlug:
    """An input on a broker of its own. Its session begins with the plug, as promises expect."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self._folder, self.broker = folder, broker
        self._opened: list[MqttInput] = []
        self.open().close()

    def say(self, numbers: Sequence[int]) -> None:
        publish(self.broker.port, [("shop/hz1/beacon", json.dumps({"id": number}).encode()) for number in numbers])

    def garble(self) -> None:
        publish(self.broker.port, [("shop/hz1/beacon", b'{"garbled')])

    def open(self, **more: Any) -> MqttInput:
        opened = open_input(settings_for(self.broker.port, **more), Place(name="beacons", folder=self._folder))
        self._opened.append(opened)
        return opened

    def number_of(self, given: Given) -> int:
        number: int = given.document["payload"]["id"]
        return number

    def break_outside(self) -> None:
        self.broker.stop()

    def mend_outside(self) -> None:
        self.broker.start()

    def close(self) -> None:
        for opened in self._opened:
            opened.close()


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[MqttPlug]:
    broker = a_broker(tmp_path / "broker")
    plug = MqttPlug(tmp_path / "input", broker)
    yield plug
    plug.close()
    broker.stop()


class TestMqttInput(InputPromises):
    """Every promise of an input."""


def test_the_mapping_sees_topic_levels_and_payload(plug: MqttPlug) -> None:
    opened = plug.open()
    publish(plug.broker.port, [("shop/hz1/beacons/k7", b'{"id": 1, "rssi": -71}')])
    [given] = take_some(opened).given
    assert given.document == {
        "topic": "shop/hz1/beacons/k7",
        "levels": ["shop", "hz1", "beacons", "k7"],
        "payload": {"id": 1, "rssi": -71},
    }


def test_texts_are_payloads_too_when_the_operator_says_so(plug: MqttPlug) -> None:
    opened = plug.open(format="text")
    publish(plug.broker.port, [("shop/hz1/door", "开 open".encode())])
    [given] = take_some(opened).given
    assert (given.document["payload"], given.problem) == ("开 open", None)


def test_an_empty_packet_says_nothing_and_is_acknowledged(plug: MqttPlug) -> None:
    opened = plug.open()
    publish(plug.broker.port, [("shop/hz1/beacon", b""), ("shop/hz1/beacon", b'{"id": 5}')])
    [taken] = take_all(opened, 1)
    assert [plug.number_of(given) for given in taken.given] == [5]
    opened.settle(taken)
    opened.close()
    assert plug.open().take(at_most=10, wait_s=0.3) is None


def test_a_packet_larger_than_a_megabyte_is_left_to_the_broker_and_the_rest_comes(plug: MqttPlug) -> None:
    opened = plug.open()
    publish(plug.broker.port, [("shop/a", b'"' + b"x" * 1_100_000 + b'"'), ("shop/a", b'{"id": 9}')])
    [given] = take_some(opened).given
    assert plug.number_of(given) == 9


def test_large_packets_are_taken_a_few_at_a_time(plug: MqttPlug) -> None:
    opened = plug.open()
    publish(plug.broker.port, [("shop/a", b'{"id": %d, "x": "%s"}' % (n, b"x" * 900_000)) for n in range(30)])
    sizes = [len(taken.given) for taken in take_all(opened, 30)]
    assert max(sizes) <= ENOUGH_BYTES // 900_000 + 1


@pytest.fixture
def many_files() -> Iterator[None]:
    """More open files than `select` can name."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
    opened = [os.open(os.devnull, os.O_RDONLY)]
    while opened[-1] < 1_024:
        opened.append(os.open(os.devnull, os.O_RDONLY))
    yield
    for one in opened:
        os.close(one)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_process_with_very_many_open_files_takes_packets_too(plug: MqttPlug) -> None:
    opened = plug.open()
    plug.say(range(3))
    assert [plug.number_of(given) for taken in take_all(opened, 3) for given in taken.given] == [0, 1, 2]


def test_a_wrong_password_is_told_and_the_right_one_from_a_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("zuji:secret\n")
    if tool := shutil.which("mosquitto_passwd"):
        subprocess.run([tool, "-U", str(tmp_path / "users")], check=True)
    broker = a_broker(tmp_path / "broker", more=f"allow_anonymous false\npassword_file {tmp_path / 'users'}")
    place = Place(name="beacons", folder=tmp_path / "input")
    (tmp_path / "password").write_text("wrong\n")
    settings = settings_for(broker.port, user="zuji", password_file=str(tmp_path / "password"))
    try:
        with pytest.raises(InputFailed, match="refuses us: Not authorized"):
            open_input(settings, place)
        (tmp_path / "password").write_text("secret\n")
        open_input(settings, place).close()
    finally:
        broker.stop()


def test_with_tls_the_certificate_of_the_broker_is_checked(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl here to make a certificate with")
    own, key = tmp_path / "own.pem", tmp_path / "own.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(own)]
    subprocess.run([*made, *named], check=True, capture_output=True)
    broker = a_broker(tmp_path / "broker", more=f"allow_anonymous true\ncertfile {own}\nkeyfile {key}")
    place = Place(name="beacons", folder=tmp_path / "input")
    try:
        with pytest.raises(InputFailed, match="CERTIFICATE_VERIFY_FAILED"):
            open_input(settings_for(broker.port, tls="on"), place)
        open_input(settings_for(broker.port, tls="on", ca_file=str(own)), place).close()
    finally:
        broker.stop()


def test_a_password_that_is_not_in_the_environment_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEACON_PASSWORD", raising=False)
    with pytest.raises(InputFailed, match="there is no BEACON_PASSWORD"):
        open_input(settings_for(1, user="u", password_env="BEACON_PASSWORD"), Place(name="b", folder=tmp_path))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"mapping": {"event": "x"}}, "needs a path for `message_id` or `timestamp`"),
        ({"mapping": {**MAPPING, "user_id": "header:x-user"}}, "reads a request"),
        ({"password": "secret"}, "unknown field `password`"),
        ({"password_env": "A", "password_file": "b"}, "not from both"),
        ({"ca_file": "ca.pem"}, 'need `tls = "on"`'),
        ({"topics": []}, "length >= 1"),
        ({"kind": "mqqt"}, "is no kind of input. There are: chat, mqtt"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_section(more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadRequest, match=r"\[inputs\.beacons\]") as refused:
        settings_for(1883, **more)
    assert complaint in str(refused.value)
