"""Say which figures count as available, version by version."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising.errors import ViewRefused
from sellier.domain.promising.models import AvailabilityView
from sellier.domain.promising.rules.views import View
from sellier.domain.promising.states import Purpose


async def define_view(db: AsyncSession, *, name: str, view: View, by: str, now: datetime) -> int:
    """Add the next version of a view, which counts from now on, and return its number.

    Raises `ViewRefused` for what is committed: that counts what is there, always.
    """
    if view.purpose is Purpose.COMMIT:
        raise ViewRefused("What is committed is fixed: define a view for browse or promise.")
    # One after the other, so that each gets a number of its own.
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"view:{name}"))))
    last = await db.scalar(
        select(func.max(AvailabilityView.version)).where(AvailabilityView.name == name)
    )
    row = AvailabilityView(
        name=name,
        version=(last or 0) + 1,
        purpose=view.purpose,
        channel_id=view.channel_id,
        maison_id=view.maison_id,
        counts_inbound=view.counts_inbound,
        keeps_safety=view.keeps_safety,
        keeps_buffer=view.keeps_buffer,
        created_at=now,
        by=by,
    )
    db.add(row)
    await db.flush()
    return row.version
