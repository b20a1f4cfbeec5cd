"""The one client for calls that leave the house. It reaches public addresses only, whatever a name resolves to.

Every address a name resolves to is looked at when the connection is made, and the connection goes to the very address
that was looked at: a name that resolves differently a moment later changes nothing. Redirects are not followed. An
operator may allow networks of their own, for receivers inside the house; only there plain http is taken.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from zuji.terms.error import BadRequest, Busy

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Every address of a host name, as texts."""

LONGEST_URL = 2_000
ANSWER_BYTES = 64 * 1024
"""Of an answer that is read; receivers answer with a status."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address in their last four bytes."""


class Unreachable(Busy):
    """The other side did not answer, or not in time. Trying again later may help."""

    code = "unreachable"


class ForbiddenAddress(BadRequest):
    """The address is inside a network that calls may not reach."""

    code = "forbidden_address"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is at most `ANSWER_BYTES` long."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def is_success(self) -> bool:
        """Whether the other side took it."""
        return 200 <= self.status < 300


class Outbound:
    """Posts to addresses outside. Any thread may call it."""

    def __init__(self, *, allowed: Iterable[str] = (), timeout_s: float = 10.0, resolve: Resolve | None = None) -> None:
        self._allowed = tuple(ipaddress.ip_network(network) for network in allowed)
        self._timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
        self._backend = _Guarded(self._allowed, resolve or resolve_name)
        self._making = threading.Lock()
        self._made: httpcore.ConnectionPool | None = None

    def check(self, url: str) -> None:
        """Raise BadRequest for what can never be called: said when an address is entered, not when it is needed."""
        parts = _parts(url)
        literal = _literal(parts.hostname or "")
        if literal is not None and not is_reachable(literal, self._allowed):
            raise ForbiddenAddress(
                f"{url!r:.200}: {literal} is not a public address, and the operator has not allowed it."
            )
        if parts.scheme == "http" and not self._allowed:
            raise BadRequest(f"{url!r:.200}: only https leaves this house. Write https://...")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send and read the answer. Raises ForbiddenAddress, or Unreachable when it makes sense to try again."""
        self.check(url)
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        try:
            with self._pool().stream(
                "POST", url, headers=sent, content=body, extensions={"timeout": self._timeouts}
            ) as answer:
                received = bytearray()
                for piece in answer.iter_stream():
                    received += piece
                    if len(received) >= ANSWER_BYTES:
                        break
                known = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status, bytes(received[:ANSWER_BYTES]), known)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as failure:
            raise Unreachable(f"{host_of(url)} did not answer: {type(failure).__name__} {failure}".strip()) from failure

    def close(self) -> None:
        """Close all connections."""
        if self._made is not None:
            self._made.close()

    def _pool(self) -> httpcore.ConnectionPool:
        """Made for the first call: to read whom this machine trusts takes longer than all else that is made here."""
        with self._making:
            self._made = self._made or httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(),
                network_backend=self._backend,
                max_connections=20,
                keepalive_expiry=30,
            )
            return self._made


def is_reachable(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a call may go there: a public address, or one in a network that the operator allows.

    >>> [is_reachable(ipaddress.ip_address(one)) for one in ("1.1.1.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    inner = _inner(address)
    if any(one.version == network.version and one in network for one in (address, inner) for network in allowed):
        return True
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in (address, inner))


def host_of(url: str) -> str:
    """The host of an address, for messages: paths and queries of receivers may hold secrets."""
    return urlsplit(url).hostname or "the receiver"


def resolve_name(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


class _Guarded(httpcore.NetworkBackend):
    """Connects to the first address of a name when all of them may be reached."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, look, connect to what was looked at."""
        try:
            addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in self._resolve(host, port)]
        except (OSError, UnicodeError) as failure:
            raise httpcore.ConnectError(f"{host} cannot be found: {failure}") from failure
        for address in addresses:
            if not is_reachable(address, self._allowed):
                raise ForbiddenAddress(f"{host} is at {address}, which is not a public address.")
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        return self._plain.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        """Never: a socket of this machine is not outside."""
        raise ForbiddenAddress(f"{path} is a socket of this machine.")


class _Parts:
    """What matters of an address, checked."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.hostname = parts.scheme, parts.hostname
        self.userinfo, self.port = "@" in parts.netloc, parts.port


def _parts(url: str) -> _Parts:
    try:
        parts = _Parts(url)
    except ValueError as error:
        raise BadRequest(f"{url!r:.200} is no address: {error}.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or len(url) > LONGEST_URL or not url.isprintable():
        raise BadRequest(f"{url!r:.200} is no address to call. Write https://host/path, at most {LONGEST_URL} long.")
    if parts.userinfo:
        raise BadRequest("an address to call must not hold a user name or password.")
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
