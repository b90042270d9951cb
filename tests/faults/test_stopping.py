"""The worker is asked to end while the database is away."""

import asyncio
from pathlib import Path

import psycopg

from sellier.infra import postgres
from tests.faults import machines
from tests.faults.machines import OwnServer
from tests.sandbox.fixtures import RunningSandbox

ALIVE = "SELECT FROM heartbeat WHERE process = 'worker'"


def test_a_worker_that_has_just_lost_the_database_ends_when_it_is_asked_to(
    own: OwnServer, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    known = machines.environment(own.home, url="http://127.0.0.1:8000", outside=sandbox)
    log = tmp_path / "worker.log"
    with machines.process("worker", environment=known, log=log):
        asyncio.run(_until_alive(own))
        own.kill()
    own.start()


async def _until_alive(own: OwnServer) -> None:
    deadline = asyncio.get_running_loop().time() + machines.START_SECONDS
    conninfo = postgres.conninfo(own.database.url(postgres.READER))
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        while not (await connection.execute(ALIVE)).rowcount:
            assert asyncio.get_running_loop().time() < deadline, "the worker did not start"
            await asyncio.sleep(0.1)
