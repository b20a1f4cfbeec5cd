"""Packets of an MQTT broker (Mosquitto, EMQX, ...): beacons, tills, sensors. Needs the package paho-mqtt.

Topics are subscribed to at QoS 1 in a session that the broker keeps, and a packet is acknowledged only once it is in
the spool. So what the broker took while we were away comes later, and what was not acknowledged comes again. A mapping
reads this of each packet:

    {"topic": "shop/hz1/beacons/k7", "levels": ["shop", "hz1", "beacons", "k7"], "payload": {...}}
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import time
from collections import deque
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from zuji.collect.decode.json_text import read_json
from zuji.collect.inputs.input import Given, InputFailed, InputSettings, Place, Problem, Taken
from zuji.collect.refusal import BadBody
from zuji.terms.document import Name, Text
from zuji.terms.error import BadRequest
from zuji.terms.json_path import is_path

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.enums import MQTTErrorCode

ANSWER_WITHIN_S = 10.0
GOODBYE_S = 2.0
KEEP_ALIVE_S = 60
MOST_UNACKNOWLEDGED = 1_000
"""The broker sends no more than this before we acknowledge."""
LARGEST_PACKET = 1024 * 1024
ENOUGH_BYTES = 8 * 1024 * 1024
"""Of one take: the connection is not read any further then, so memory holds this and one packet more."""
DAY_S = 86_400
DEFAULT_PORTS = {"off": 1883, "on": 8883}


class Settings(InputSettings, frozen=True, kw_only=True):
    """Where the broker is, what to subscribe to, and how packets are read.

    The password stands in the environment or in a file, never in the settings. `session_days` is how long the broker
    keeps what we miss. Without `ca_file` the certificates of the system decide whom TLS believes.
    """

    host: Name
    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    topics: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=100)]
    format: Literal["json", "text"] = "json"
    client_id: Text = ""
    session_days: Annotated[int, Meta(ge=1, le=365)] = 7
    user: Text = ""
    password_env: Text = ""
    password_file: Text = ""
    tls: Literal["off", "on"] = "off"
    ca_file: Text = ""
    certificate_file: Text = ""
    key_file: Text = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (is_path(self.mapping.message_id) or is_path(self.mapping.timestamp)):
            raise ValueError(
                "`mapping` needs a path for `message_id` or `timestamp`: a packet that comes again must be told from "
                "an equal one that was measured later"
            )
        if self.password_env and self.password_file:
            raise ValueError("the password is read from `password_env` or from `password_file`, not from both")
        if self.tls == "off" and (self.ca_file or self.certificate_file or self.key_file):
            raise ValueError('`ca_file`, `certificate_file` and `key_file` need `tls = "on"`')


def open_input(settings: Settings, place: Place) -> MqttInput:
    """Connect and subscribe. Raises InputFailed when the broker cannot be reached or refuses."""
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError as missing:
        raise BadRequest("an mqtt input needs the package paho-mqtt: pip install 'zuji[mqtt]'.") from missing
    return MqttInput(settings, place)


class MqttInput:
    """One session with a broker. The thread that takes also drives the connection; there is no other."""

    def __init__(self, settings: Settings, place: Place) -> None:
        self._settings = settings
        self._arrived: deque[MQTTMessage] = deque()
        self._arrived_bytes = 0
        self._refused = ""
        self._subscribed = False
        self._client = _client(settings, place)
        self._client.on_connect = self._note_connection
        self._client.on_subscribe = self._note_subscription
        self._client.on_message = self._note_packet
        self._connect()

    def take(self, *, at_most: int, wait_s: float) -> Taken | None:
        """See Input. The connection is read no further than to `at_most`: what waits, waits at the broker."""
        deadline = time.monotonic() + wait_s
        while len(self._arrived) < at_most and self._arrived_bytes < ENOUGH_BYTES:
            before = len(self._arrived)
            self._turn(0.0 if before else max(0.0, deadline - time.monotonic()))
            if len(self._arrived) == before and (before or time.monotonic() >= deadline):
                break
        packets = [self._arrived.popleft() for _ in range(min(at_most, len(self._arrived)))]
        self._arrived_bytes -= sum(len(packet.payload) for packet in packets)
        if not packets:
            return None
        # An empty packet takes back what the broker had retained; it says nothing, but wants to be acknowledged.
        given = [_given(packet, self._settings.format) for packet in packets if packet.payload]
        return Taken(given, tuple(packet.mid for packet in packets if packet.qos))

    def settle(self, taken: Taken) -> None:
        """Acknowledge the packets to the broker."""
        packet_ids: tuple[int, ...] = taken.mark
        for packet_id in packet_ids:
            problem = self._client.ack(packet_id, 1)
            if problem:
                raise InputFailed(f"the connection to {self._where} was lost ({problem.name}).")

    def close(self) -> None:
        """The broker keeps the session and what was not acknowledged.

        Only our half is closed at first. Closing all at once while packets wait here unread would reset the connection,
        and the broker would throw away acknowledgements that it has not read yet.
        """
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.settimeout(GOODBYE_S)
                connection.shutdown(socket.SHUT_WR)
                deadline = time.monotonic() + GOODBYE_S
                while connection.recv(65_536) and time.monotonic() < deadline:
                    pass
        self._client.disconnect()

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{_port(self._settings)}"

    def _connect(self) -> None:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = self._settings.session_days * DAY_S
        session.ReceiveMaximum = MOST_UNACKNOWLEDGED
        session.MaximumPacketSize = LARGEST_PACKET
        try:
            self._client.connect(
                self._settings.host, _port(self._settings), KEEP_ALIVE_S, clean_start=False, properties=session
            )
        except (OSError, ValueError) as failure:
            raise InputFailed(f"the broker {self._where} cannot be reached: {failure}.") from failure
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while not self._subscribed:
            self._turn(0.1)
            if time.monotonic() > deadline:
                raise InputFailed(f"the broker {self._where} did not answer within {ANSWER_WITHIN_S:.0f} s.")

    def _turn(self, wait_s: float) -> None:
        """Read and write what the connection has. Raises InputFailed when there is none any more."""
        problem = self._turned(wait_s)
        if self._refused:
            self._client.disconnect()
            raise InputFailed(self._refused)
        if problem:
            raise InputFailed(f"the connection to {self._where} was lost ({problem.name}).")

    def _turned(self, wait_s: float) -> MQTTErrorCode:
        """What the library's own loop does, with poll: its select refuses file descriptors past 1,023."""
        from paho.mqtt.enums import MQTTErrorCode

        client, connection = self._client, self._client.socket()
        if connection is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        unread = connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
        poller = select.poll()
        poller.register(connection, select.POLLIN | (select.POLLOUT if client.want_write() else 0))
        ready = sum(events for _, events in poller.poll(0 if unread else wait_s * 1000))
        problem = MQTTErrorCode.MQTT_ERR_SUCCESS
        if unread or ready & ~select.POLLOUT:
            problem = client.loop_read()
        if not problem and ready & select.POLLOUT:
            problem = client.loop_write()
        return problem or client.loop_misc()

    def _note_connection(self, client: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            self._refused = f"the broker {self._where} refuses us: {reason}. Look at user, password and certificates."
        else:
            client.subscribe([(topic, 1) for topic in self._settings.topics])

    def _note_packet(self, _: Client, __: Any, packet: MQTTMessage) -> None:
        self._arrived.append(packet)
        self._arrived_bytes += len(packet.payload)

    def _note_subscription(self, _: Client, __: Any, ___: int, reasons: list[Any], ____: Any) -> None:
        refused = [
            f"{topic} ({why})" for topic, why in zip(self._settings.topics, reasons, strict=False) if why.is_failure
        ]
        if refused:
            self._refused = f"the broker {self._where} refuses the topics {', '.join(refused)}."
        self._subscribed = True


def _client(settings: Settings, place: Place) -> Client:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=settings.client_id or f"zuji-{place.name}",
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    if settings.user:
        client.username_pw_set(settings.user, _password(settings))
    if settings.tls == "on":
        client.tls_set_context(_trusted(settings))
    return client


def _password(settings: Settings) -> str | None:
    """Read anew at every connection, so that a changed one needs no restart when it stands in a file."""
    if settings.password_env:
        if settings.password_env not in os.environ:
            raise InputFailed(f"the password is missing: there is no {settings.password_env} in the environment.")
        return os.environ[settings.password_env]
    if not settings.password_file:
        return None
    try:
        return Path(settings.password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise InputFailed(f"the password cannot be read from {settings.password_file}: {failure}.") from failure


def _trusted(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file or None)
    except (OSError, ValueError) as failure:
        raise InputFailed(f"the certificates cannot be read: {failure}. Look at ca_file and the others.") from failure
    return context


def _port(settings: Settings) -> int:
    return settings.port or DEFAULT_PORTS[settings.tls]


def _given(packet: MQTTMessage, written_as: str) -> Given:
    """One packet as the mapping sees it. Its id is its topic and its bytes: a packet that comes again is the same."""
    topic = packet.topic
    told = blake2b(topic.encode(), digest_size=16)
    told.update(b"\0" + packet.payload)
    document: dict[str, Any] = {"topic": topic, "levels": topic.split("/")}
    problem = None
    if written_as == "text":
        document["payload"] = packet.payload.decode("utf-8", "replace")
    else:
        try:
            document["payload"] = read_json(bytes(packet.payload))
        except BadBody as unreadable:
            document["payload"] = packet.payload.decode("utf-8", "replace")
            problem = Problem("not_an_object", f"the packet is no JSON: {unreadable}")
    return Given(document, f"mqtt-{told.hexdigest()}", problem)
