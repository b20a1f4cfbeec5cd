"""How often a sign-in may fail: after a few tries each further one has to wait twice as long as the one before.

Counted per login and per address, for logins that nobody has as well, in memory and for a bounded number of them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

FREE_PER_LOGIN = 5
FREE_PER_ADDRESS = 20
"""An office shares one address."""
LONGEST_WAIT_S = 900.0
FORGOTTEN_AFTER_S = 3600.0
MOST_KEPT = 20_000


@dataclass(frozen=True)
class Failures:
    """How many tries failed in a row, and when the last one did."""

    count: int = 0
    last_s: float = 0.0


def wait_s(failures: Failures, *, free: int, now_s: float) -> float:
    """How long the next try has to wait.

    >>> [wait_s(Failures(count, 100.0), free=5, now_s=100.5) for count in (4, 5, 6, 7, 99)]
    [0.0, 0.5, 1.5, 3.5, 899.5]
    """
    if failures.count < free:
        return 0.0
    pause = min(2.0 ** min(failures.count - free, 30), LONGEST_WAIT_S)
    return max(0.0, failures.last_s + pause - now_s)


class SignInLimit:
    """Counts a try as failed from its beginning, so that many at once are no way round; a right one is taken back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Failures] = OrderedDict()

    def begin(self, login: str, address: str, *, now_s: float) -> float:
        """Count a try. Gives 0, or the seconds it has to wait, in which case it was none."""
        with self._lock:
            keys = _keys(login, address)
            before = [self._failures(key, now_s) for key in keys]
            wait = max(wait_s(one, free=_free(key), now_s=now_s) for key, one in zip(keys, before, strict=True))
            if not wait:
                for key, one in zip(keys, before, strict=True):
                    self._keep(key, Failures(one.count + 1, now_s))
            return wait

    def succeeded(self, login: str, address: str) -> int:
        """The try was right: the login begins anew, the address keeps its other failures. Gives how many failed."""
        with self._lock:
            tries = self._known.pop(("login", login), Failures(1)).count
            key = ("address", address)
            if known := self._known.get(key):
                self._known[key] = replace(known, count=max(0, known.count - 1))
            return tries - 1

    def _failures(self, key: tuple[str, str], now_s: float) -> Failures:
        known = self._known.get(key, Failures())
        return known if now_s - known.last_s < FORGOTTEN_AFTER_S else Failures()

    def _keep(self, key: tuple[str, str], failures: Failures) -> None:
        self._known[key] = failures
        self._known.move_to_end(key)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)


def _keys(login: str, address: str) -> list[tuple[str, str]]:
    """A link is followed without a login."""
    return [("address", address), *([("login", login)] if login else [])]


def _free(key: tuple[str, str]) -> int:
    return FREE_PER_LOGIN if key[0] == "login" else FREE_PER_ADDRESS
