"""A spool that may not be there yet: until its disk can be written to, clients are told so instead of left waiting."""

from __future__ import annotations

from collections.abc import Callable

from zuji.collect.spool import SpoolFailed, SpoolState, SpoolWriter
from zuji.terms.message import Receipt

TRY_EVERY_S = 0.5


class PatientSpool:
    """A `SpoolWriter` that opens another one when it can, and refuses requests until then.

    Without it a gateway on a read-only disk would end at its start, again and again, and its clients would hang.
    """

    def __init__(self, open_writer: Callable[[], SpoolWriter], *, monotonic: Callable[[], float]) -> None:
        self._open_writer = open_writer
        self._monotonic = monotonic
        self._writer: SpoolWriter | None = None
        self._reason = ""
        self._tried_at = float("-inf")
        self._try_to_open()

    async def append(self, receipt: Receipt, body: bytes, count: int) -> None:
        """Write one request down; SpoolFailed while there is nowhere to write."""
        writer = self._writer or self._try_to_open()
        if writer is None:
            raise SpoolFailed(self._reason)
        await writer.append(receipt, body, count)

    def state(self) -> SpoolState:
        """The writer's own, or failing. Asking is also a try, so health returns without any traffic."""
        writer = self._writer or self._try_to_open()
        if writer is None:
            return SpoolState(bytes=0, untaken_bytes=0, free_bytes=0, alarm=True, failing=True, reason=self._reason)
        return writer.state()

    def close(self) -> None:
        """Close what was opened."""
        if self._writer is not None:
            self._writer.close()

    def _try_to_open(self) -> SpoolWriter | None:
        if self._monotonic() - self._tried_at < TRY_EVERY_S:
            return None
        self._tried_at = self._monotonic()
        try:
            self._writer = self._open_writer()
        except (OSError, SpoolFailed) as failure:
            self._reason = f"the spool cannot be opened: {failure}. It is tried again by itself."
        return self._writer
