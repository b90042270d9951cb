import asyncio
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity import queries, rules
from sellier.domain.identity import service as identity
from sellier.domain.identity.errors import SignInBusy, TooManyAttempts, WrongSignIn
from sellier.domain.identity.models import SignInFailure, Staff, StaffSession
from sellier.domain.identity.states import Role
from sellier.kernel.errors import Refusal
from tests.domain.identity import make

Sessions = async_sessionmaker[AsyncSession]
WRONG = "une autre phrase longue"


async def enter(
    sessions: Sessions, now: datetime, *, email: str = make.EMAIL, password: str = make.PASSWORD
) -> identity.NewSession:
    return await identity.sign_in(
        sessions, email=email, password=password, address="192.0.2.7", now=now
    )


async def who(sessions: Sessions, token: str, now: datetime) -> queries.SignedIn | None:
    async with sessions.begin() as db:
        return await identity.recognize(db, token=token, now=now)


@pytest.fixture
async def claire(sessions: Sessions) -> Sessions:
    async with sessions.begin() as db:
        await make.staff(db)
    return sessions


async def test_the_right_password_opens_a_session(claire: Sessions, noon: datetime) -> None:
    opened = await enter(claire, noon, email=" CLAIRE@house.example ")

    found = await who(claire, opened.token, noon)
    assert found is not None
    assert (found.name, found.role, found.location_id) == ("Claire Aubert", Role.ORDER_DESK, None)


async def test_neither_token_nor_password_is_stored(claire: Sessions, noon: datetime) -> None:
    opened = await enter(claire, noon)

    async with claire.begin() as db:
        session = (await db.scalars(select(StaffSession))).one()
        staff = (await db.scalars(select(Staff))).one()
    assert opened.token.encode() not in session.token_sha256
    assert len(opened.token) >= 43  # 256 bits
    assert staff.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_wrong_unknown_and_departed_are_told_the_same(
    claire: Sessions, noon: datetime
) -> None:
    async with claire.begin() as db:
        await make.staff(db, email="gone@house.example")
        await identity.dismiss_staff(db, email="gone@house.example", now=noon)

    told: set[tuple[str, str, str]] = set()
    for email, password in (
        (make.EMAIL, WRONG),
        ("nobody@house.example", make.PASSWORD),
        ("gone@house.example", make.PASSWORD),
    ):
        with pytest.raises(WrongSignIn) as refused:
            await enter(claire, noon, email=email, password=password)
        told.add((refused.value.code, refused.value.message, str(refused.value.details)))
    assert len(told) == 1


async def test_an_unknown_email_takes_as_long_as_a_known_one(
    claire: Sessions, noon: datetime
) -> None:
    async def best(email: str) -> float:
        took = []
        for _ in range(4):
            begun = time.perf_counter()
            with pytest.raises(WrongSignIn):
                await enter(claire, noon, email=email, password=WRONG)
            took.append(time.perf_counter() - begun)
        return min(took)

    known, unknown = await best(make.EMAIL), await best("nobody@house.example")
    assert 0.4 < unknown / known < 2.5


async def test_a_sixth_guess_waits_and_the_wait_grows(claire: Sessions, noon: datetime) -> None:
    for _ in range(rules.FREE_BY_ACCOUNT):
        with pytest.raises(WrongSignIn):
            await enter(claire, noon, password=WRONG)

    with pytest.raises(TooManyAttempts) as refused:
        await enter(claire, noon)  # even with the right password
    assert refused.value.details == {"retry_after_s": 30}

    later = noon + timedelta(seconds=30)
    with pytest.raises(WrongSignIn):
        await enter(claire, later, password=WRONG)
    with pytest.raises(TooManyAttempts) as refused:
        await enter(claire, later)
    assert refused.value.details == {"retry_after_s": 60}
    assert (await enter(claire, later + timedelta(seconds=60))).token


async def test_an_unknown_email_is_slowed_like_a_known_one(
    claire: Sessions, noon: datetime
) -> None:
    outcomes = []
    for email in (make.EMAIL, "nobody@house.example"):
        for _ in range(rules.FREE_BY_ACCOUNT + 1):
            with pytest.raises(Refusal) as refused:
                await enter(claire, noon, email=email, password=WRONG)
            outcomes.append(type(refused.value))
    half = len(outcomes) // 2
    assert outcomes[:half] == outcomes[half:]


async def test_many_accounts_tried_from_one_address_are_slowed(
    claire: Sessions, noon: datetime
) -> None:
    async with claire.begin() as db:
        db.add_all(
            SignInFailure(email=f"n{number}@house.example", address="192.0.2.7", at=noon)
            for number in range(rules.FREE_BY_ADDRESS)
        )
    with pytest.raises(TooManyAttempts):
        await enter(claire, noon)
    elsewhere = await identity.sign_in(
        claire, email=make.EMAIL, password=make.PASSWORD, address="198.51.100.3", now=noon
    )
    assert elsewhere.token


