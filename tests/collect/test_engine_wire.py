"""The line to the engine carries one request after the other, however large the answers are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from zuji.collect.engine_wire import HELD_BYTES, Wire, Wires

PATIENCE_S = 30.0


@dataclass
class Engine:
    """Answers every request with as many bytes as its path says."""

    lines: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.split()[1].removeprefix(b"/"))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def an_engine(folder: Path) -> AsyncIterator[tuple[Engine, Wires]]:
    engine = Engine()
    server = await asyncio.start_unix_server(engine, str(folder / "engine.sock"))
    wires = Wires(str(folder / "engine.sock"), most=2, most_idle=2)
    async with server:
        yield engine, wires
        wires.close()


async def ask(wires: Wires, size: int) -> Wire:
    wire = await wires.take(2.0)
    wire.ask(b"GET /%d HTTP/1.1\r\nhost: x\r\n\r\n" % size, is_head=False)
    return wire


async def body_of(wire: Wire) -> bytes:
    await wire.head()
    whole = wire.whole()
    return b"".join([piece async for piece in wire.pieces()]) if whole is None else whole


def test_one_line_carries_request_after_request(tmp_path: Path) -> None:
    async def all_sizes() -> int:
        async with an_engine(tmp_path) as (engine, wires), asyncio.timeout(PATIENCE_S):
            for size in (0, 1, HELD_BYTES - 1, HELD_BYTES, HELD_BYTES + 1, 5 * HELD_BYTES, 0):
                wire = await ask(wires, size)
                assert len(await body_of(wire)) == size
                wires.give_back(wire)
        return engine.lines

    assert uvloop.run(all_sizes()) == 1


def test_a_line_on_which_a_large_answer_lay_whole_before_anybody_looked_brings_the_next(tmp_path: Path) -> None:
    async def twice() -> int:
        async with an_engine(tmp_path) as (engine, wires), asyncio.timeout(PATIENCE_S):
            for _ in range(2):
                wire = await ask(wires, HELD_BYTES + 20_000)
                while wire._held < HELD_BYTES + 20_000:
                    await asyncio.sleep(0.01)
                assert len(await body_of(wire)) == HELD_BYTES + 20_000
                wires.give_back(wire)
        return engine.lines

    assert uvloop.run(twice()) == 1
