from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity import service as identity
from sellier.domain.identity.states import Role
from sellier.kernel.ids import StaffId

EMAIL = "claire@house.example"
PASSWORD = "une phrase bien longue"


async def staff(db: AsyncSession, **changes: Any) -> StaffId:
    """Somebody of the order desk, unless told otherwise."""
    values: dict[str, Any] = {
        "email": EMAIL,
        "name": "Claire Aubert",
        "role": Role.ORDER_DESK,
        "password": PASSWORD,
        "now": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return await identity.define_staff(db, **(values | changes))
