"""Keeping what events carry as purposes, batch by batch, so that a read at page time asks no event again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zuji.govern.consent_runs import Consent, Run, Stretch, consent_of, with_event
from zuji.store import consents
from zuji.store.consents import Told
from zuji.store.hot import HotTransaction
from zuji.terms.event import PURPOSES

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Run, ...]).decode
_ALL: Final = tuple(sorted(PURPOSES))
_KNOWN: Final = pl.Series(PURPOSES).to_arrow().cast(pa.string())  # Arrow would load pandas to read Python's values
_OTHER: Final = 1 << len(PURPOSES)
_EVERYTHING: Final = _OTHER - 1


def keep(connection: HotTransaction, events: pa.Table) -> None:
    """Take in what these rows carry, in their transaction. Where all of them carry everything, that is nothing.

    A refusal that comes late, after younger events that carried everything, counts until the next event: the narrower
    answer, where nothing was kept of those.
    """
    if not events.num_rows:
        return
    limited = _limited(events["purposes"])
    if not limited.any() and consents.is_empty(connection):
        return
    anchors = events["anchor"].to_numpy()
    known = {told: _decode(body) for told, body in consents.load(connection, np.unique(anchors).tolist()).items()}
    kept = np.array([told[0] for told in known], np.uint64)
    asked = events.filter(pa.array(np.isin(anchors, np.union1d(kept, anchors[limited]))))
    changed = _changed(known, asked)
    consents.save(connection, [(told, _encode(runs)) for told, runs in changed.items()])


def consent_now(connection: HotTransaction, stretches: Iterable[Stretch]) -> dict[str, Consent]:
    """What the person consents to whose anchors belong to them in these stretches of time."""
    held = list(stretches)
    said: dict[int, dict[str, tuple[Run, ...]]] = {}
    for (anchor, _, source), body in consents.load(connection, {stretch[0] for stretch in held}).items():
        said.setdefault(anchor, {})[source] = _decode(body)
    return consent_of(held, said)


def _limited(purposes: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Per row whether it carries anything but all purposes."""
    lists = purposes.combine_chunks()
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    codes = pc.index_in(pc.list_flatten(lists), _KNOWN).fill_null(len(PURPOSES)).to_numpy(zero_copy_only=False)
    carried = np.zeros(len(lengths), np.int64)
    np.bitwise_or.at(carried, np.repeat(np.arange(len(lengths)), lengths), 1 << codes.astype(np.int64))
    limited: npt.NDArray[np.bool_] = carried != _EVERYTHING
    return limited


def _changed(known: Mapping[Told, tuple[Run, ...]], events: pa.Table) -> dict[Told, tuple[Run, ...]]:
    """The runs with these events. Anchors are kept from their first limited event on, whatever batch it fell into."""
    changed: dict[Told, tuple[Run, ...]] = {}
    kept = {told[0] for told in known}
    names = ("anchor", "workspace", "source", "position", "event_id", "purposes")
    columns = [events[name].to_pylist() for name in names]
    times = events["occurred_at"].cast(pa.int64()).to_pylist()
    for anchor, workspace, source, position, event_id, carried, at in zip(*columns, times, strict=True):
        purposes = tuple(sorted(set(carried)))
        if anchor in kept or purposes != _ALL:
            kept.add(anchor)
            told = (anchor, workspace, source)
            runs = changed.get(told, known.get(told, ()))
            changed[told] = with_event(runs, (at, position), purposes, event_id)
    return changed
