"""`/studio/closures/file`: boutiques that a file closes, seen row by row before it is done."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from litestar import post
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries, service
from sellier.domain.closures.errors import ClosureRefused, PlannerMissing
from sellier.domain.closures.queries import ClosureRead
from sellier.domain.closures.service import Rehearsal, import_closures
from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.infra import staging
from sellier.infra.reports import Report
from sellier.infra.tables import open_table
from sellier.infra.web import Sessions
from sellier.kernel.errors import Refusal
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router
from sellier.surfaces.studio.closures import PREVIEW_SECONDS
from sellier.surfaces.studio.queries import figures

NAME_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as it came, or as the page of its preview sends it again."""

    name: str
    content: bytes
    is_meant: bool  # after its preview was seen

    @property
    def again(self) -> str:
        return base64.b64encode(self.content).decode("ascii")


@post("/closures/file", status_code=200, right=Right.CLOSE_LOCATIONS)
async def bring(*, visit: Visiting, sessions: Sessions) -> Answer:
    """Show what the closures of a file would do, row by row; or write them all down."""
    sent = await _sent(visit)
    report, closing = await _brought_in(sessions, sent, by=visit.by, now=visit.now)
    if report.applied:
        alone = closing[0].number if len(closing) == 1 else ""
        return Redirect(f"/studio/closures/{alone}".rstrip("/"), status_code=303)
    told: Rehearsal | None = None
    refusal: Refusal | None = None
    if not report.is_clean() or not closing:
        refusal = ClosureRefused("The file closes nothing as it is. Mend it and choose it again.")
    else:
        try:
            told = await service.rehearse(
                sessions,
                location_ids=[place for one in closing for place in one.location_ids],
                now=visit.now,
                seconds=PREVIEW_SECONDS,
            )
        except PlannerMissing as error:
            refusal = error
    places = await locations.locations(visit.db)
    return visit.page(
        "studio/closures/file.html",
        refusal=refusal,
        zone=await figures.clock(visit.db),
        sent=sent,
        report=report,
        closing=closing,
        told=told,
        names={place.id: place.name for place in places},
    )


async def _sent(visit: Visit) -> Sent:
    form = await visit.request.form()
    chosen = form.get("file")
    if isinstance(chosen, UploadFile):
        name = chosen.filename[:NAME_LONGEST]
        return Sent(name=name, content=await chosen.read(), is_meant=False)
    try:
        content = base64.b64decode(str(form.get("content", "")), validate=True)
    except binascii.Error:
        content = b""  # not from our page: it is shown as what it is, a file with nothing in it
    name = str(form.get("name", ""))[:NAME_LONGEST]
    return Sent(name=name, content=content, is_meant=form.get("do") == "close")


async def _brought_in(
    sessions: async_sessionmaker[AsyncSession], sent: Sent, *, by: str, now: datetime
) -> tuple[Report, Sequence[ClosureRead]]:
    """Write the closures of a file down, and take it back unless that is meant."""
    report = Report(file=sent.name, kind="closures")
    closing: list[ClosureRead] = []
    async with staging.all_or_nothing(sessions, report, dry_run=not sent.is_meant) as db:
        with NamedTemporaryFile(suffix=".csv") as kept:
            kept.write(sent.content)
            kept.flush()
            with open_table(Path(kept.name), import_closures.COLUMNS, report=report) as table:
                ids = await import_closures.import_closures(
                    db, table=table, report=report, by=by, now=now
                )
        found = [await queries.closure_by_id(db, closure_id=each) for each in ids]
        closing = [one for one in found if one is not None]
    return report, closing


router: Final = staff_router("/studio", [bring])
