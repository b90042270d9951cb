"""The door of the carrier: what it tells of parcels."""

from litestar import post

from sellier.domain.carriers.gateway import notice_secret_of, verify_notice
from sellier.domain.carriers.service.tracking import take_notice
from sellier.infra.web import Configuration, Db, Now, Secrets, Visitor


@post("/carriers/notices", status_code=204)
async def notices(
    *, request: Visitor, db: Db, now: Now, settings: Configuration, keys: Secrets
) -> None:
    """Take a signed notice. What it is news for hears of it by `parcel.moved`."""
    notice = verify_notice(
        headers=dict(request.headers),
        body=await request.body(),
        secret=notice_secret_of(settings, keys=keys),
        now=now,
    )
    await take_notice(db, notice=notice, now=now)
