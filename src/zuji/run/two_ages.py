"""A bounded memory that forgets what was not asked for of late, at the price of two look-ups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class TwoAges(Generic[Value]):
    """Keeps what is used: when the young half is full it becomes the old one, and what was old and not used is gone.

    Holds between `most` and twice as many.
    """

    __slots__ = ("_most", "_old", "_young")

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[int, Value] = {}
        self._old: dict[int, Value] = {}

    def get(self, key: int) -> Value | None:
        """What is kept under this key; it counts as used."""
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self._young[key] = found
        return found

    def __getitem__(self, key: int) -> Value:
        """What was found or put here since `age` was called last, which therefore is there."""
        return self._young[key]

    def put(self, key: int, value: Value) -> None:
        """Keep this."""
        self._young[key] = value

    def age(self) -> None:
        """Forget what is too much. Between batches only: within one nothing that it uses may go."""
        if len(self._young) > self._most:
            self._old, self._young = self._young, {}

    def drop(self, keys: Iterable[int]) -> None:
        """Forget these."""
        for key in keys:
            self._young.pop(key, None)
            self._old.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._young.clear()
        self._old.clear()
