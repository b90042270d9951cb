import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity import queries, rules
from sellier.domain.identity.errors import SignInBusy, TooManyAttempts, WrongSignIn
from sellier.domain.identity.events import StaffDefined, StaffDismissed
from sellier.domain.identity.models import SignInFailure, Staff, StaffSession
from sellier.domain.identity.queries import SignedIn
from sellier.domain.identity.states import Role
from sellier.infra import outbox
from sellier.infra.keys import fingerprint, new_token
from sellier.kernel.ids import LocationId, StaffId, new_id

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A hash takes 19 MiB and 30 ms of a core: a crowd at the door must not take the whole machine.
SLOTS: Final = threading.BoundedSemaphore(2)
SLOT_PATIENCE: Final = 20
SLOT_PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A fresh sign-in. The token exists here and in the browser, nowhere else."""

    token: str
    staff_id: StaffId
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    id: int
    staff_id: StaffId | None
    password_hash: str | None


async def sign_in(
    sessions: async_sessionmaker[AsyncSession],
    *,
    email: str,
    password: str,
    address: str,
    now: datetime,
    previous: str | None = None,
) -> NewSession:
    """Open a session with a new id; the browser's `previous` one ends.

    Hashing holds no transaction open. The attempt is on record before the password is tried:
    a hundred guesses at the same instant are slowed like a hundred in a row.
    Raises `SignInBusy`, `TooManyAttempts`, `WrongSignIn`.
    """
    async with _slot():
        async with sessions.begin() as db:
            attempt = await _begin(db, email=rules.plain_email(email), address=address, now=now)
        is_right = await asyncio.to_thread(_matches, attempt.password_hash, password)
    if attempt.staff_id is None or not is_right:
        raise _wrong()
    async with sessions.begin() as db:
        return await _open(db, attempt=attempt, previous=previous, now=now)


async def recognize(db: AsyncSession, *, token: str, now: datetime) -> SignedIn | None:
    """Return who holds this token, and note from time to time that they were seen."""
    found = await queries.signed_in(db, token=token, now=now)
    if found and found.seen_at <= now - rules.SEEN_EVERY:
        await db.execute(
            update(StaffSession)
            .where(StaffSession.token_sha256 == fingerprint(token), StaffSession.seen_at < now)
            .values(seen_at=now)
        )
    return found


async def sign_out(db: AsyncSession, *, token: str) -> None:
    """End the session of this token; an unknown one is ended already."""
    await db.execute(delete(StaffSession).where(StaffSession.token_sha256 == fingerprint(token)))


async def end_all_sessions(db: AsyncSession, *, staff_id: StaffId) -> None:
    """Sign a person out everywhere."""
    await db.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


async def define_staff(
    db: AsyncSession,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    location_id: LocationId | None = None,
) -> StaffId:
    """Make this account what is said here, new or not, and end its sessions.

    Raises `StaffRefused`.
    """
    email = rules.plain_email(email)
    rules.check_staff(email=email, name=name, role=role, has_location=location_id is not None)
    rules.check_password(password)
    values = {
        "name": name.strip(),
        "role": role,
        "location_id": location_id,
        "password_hash": await asyncio.to_thread(HASHER.hash, password),
        "is_active": True,
    }
    staff_id: StaffId | None = await db.scalar(
        insert(Staff)
        .values(id=new_id(), email=email, **values)
        .on_conflict_do_update(index_elements=["email"], set_=values)
        .returning(Staff.id)
    )
    assert staff_id is not None
    await end_all_sessions(db, staff_id=staff_id)
    outbox.publish(db, StaffDefined(happened_at=now, staff_id=staff_id))
    return staff_id


async def dismiss_staff(db: AsyncSession, *, email: str, now: datetime) -> None:
    """Close the account of someone who left; what they did stays on record."""
    staff_id = await db.scalar(
        update(Staff)
        .where(Staff.email == rules.plain_email(email), Staff.is_active)
        .values(is_active=False)
        .returning(Staff.id)
    )
    if staff_id:
        await end_all_sessions(db, staff_id=staff_id)
        outbox.publish(db, StaffDismissed(happened_at=now, staff_id=staff_id))


async def forget(db: AsyncSession, *, now: datetime) -> None:
    """Delete sessions that are over and attempts too old to tell anything."""
    await db.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    await db.execute(delete(SignInFailure).where(SignInFailure.at < now - rules.FAILURES_KEPT_FOR))


async def _begin(db: AsyncSession, *, email: str, address: str, now: datetime) -> _Attempt:
    """Record the attempt and find its account, unless too many came before."""
    # One at a time by account, then by address: always in this order, so nobody waits in a ring.
    for key in (f"sign-in:{email}", f"sign-in:{address}"):
        await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    for column, value, free in (
        (SignInFailure.email, email, rules.FREE_BY_ACCOUNT),
        (SignInFailure.address, address, rules.FREE_BY_ADDRESS),
    ):
        recent = await db.scalars(
            select(SignInFailure.at)
            .where(column == value, SignInFailure.at > now - rules.FAILURES_COUNT_FOR)
            .order_by(SignInFailure.at.desc())
            .limit(free + rules.DOUBLINGS_MAX)
        )
        heard_at = rules.next_attempt_at(recent.all(), free=free)
        if heard_at and heard_at > now:
            raise _too_many(heard_at, now)
    attempt = SignInFailure(email=email, address=address, at=now)
    db.add(attempt)
    account = await db.execute(
        select(Staff.id, Staff.password_hash).where(Staff.email == email, Staff.is_active)
    )
    row = account.one_or_none()
    await db.flush()
    return _Attempt(
        id=attempt.id,
        staff_id=row.id if row else None,
        password_hash=row.password_hash if row else None,
    )


async def _open(
    db: AsyncSession, *, attempt: _Attempt, previous: str | None, now: datetime
) -> NewSession:
    # The password was tried outside a transaction: look again, and keep the account still.
    staff = await db.scalar(
        select(Staff)
        .where(
            Staff.id == attempt.staff_id,
            Staff.password_hash == attempt.password_hash,
            Staff.is_active,
        )
        .with_for_update(read=True)
    )
    if staff is None:
        raise _wrong()
    if previous:
        await sign_out(db, token=previous)
    await db.execute(delete(SignInFailure).where(SignInFailure.id == attempt.id))
    token, expires_at = new_token(), now + rules.ABSOLUTE_LIMIT
    db.add(
        StaffSession(
            token_sha256=fingerprint(token),
            staff_id=staff.id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    return NewSession(token=token, staff_id=staff.id, role=Role(staff.role), expires_at=expires_at)


@asynccontextmanager
async def _slot() -> AsyncGenerator[None, None]:
    """Wait a moment for one of the two places to hash in, then give up."""
    for _ in range(SLOT_PATIENCE):
        if SLOTS.acquire(blocking=False):
            break
        await asyncio.sleep(SLOT_PAUSE_S)
    else:
        raise SignInBusy("Many people are signing in just now. Please try again in a moment.")
    try:
        yield
    finally:
        SLOTS.release()


def _matches(password_hash: str | None, password: str) -> bool:
    """Try the password; without an account, against nobody's, so that the time tells nothing."""
    try:
        return HASHER.verify(password_hash or _nobody(), password[: rules.PASSWORD_LONGEST + 1])
    except VerificationError:
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(new_token())


def _wrong() -> WrongSignIn:
    return WrongSignIn("This e-mail address and password do not go together.")


def _too_many(heard_at: datetime, now: datetime) -> TooManyAttempts:
    return TooManyAttempts(
        "There were too many attempts. Please wait a little before the next one.",
        retry_after_s=max(1, round((heard_at - now).total_seconds())),
    )
