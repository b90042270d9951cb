import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra import health, idempotency
from sellier.infra.health import Heartbeat
from sellier.infra.idempotency import Answer, InProgress, KeyReused

Sessions = async_sessionmaker[AsyncSession]


async def work(sessions: Sessions, *, key: str, body: bytes, now: datetime) -> Answer:
    """One request: claim, take effect, record the answer, in one transaction."""
    mark = idempotency.fingerprint("POST", "/things", body)
    async with sessions.begin() as db:
        known = await idempotency.claim(db, scope="me", key=key, fingerprint=mark, now=now)
        if isinstance(known, Answer):
            return known
        count = await db.scalar(select(func.count()).select_from(Heartbeat))
        await health.beat(db, process=f"effect-{count}", now=now)
        answer = Answer(status=201, body=b"made " + body)
        await idempotency.record(db, scope="me", key=key, answer=answer)
        return answer


async def test_forty_repeats_have_one_effect_and_one_answer(
    sessions: Sessions, noon: datetime
) -> None:
    answers = await asyncio.gather(
        *(work(sessions, key="k", body=b"a bag", now=noon) for _ in range(40))
    )
    assert {(answer.status, answer.body) for answer in answers} == {(201, b"made a bag")}
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Heartbeat)) == 1


async def test_another_request_under_the_same_key_is_refused(
    sessions: Sessions, noon: datetime
) -> None:
    await work(sessions, key="k", body=b"a bag", now=noon)
    with pytest.raises(KeyReused):
        await work(sessions, key="k", body=b"a shoe", now=noon)


async def test_a_key_whose_first_request_still_runs_says_so(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await idempotency.claim(db, scope="me", key="k", fingerprint=b"x", now=noon)
    with pytest.raises(InProgress):
        async with sessions.begin() as db:
            await idempotency.claim(db, scope="me", key="k", fingerprint=b"x", now=noon)


async def test_keys_of_two_callers_never_meet(sessions: Sessions, noon: datetime) -> None:
    await work(sessions, key="k", body=b"a bag", now=noon)
    async with sessions.begin() as db:
        assert await idempotency.claim(db, scope="you", key="k", fingerprint=b"x", now=noon) is None
