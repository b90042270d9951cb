"""`/studio/sourcing`: the rules that choose who serves an order, their versions, and trials."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.promising import queries, service
from sellier.domain.promising.errors import CanSourceNothing, RuleSetNotFound, RuleSetRefused
from sellier.domain.promising.queries import VersionRead
from sellier.domain.promising.rules import DEFAULT, RuleSet, check_network, parse
from sellier.domain.promising.rules.simulate import Outcome
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Invalid
from sellier.kernel.ids import RuleSetId, new_id, public_id, row_id
from sellier.surfaces.doors.staff import Lang, Staff, author, staff_page, staff_router
from sellier.surfaces.studio import drafts
from sellier.surfaces.studio.drafts import DraftForm
from sellier.surfaces.studio.queries import figures
from sellier.surfaces.studio.queries import sourcing as studio

TRIED_DAYS: Final = 30
TRIED_MAX: Final = 300  # orders: a trial is answered while its reader waits
PREFIX: Final = "rules"

Id = Annotated[str, PathParameter(max_length=40)]
Which = Annotated[str, QueryParameter(max_length=40)]
DraftBody = Annotated[DraftForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


class LiveForm(Form, frozen=True, kw_only=True):
    """Which version is to decide, for which channel (empty: for all), and why.

    A version that decides already is not made live again, so the form needs no key of its own.
    """

    version: Annotated[str, msgspec.Meta(max_length=40)]
    channel: Annotated[str, msgspec.Meta(max_length=40)] = ""
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""
    key: UUID | None = None


LiveBody = Annotated[LiveForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/sourcing", right=Right.READ_ORDERS)
async def listed(*, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now) -> Template:
    """Show which rules decide for each channel, and every version there is."""
    live = await queries.live(db, now=now)
    versions = await queries.versions(db)
    by = [*(each.by for each in live), *(each.by for each in versions)]
    return staff_page(
        request,
        "studio/sourcing/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        live=live,
        versions=versions,
        people=await studio.people(db, by=by),
        key_of=_key,
    )


@get("/sourcing/rules", right=Right.CHANGE_SOURCING)
async def edit(*, request: Visitor, db: Db, staff: Staff, lang: Lang, of: Which = "") -> Template:
    """Show a version as a form to write the next one from; without one, the usual rules."""
    rule_set, name = DEFAULT, ""
    if of:
        found = await queries.version(db, rule_set_id=_id(of))
        rule_set, name = parse(found.body), found.name
    form = drafts.form_of(rule_set, key=new_id(), name=name)
    return await _form(request, db, staff=staff, lang=lang, form=form)


@post("/sourcing/drafts", status_code=200, right=Right.CHANGE_SOURCING)
async def draft(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: DraftBody
) -> Template | Redirect:
    """Move a rule, check the draft, try it on past orders, or write it down as a version."""
    form = drafts.moved(data)
    body = drafts.body_of(form)
    tried: Sequence[Outcome] = ()
    try:
        if form.do == "save":
            return await _save(db, form, by=author(staff), now=now)
        if form.do in ("check", "try"):
            rule_set = parse(body)
            check_network(rule_set, await queries.network(db))
            tried = await _try(db, rule_set, now=now) if form.do == "try" else ()
    except (RuleSetRefused, CanSourceNothing) as refusal:
        return await _form(request, db, staff=staff, lang=lang, form=form, refusal=refusal)
    return await _form(request, db, staff=staff, lang=lang, form=form, tried=tried)


@get("/sourcing/versions/{version:str}", right=Right.READ_ORDERS)
async def one(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    version: Id,
    against: Which = "",
) -> Template:
    """Show a version, beside another if one is named."""
    found = await queries.version(db, rule_set_id=_id(version))
    other = await queries.version(db, rule_set_id=_id(against)) if against else None
    return await _version(
        request, db, staff=staff, lang=lang, now=now, shown=(found, other), refusal=None
    )


@post("/sourcing/live", right=Right.CHANGE_SOURCING)
async def activate(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: LiveBody
) -> Template | Redirect:
    """Have a version decide from now on."""
    rule_set_id = _id(data.version)
    channels = {str(each.channel_id): each.channel_id for each in await queries.live(db, now=now)}
    chosen = [channels[data.channel]] if data.channel in channels else []
    try:
        await service.activate(
            db,
            rule_set_id=rule_set_id,
            channel_ids=chosen if data.channel else list(channels.values()),
            note=data.note,
            by=author(staff),
            now=now,
        )
    except (RuleSetRefused, CanSourceNothing) as refusal:
        found = await queries.version(db, rule_set_id=rule_set_id)
        return await _version(
            request, db, staff=staff, lang=lang, now=now, shown=(found, None), refusal=refusal
        )
    return Redirect("/studio/sourcing", status_code=303)


async def _save(db: AsyncSession, form: DraftForm, *, by: str, now: datetime) -> Redirect:
    await service.save(
        db,
        rule_set_id=RuleSetId(form.key),
        name=form.name,
        body=drafts.body_of(form),
        note=form.note,
        by=by,
        now=now,
    )
    return Redirect(f"/studio/sourcing/versions/{_key(RuleSetId(form.key))}", status_code=303)


async def _try(db: AsyncSession, rule_set: RuleSet, *, now: datetime) -> Sequence[Outcome]:
    """Source the last weeks' orders by what decides now, and by the draft."""
    live = await queries.live(db, now=now)
    before = await queries.rule_set(db, rule_set_id=live[0].rule_set_id if live else None)
    return await orders.replayed(
        db,
        rule_sets=[before, rule_set],
        since=now - timedelta(days=TRIED_DAYS),
        now=now,
        limit=TRIED_MAX,
    )


async def _form(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    form: DraftForm,
    refusal: Invalid | None = None,
    tried: Sequence[Outcome] = (),
) -> Template:
    network = await queries.network(db)
    field = drafts.field_of(form, str(refusal.details["field"])) if refusal else ""
    return staff_page(
        request,
        "studio/sourcing/rules.html",
        staff=staff,
        lang=lang,
        status=422 if refusal else 200,
        form=form,
        rules=drafts.rows(form),
        refusal=refusal,
        errors={field: refusal} if refusal else {},
        tried=tried,
        tried_days=TRIED_DAYS,
        tried_max=TRIED_MAX,
        network=network,
        names=await studio.place_names(db),
        parcels_max=drafts.PARCELS,
    )


async def _version(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    now: datetime,
    shown: tuple[VersionRead, VersionRead | None],
    refusal: Invalid | None,
) -> Template:
    found, other = shown
    versions = await queries.versions(db)
    return staff_page(
        request,
        "studio/sourcing/version.html",
        staff=staff,
        lang=lang,
        status=422 if refusal else 200,
        zone=await figures.clock(db),
        version=found,
        rules=parse(found.body),
        other=other,
        other_rules=parse(other.body) if other else None,
        versions=[each for each in versions if each.id != found.id],
        live=await queries.live(db, now=now),
        people=await studio.people(db, by=[found.by]),
        names=await studio.place_names(db),
        refusal=refusal,
        key_of=_key,
    )


def _key(rule_set_id: RuleSetId) -> str:
    return public_id(PREFIX, rule_set_id)


def _id(key: str) -> RuleSetId:
    found = row_id(PREFIX, key)
    if found is None:
        raise RuleSetNotFound("There is no such version of a rule set.")
    return RuleSetId(found)


router: Final = staff_router("/studio", [listed, edit, draft, one, activate])
