"""A proxy in front of PostgreSQL that cuts the line at a chosen COMMIT."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL

PIECE = 64 * 1024
PORT = 5432  # part of a socket's file name; nobody listens at a port


@dataclass(slots=True)
class Cut:
    """When to cut: at the COMMIT of this number, before it arrives or before its answer does."""

    at: int = 0  # 0: never
    is_answer: bool = False
    seen: int = 0

    def is_due(self, data: bytes) -> bool:
        self.seen += data.count(b"COMMIT")
        return self.at > 0 and b"COMMIT" in data and self.seen >= self.at


@dataclass(slots=True)
class Proxy:
    """A way to the database that can be cut."""

    target: URL
    folder: Path
    cut: Cut = field(default_factory=Cut)
    open: set[asyncio.Future[None]] = field(default_factory=set)

    def url(self) -> URL:
        """Return the address that leads through here."""
        through = {"host": str(self.folder), "port": str(PORT)}
        return self.target.set(host=None, port=None, query={**self.target.query, **through})

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.ensure_future(self.serve(reader, writer))
        self.open.add(line)
        line.add_done_callback(self.open.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await self._reach()
        # The answer to a COMMIT is lost with the line; the server has it all the same.
        lost = asyncio.Event()
        ways = [
            asyncio.create_task(self._carry(reader, there_writer, lost)),
            asyncio.create_task(_carry_back(there_reader, writer, lost)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for each in (writer, there_writer):
            each.close()
            with suppress(OSError):
                await each.wait_closed()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event
    ) -> None:
        while data := await reader.read(PIECE):
            if self.cut.is_due(data):
                self.cut.at = 0
                if not self.cut.is_answer:
                    return
                lost.set()
            writer.write(data)
            await writer.drain()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = self.target.query.get("host")
        if isinstance(folder, str):
            port = self.target.query.get("port", self.target.port or PORT)
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self.target.host, self.target.port or PORT)


async def _carry_back(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event
) -> None:
    while data := await reader.read(PIECE):
        if lost.is_set():
            return
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def cutting(target: URL) -> AsyncIterator[Proxy]:
    """Stand between the application and its database."""
    with tempfile.TemporaryDirectory(prefix="cut-") as folder:
        proxy = Proxy(target=target, folder=Path(folder))
        path = f"{folder}/.s.PGSQL.{PORT}"
        server = await asyncio.start_unix_server(proxy.take, path)
        async with server:
            yield proxy
        if proxy.open:  # lines that were cut or closed, and whose ends are still to be closed
            await asyncio.wait(proxy.open, timeout=1)
