"""How far the demo is, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["loading", "living", "checking_people", "checking_events"]


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` days, profiles or events (None = endless), and the messages acknowledged so far."""

    stage: Stage
    done: int
    total: int | None
    messages: int = 0


Tell = Callable[[Progress], None]


def silently(progress: Progress) -> None:
    """For who does not want to hear."""
