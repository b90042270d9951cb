"""Rule sets: what is refused, versions, which of them decides, and what they decided."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.promising import queries
from sellier.domain.promising import service as promising
from sellier.domain.promising.errors import CanSourceNothing, RuleSetNotFound, RuleSetRefused
from sellier.domain.promising.rules import Destination, Need, body_of, parse
from sellier.domain.promising.rules.rule_set import DEFAULT
from sellier.domain.promising.states import Fence, RuleKind, Way
from sellier.domain.stock import service as stock
from sellier.kernel.ids import ChannelId, OrderId, OrderLineId, RuleSetId, Sku, new_id
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.stock.make import stock_position


async def save(db: AsyncSession, *, body: object, now: datetime, **said: str) -> RuleSetId:
    rule_set_id = RuleSetId(new_id())
    values = {"name": "Paris", "note": "a try"} | said
    await promising.save(db, rule_set_id=rule_set_id, body=body, by="claire", now=now, **values)
    return rule_set_id


Sessions = async_sessionmaker[AsyncSession]
SKU = Sku("ECLUSE-RED-U")
BOUTIQUES = {"rules": [{"rule": "boutiques_first"}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"ruels": []}, "ruels"),
        ({"max_parcels": 0}, "max_parcels"),
        ({"max_parcels": True}, "max_parcels"),
        ({"max_parcels": 10**30}, "max_parcels"),
        ({"rules": "nearest"}, "rules"),
        ({"rules": [{"rule": "luckiest"}]}, "rules.0"),
        ({"rules": [{"rule": "code"}]}, "rules.0"),
        ({"rules": [{"rule": "nearest", "value": 0}]}, "rules.0.value"),
        ({"rules": [{"rule": "cheapest", "value": 3}]}, "rules.0.value"),
        ({"rules": [{"rule": "preferred"}]}, "rules.0.codes"),
        ({"rules": [{"rule": "preferred", "codes": ["a b"]}]}, "rules.0.codes"),
        ({"rules": [{"rule": "cheapest"}, {"rule": "cheapest"}]}, "rules.1"),
        ({"rules": [{"rule": "warehouses_first"}, {"rule": "boutiques_first"}]}, "rules"),
        ({"fences": {"same_country": True, "countries": ["FR"]}}, "fences.countries"),
        ({"fences": {"countries": ["France"]}}, "fences.countries"),
        ({"fences": {"keep_last": -1}}, "fences.keep_last"),
        ({"relaxations": ["prices"]}, "relaxations.0"),
        ({"relaxations": ["distance"]}, "relaxations.0"),
        ({"relaxations": ["parcels", "parcels"]}, "relaxations.1"),
        ({"costs": {"parcel": 10**30}}, "costs.parcel"),
    ],
)
def test_a_rule_set_that_cannot_be_meant_is_refused_at_its_field(body: object, field: str) -> None:
    with pytest.raises(RuleSetRefused) as refused:
        parse(body)
    assert refused.value.details["field"] == field


def test_what_decides_until_a_group_says_otherwise_can_be_written_down() -> None:
    assert parse(body_of(DEFAULT)) == DEFAULT


async def test_versions_are_numbered_and_the_live_one_decides(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        site = await organization.site(db)
        await catalog.style_color(db, site=site)
        warehouse = await locations.location(db, kind="warehouse")
        boutique = await locations.location(db)
        for place in (warehouse, boutique):
            await stock_position(db, location_id=place, on_hand=1)
        first, second = [await save(db, body=body, now=noon) for body in ({}, BOUTIQUES)]
        assert [each.version for each in await queries.versions(db)] == [2, 1]
        for rule_set_id, minutes in ((first, 0), (second, 5)):
            await promising.activate(
                db,
                rule_set_id=rule_set_id,
                channel_ids=[site.channel_id],
                note="since the sales",
                by="claire",
                now=noon + timedelta(minutes=minutes),
            )

    held = []
    for minutes in (1, 6):
        order_id = OrderId(new_id())
        now = noon + timedelta(minutes=minutes)
        async with sessions.begin() as db:
            to = Destination(way=Way.SHIP, country="FR")
            (take,) = await promising.hold(
                db,
                order_id=order_id,
                channel_id=site.channel_id,
                needs=[Need(line_id=OrderLineId(new_id()), sku=SKU, quantity=1, to=to)],
                lasts=timedelta(minutes=20),
                now=now,
            )
            (live,) = await queries.live(db, now=now)
        async with sessions.begin() as db:
            (decision,) = await queries.decisions(db, order_id=order_id)
            await stock.release(db, order_id=order_id, now=now)
        assert (live.name, live.by) == ("Paris", "claire")
        assert decision.version == live.version
        held.append((take.location_id, decision.version, decision.log.parts[0].beaten))

    (_, one, [by_code]), (place, two, [by_rule]) = held
    assert (one, two, place) == (1, 2, boutique)
    assert (by_code.rule, by_rule.rule) == (RuleKind.CODE, RuleKind.BOUTIQUES_FIRST)


async def test_who_has_a_days_work_in_hand_is_passed_over(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        site = await organization.site(db)
        await catalog.style_color(db, site=site)
        busy = await locations.location(db, code="a", daily_capacity=1)
        free = await locations.location(db, code="b", daily_capacity=1)
        for place in (busy, free):
            await stock_position(db, location_id=place, on_hand=3)
        rule_set_id = await save(
            db, name="Calm", body={"fences": {"within_capacity": True}}, now=noon
        )
        await promising.activate(
            db,
            rule_set_id=rule_set_id,
            channel_ids=[site.channel_id],
            note="now",
            by="claire",
            now=noon,
        )
        orders = [OrderId(new_id()) for _ in range(3)]
        to = Destination(way=Way.SHIP, country="FR")
        served = [
            await promising.resource(
                db,
                order_id=order_id,
                channel_id=site.channel_id,
                needs=[Need(line_id=OrderLineId(new_id()), sku=SKU, quantity=1, to=to)],
                excluded={},
                why="rejected",
                now=noon,
            )
            for order_id in orders
        ]
        assert [[take.location_id for take in takes] for takes in served] == [[busy], [free], []]
        (decision,) = await queries.decisions(db, order_id=orders[1])
        (step,) = decision.log.parts[0].steps
        assert (decision.why, step.fenced[Fence.CAPACITY].codes) == ("rejected", ["a"])
        for order_id in orders:
            await stock.release(db, order_id=order_id, now=noon)


async def test_names_that_nothing_has_and_fences_nobody_passes_are_refused(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await organization.site(db)
        await locations.location(db, country="IT")

        async def refusal(body: object, **changed: str) -> object:
            with pytest.raises((RuleSetRefused, CanSourceNothing)) as refused:
                await save(db, body=body, now=noon, **changed)
            return refused.value.details["field"]

        preferred = {"rules": [{"rule": "preferred", "codes": ["nowhere"]}]}
        assert await refusal(preferred) == "rules.0.codes"
        assert await refusal({"fences": {"banners": ["nobody"]}}) == "fences.banners"
        assert await refusal({"fences": {"maisons": {"none": ["atelier"]}}}) == "fences.maisons"
        assert await refusal({"fences": {"countries": ["SE"]}}) == "fences.countries"
        # Sold to France and Britain, and the only location is in Italy.
        assert await refusal({"fences": {"same_country": True}}) == "fences"
        assert await refusal({}, name=" ") == "name"
        assert await refusal({}, note="") == "note"
        given_up = {"fences": {"same_country": True}, "relaxations": ["countries"]}
        await save(db, body=given_up, now=noon)
        with pytest.raises(RuleSetNotFound):
            await promising.activate(
                db,
                rule_set_id=RuleSetId(new_id()),
                channel_ids=[ChannelId(new_id())],
                note="now",
                by="claire",
                now=noon,
            )
