from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.models import Staff, StaffSession
from sellier.domain.identity.rules import IDLE_LIMIT
from sellier.domain.identity.states import Role
from sellier.infra.keys import fingerprint
from sellier.kernel.ids import LocationId, StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is asking: handed to every staff page."""

    staff_id: StaffId
    name: str
    role: Role
    location_id: LocationId | None
    seen_at: datetime


async def signed_in(db: AsyncSession, *, token: str, now: datetime) -> SignedIn | None:
    """Return who holds this token, unless it is unknown, idle too long, or at its end."""
    row = (
        await db.execute(
            select(Staff.id, Staff.name, Staff.role, Staff.location_id, StaffSession.seen_at)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(
                StaffSession.token_sha256 == fingerprint(token),
                StaffSession.expires_at > now,
                StaffSession.seen_at > now - IDLE_LIMIT,
                Staff.is_active,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return SignedIn(
        staff_id=row.id,
        name=row.name,
        role=Role(row.role),
        location_id=row.location_id,
        seen_at=row.seen_at,
    )
