"""Rule sets: versions, which of them decide, and what they decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.organization.models import Channel
from sellier.domain.promising.errors import RuleSetNotFound
from sellier.domain.promising.models import RuleSetLive, RuleSetVersion, SourcingDecision
from sellier.domain.promising.rules import DEFAULT, Log, RuleSet, parse
from sellier.kernel.ids import ChannelId, OrderId, RuleSetId

VERSIONS_MAX: Final = 200
CHANNELS_MAX: Final = 200
DECISIONS_MAX: Final = 100

# A version never changes, so whoever has read it once has read it for good.
_READ: Final[dict[RuleSetId, RuleSet]] = {}
_READ_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRead:
    """One version of a rule set. Without an id: what decides until a group says otherwise."""

    id: RuleSetId | None
    name: str
    version: int
    body: Mapping[str, Any]
    created_at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRead:
    """What decides for a channel now, since when, and who said so; no version is the usual one."""

    channel_id: ChannelId
    channel: str
    rule_set_id: RuleSetId | None
    name: str | None
    version: int | None
    live_from: datetime | None
    by: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRead:
    """How sources were chosen for an order at one time."""

    at: datetime
    why: str
    rule_set: str | None
    version: int | None
    log: Log


async def rule_set(db: AsyncSession, *, rule_set_id: RuleSetId | None) -> RuleSet:
    """Return a version as rules, or the usual ones. Raises `RuleSetNotFound`."""
    if rule_set_id is None:
        return DEFAULT
    known = _READ.get(rule_set_id)
    if known is None:
        found = await version(db, rule_set_id=rule_set_id)
        known = parse(found.body)
        if len(_READ) >= _READ_MAX:
            _READ.clear()
        _READ[rule_set_id] = known
    return known


async def version(db: AsyncSession, *, rule_set_id: RuleSetId) -> VersionRead:
    """Return one version. Raises `RuleSetNotFound`."""
    row = await db.get(RuleSetVersion, rule_set_id)
    if row is None:
        raise RuleSetNotFound("There is no such version of a rule set.")
    return _version(row)


async def versions(db: AsyncSession) -> Sequence[VersionRead]:
    """List the versions of every rule set, the newest first."""
    statement = select(RuleSetVersion).order_by(RuleSetVersion.id.desc()).limit(VERSIONS_MAX)
    return [_version(row) for row in await db.scalars(statement)]


async def live(db: AsyncSession, *, now: datetime) -> Sequence[LiveRead]:
    """List what decides for each channel now."""
    latest = (
        select(RuleSetLive)
        .where(RuleSetLive.live_from <= now)
        .ext(distinct_on(RuleSetLive.channel_id))
        .order_by(RuleSetLive.channel_id, RuleSetLive.live_from.desc(), RuleSetLive.id.desc())
        .subquery()
    )
    rows = await db.execute(
        select(
            Channel.id,
            Channel.name,
            latest.c.rule_set_id,
            RuleSetVersion.name.label("rule_set"),
            RuleSetVersion.version,
            latest.c.live_from,
            latest.c.by,
            latest.c.note,
        )
        .outerjoin(latest, latest.c.channel_id == Channel.id)
        .outerjoin(RuleSetVersion, RuleSetVersion.id == latest.c.rule_set_id)
        .order_by(Channel.name)
        .limit(CHANNELS_MAX)
    )
    return [
        LiveRead(
            channel_id=row.id,
            channel=row.name,
            rule_set_id=row.rule_set_id,
            name=row.rule_set,
            version=row.version,
            live_from=row.live_from,
            by=row.by,
            note=row.note,
        )
        for row in rows
    ]


async def decisions(db: AsyncSession, *, order_id: OrderId) -> Sequence[DecisionRead]:
    """List how sources were chosen for an order, the first decision first."""
    rows = await db.execute(
        select(
            SourcingDecision.at,
            SourcingDecision.why,
            SourcingDecision.log,
            RuleSetVersion.name,
            RuleSetVersion.version,
        )
        .outerjoin(RuleSetVersion, RuleSetVersion.id == SourcingDecision.rule_set_id)
        .where(SourcingDecision.order_id == order_id)
        .order_by(SourcingDecision.id)
        .limit(DECISIONS_MAX)
    )
    return [
        DecisionRead(
            at=row.at,
            why=row.why,
            rule_set=row.name,
            version=row.version,
            log=msgspec.convert(row.log, Log),
        )
        for row in rows
    ]


def _version(row: RuleSetVersion) -> VersionRead:
    return VersionRead(
        id=row.id,
        name=row.name,
        version=row.version,
        body=row.body,
        created_at=row.created_at,
        by=row.by,
        note=row.note,
    )
