"""Write versions of rule sets, and say which of them decide."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising import queries
from sellier.domain.promising.errors import RuleSetChanged, RuleSetRefused
from sellier.domain.promising.models import RuleSetLive, RuleSetVersion
from sellier.domain.promising.rules import body_of, check_network, parse
from sellier.domain.promising.rules.rule_set import NAME_LONGEST, NOTE_LONGEST
from sellier.kernel.ids import ChannelId, RuleSetId


async def save(
    db: AsyncSession,
    *,
    rule_set_id: RuleSetId,
    name: str,
    body: object,
    note: str,
    by: str,
    now: datetime,
) -> None:
    """Write the next version of a rule set, once; nothing decides by it yet.

    Raises `RuleSetRefused`, `CanSourceNothing`, and `RuleSetChanged` when another wrote the same
    version at the same moment.
    """
    if await db.get(RuleSetVersion, rule_set_id) is not None:
        return  # the same form, sent again
    rule_set = parse(body)
    check_network(rule_set, await queries.network(db))
    _check_text(name, "name", NAME_LONGEST)
    _check_text(note, "note", NOTE_LONGEST)
    last = await db.scalar(
        select(func.max(RuleSetVersion.version)).where(RuleSetVersion.name == name.strip())
    )
    row = RuleSetVersion(
        id=rule_set_id,
        name=name.strip(),
        version=(last or 0) + 1,
        body=body_of(rule_set),
        created_at=now,
        by=by,
        note=note.strip(),
    )
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError as error:
        raise RuleSetChanged("Somebody wrote this version just now. Look at theirs.") from error


async def activate(
    db: AsyncSession,
    *,
    rule_set_id: RuleSetId,
    channel_ids: Sequence[ChannelId],
    note: str,
    by: str,
    now: datetime,
) -> None:
    """Have a version decide for some channels from now on.

    The locations may have changed since it was written, so it is checked again. Raises
    `RuleSetNotFound`, `RuleSetRefused`, `CanSourceNothing`.
    """
    found = await queries.version(db, rule_set_id=rule_set_id)
    network = await queries.network(db)
    check_network(parse(found.body), network)
    _check_text(note, "note", NOTE_LONGEST)
    if not channel_ids:
        raise RuleSetRefused("Choose at least one channel.", field="channels", reason="channel")
    live = {each.channel_id: each.rule_set_id for each in await queries.live(db, now=now)}
    if set(channel_ids) - set(live):
        raise RuleSetRefused(
            "There is no such channel. Choose from the list.", field="channels", reason="channel"
        )
    for channel_id in dict.fromkeys(channel_ids):
        if live[channel_id] == rule_set_id:
            continue  # it decides already
        db.add(
            RuleSetLive(
                channel_id=channel_id,
                rule_set_id=rule_set_id,
                live_from=now,
                by=by,
                note=note.strip(),
            )
        )
    await db.flush()


def _check_text(text: str, field: str, longest: int) -> None:
    if not 0 < len(text.strip()) <= longest:
        raise RuleSetRefused(
            f"Write 1 to {longest} characters here.", field=field, reason="text", longest=longest
        )
