"""What stands behind the API's port for imports: uploads are imported by a process of their own.

So a long import neither holds the engine's interpreter nor ends it; it writes to the spool as a gateway would.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from zuji.cli.clock import now_ms
from zuji.cli.logs import set_up_logging
from zuji.collect.importing.guess import guess
from zuji.collect.importing.mapping import document_of_mapping, mapping_of
from zuji.collect.importing.record import Import, ImportLedger, State
from zuji.collect.importing.run import Effects, Order, begin_import, run_import
from zuji.collect.importing.sources import source_for
from zuji.collect.importing.spooling import import_spool
from zuji.collect.importing.toml_text import toml_of
from zuji.collect.importing.undo import Others, imports_to_undo
from zuji.collect.spool import SpoolLimits
from zuji.govern.keys import Keys
from zuji.terms.error import Conflict, NotFound, ZujiError
from zuji.terms.source import Source

log = logging.getLogger(__name__)

UPLOAD_CAP = 16 * 1024 * 1024 * 1024
"""What an uploaded archive may inflate to."""


ENDS_WITHIN_S = 10.0
"""A process that has told of its end goes on for a moment; the same file may come again by then."""


class EngineImports:
    """Fills `api.ports.Imports`."""

    def __init__(self, data: Path, *, keys: Keys, limits: SpoolLimits) -> None:
        self._data, self._keys, self._limits = data, keys, limits
        self._ledger = ImportLedger(data)
        self._ended = threading.Condition()
        self._processes: dict[str, Any] = {}
        """Of the imports under way, by their ids."""
        self._cancelled: set[str] = set()

    def all(self, workspace: str) -> Sequence[Mapping[str, Any]]:
        """See the port."""
        return [_plain(one) for one in self._ledger.all(workspace)]

    def get(self, workspace: str, import_id: str) -> Mapping[str, Any]:
        """See the port."""
        return _plain(self._ledger.get(workspace, import_id))

    def guess(self, file: Path) -> Mapping[str, Any]:
        """See the port."""
        guessed = guess(file)
        return {
            "mapping": document_of_mapping(guessed.mapping),
            "notes": guessed.notes,
            "toml": toml_of(guessed.mapping, notes=guessed.notes),
        }

    def begin(
        self, workspace: str, source: str, file: Path, *, name: str, mapping: Mapping[str, Any], actor: str
    ) -> Mapping[str, Any]:
        """See the port."""
        checked = mapping_of(mapping)
        into, own = self._source(workspace, source, actor)
        order = Order(path=file, name=name, mapping=checked, source=into, own_source=own, cap=UPLOAD_CAP)
        begun = begin_import(order, self._ledger, now_ms=now_ms())
        arguments = (self._data, self._limits, order)
        process = multiprocessing.get_context("spawn").Process(
            target=import_upload, args=arguments, name=f"import {begun.id}", daemon=True
        )
        with self._ended:
            if not self._ended.wait_for(lambda: begun.id not in self._processes, timeout=ENDS_WITHIN_S):
                raise Conflict(f"the import {begun.id} is under way already. Wait for it to end, or cancel it.")
            self._cancelled.discard(begun.id)
            self._processes[begun.id] = process
        process.start()
        threading.Thread(target=self._look_after, args=(process, file, begun), daemon=True).start()
        return _plain(begun)

    def cancel(self, workspace: str, import_id: str) -> Mapping[str, Any]:
        """See the port."""
        one = self._ledger.get(workspace, import_id)
        if one.state != "running":
            raise Conflict(f"the import {import_id} is not under way: it is {one.state}.")
        process = self._processes.get(import_id)
        if process is not None:
            self._cancelled.add(import_id)
            process.terminate()
            process.join()
        with self._ledger.working_on(import_id):  # a command that imports by itself holds it
            return _plain(self._stopped(one, state="cancelled", problem=""))

    def check(self, import_id: str) -> Mapping[str, Any] | None:
        """See the port."""
        return self._ledger.check(import_id)

    def note_check(self, import_id: str, told: Mapping[str, Any]) -> None:
        """Keep what was found in the file of an import before it began."""
        self._ledger.note_check(import_id, told)

    def source_to_undo(self, workspace: str, import_id: str, *, others: Others) -> str:
        """See the port."""
        every = self._ledger.all(workspace)
        together = imports_to_undo(self._ledger.get(workspace, import_id), every, others=others)
        with ExitStack() as held:  # an import under way would go on filling what is being emptied
            for one in together:
                held.enter_context(self._ledger.working_on(one.id))
        return together[0].source

    def undone(self, workspace: str, source: str) -> None:
        """See the port."""
        for one in self._ledger.all(workspace):
            if one.source == source:
                self._ledger.save(one.changed(state="undone"))

    def _source(self, workspace: str, name: str, actor: str) -> tuple[Source, bool]:
        def found() -> Source | None:
            try:
                return self._keys.source(workspace, name)
            except NotFound:
                return None

        def made(settings: Mapping[str, Any]) -> Source:
            return self._keys.create_source(workspace, name, "other", settings=settings, actor=actor).source

        return source_for(name, found=found(), make=made, ledger=self._ledger, workspace=workspace)

    def _look_after(self, process: Any, file: Path, begun: Import) -> None:
        process.join()
        file.unlink(missing_ok=True)
        with self._ended:
            del self._processes[begun.id]
            self._ended.notify_all()
        if process.exitcode and begun.id not in self._cancelled:
            problem = f"its process ended with {process.exitcode}. The same upload goes on where it stopped."
            self._stopped(begun, state="failed", problem=problem)

    def _stopped(self, begun: Import, *, state: State, problem: str) -> Import:
        """The import as it is on record; one that is still said to run is noted as stopped."""
        left = self._ledger.get(begun.workspace, begun.id)
        if left.state == "running":
            left = left.changed(state=state, problem=problem, ended_at=now_ms())
            self._ledger.save(left)
        return left


def import_upload(data: Path, limits: SpoolLimits, order: Order) -> None:
    """What the process of an upload runs."""
    set_up_logging("info")
    ledger = ImportLedger(data)
    try:
        with import_spool(data / "spool", limits) as spool:
            run_import(order, Effects(spool=spool, ledger=ledger, now_ms=now_ms))
    except Conflict as failure:  # the same upload twice at once: the other process has it
        log.info("%s", failure)
    except ZujiError as failure:
        log.error("the import of %s stopped: %s", order.name, failure)
        raise SystemExit(1) from failure


def _plain(one: Import) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(one)
    return plain