async def test_guesses_at_the_same_instant_are_slowed_like_guesses_in_a_row(
    claire: Sessions, noon: datetime
) -> None:
    async def guess() -> str:
        try:
            await enter(claire, noon, password=WRONG)
        except Refusal as refused:
            return refused.code
        return "let in"

    outcomes = await asyncio.gather(*(guess() for _ in range(12)))
    assert outcomes.count("identity.wrong_sign_in") == rules.FREE_BY_ACCOUNT
    assert "let in" not in outcomes


async def test_a_success_leaves_no_failure_behind(claire: Sessions, noon: datetime) -> None:
    await enter(claire, noon)

    async with claire.begin() as db:
        assert await db.scalar(select(func.count()).select_from(SignInFailure)) == 0


async def test_no_more_than_two_passwords_are_hashed_at_once(
    claire: Sessions, noon: datetime
) -> None:
    assert identity.SLOTS.acquire(blocking=False)
    assert identity.SLOTS.acquire(blocking=False)
    try:
        with pytest.raises(SignInBusy):
            await enter(claire, noon)
    finally:
        identity.SLOTS.release()
        identity.SLOTS.release()
    async with claire.begin() as db:  # nobody is slowed because we were busy
        assert await db.scalar(select(func.count()).select_from(SignInFailure)) == 0


async def test_signing_in_again_gives_a_new_id_and_ends_the_old(
    claire: Sessions, noon: datetime
) -> None:
    first = await enter(claire, noon)
    second = await identity.sign_in(
        claire,
        email=make.EMAIL,
        password=make.PASSWORD,
        address="192.0.2.7",
        previous=first.token,
        now=noon,
    )

    assert first.token != second.token
    assert await who(claire, first.token, noon) is None
    assert await who(claire, second.token, noon)


async def test_a_token_that_somebody_planted_is_never_used(
    claire: Sessions, noon: datetime
) -> None:
    opened = await identity.sign_in(
        claire,
        email=make.EMAIL,
        password=make.PASSWORD,
        address="192.0.2.7",
        previous="planted",
        now=noon,
    )

    assert opened.token != "planted"
    assert await who(claire, "planted", noon) is None


async def test_idle_eight_hours_ends_a_session(claire: Sessions, noon: datetime) -> None:
    opened = await enter(claire, noon)

    seen = noon + rules.IDLE_LIMIT - timedelta(seconds=1)
    assert await who(claire, opened.token, seen)
    assert await who(claire, opened.token, seen + rules.IDLE_LIMIT - timedelta(seconds=1))
    assert await who(claire, opened.token, seen + 2 * rules.IDLE_LIMIT) is None


async def test_two_weeks_end_a_session_however_busy(claire: Sessions, noon: datetime) -> None:
    opened = await enter(claire, noon)

    at = noon
    while at + timedelta(hours=6) < noon + rules.ABSOLUTE_LIMIT:
        at += timedelta(hours=6)
        assert await who(claire, opened.token, at)
    assert await who(claire, opened.token, noon + rules.ABSOLUTE_LIMIT) is None


async def test_signing_out_ends_this_session_alone(claire: Sessions, noon: datetime) -> None:
    here, there = await enter(claire, noon), await enter(claire, noon)
    async with claire.begin() as db:
        await identity.sign_out(db, token=here.token)

    assert await who(claire, here.token, noon) is None
    assert await who(claire, there.token, noon)


async def test_every_session_ends_with_a_new_password_a_new_role_or_departure(
    claire: Sessions, noon: datetime
) -> None:
    async with claire.begin() as db:
        await make.staff(db, email="leo@house.example")
    opened = [await enter(claire, noon), await enter(claire, noon)]
    other = await enter(claire, noon, email="leo@house.example")

    async with claire.begin() as db:
        await make.staff(db, role=Role.MERCHANDISER)
    assert [await who(claire, session.token, noon) for session in opened] == [None, None]
    assert await who(claire, other.token, noon)

    async with claire.begin() as db:
        await identity.dismiss_staff(db, email="leo@house.example", now=noon)
    assert await who(claire, other.token, noon) is None


async def test_forgetting_keeps_what_still_counts(claire: Sessions, noon: datetime) -> None:
    opened = await enter(claire, noon)
    with pytest.raises(WrongSignIn):
        await enter(claire, noon, password=WRONG)

    async with claire.begin() as db:
        await identity.forget(db, now=noon + timedelta(days=1))
        assert await db.scalar(select(func.count()).select_from(SignInFailure)) == 1
        assert await queries.signed_in(db, token=opened.token, now=noon)
        await identity.forget(db, now=noon + timedelta(days=91))
        assert await db.scalar(select(func.count()).select_from(SignInFailure)) == 0
        assert await db.scalar(select(func.count()).select_from(StaffSession)) == 0


async def test_a_password_changed_while_it_was_tried_opens_nothing(
    claire: Sessions, noon: datetime
) -> None:
    async with claire.begin() as db:
        attempt = await identity._begin(db, email=make.EMAIL, address="192.0.2.7", now=noon)
    async with claire.begin() as db:
        await make.staff(db, password="encore une autre phrase")

    async with claire.begin() as db:
        with pytest.raises(WrongSignIn):
            await identity._open(db, attempt=attempt, previous=None, now=noon)
