"""An organization for tests: one banner with a site that sells in France."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.organization import queries, service
from sellier.domain.organization.rules import BannerPlan, BrandPlan, GroupPlan, MarketPlan
from sellier.kernel.ids import ChannelId, MarketId

FRANCE = MarketPlan(code="FR", country="FR", currency="EUR", languages=("fr", "en"))
BRITAIN = MarketPlan(code="GB", country="GB", currency="GBP", languages=("en", "fr"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The ids that most tests need."""

    channel_id: ChannelId
    market_id: MarketId


def banner(code: str = "atelier", **changed: object) -> BannerPlan:
    values: dict[str, object] = {
        "code": code,
        "name": code.title(),
        "strapline": {"fr": "Cousu main", "en": "Sewn by hand"},
        "theme": {},
        "entity_code": f"{code}-sa",
        "entity_name": f"{code.title()} SA",
        "entity_country": "FR",
        "markets": ("FR", "GB"),
        "is_default": True,
    }
    return BannerPlan(**{**values, **changed})  # type: ignore[arg-type]


async def site(db: AsyncSession, *, code: str = "atelier", brands: tuple[str, ...] = ()) -> Site:
    """Make a banner with its channel, selling in France and Britain; return its French ids."""
    plan = GroupPlan(
        maisons={"maison": "Maison"},
        brands=tuple(BrandPlan(name=name, maison="maison") for name in brands),
        markets=(FRANCE, BRITAIN),
        banners=(banner(code),),
    )
    await service.define(db, plan=plan)
    await db.flush()
    found = next(c for c in await queries.channels(db) if c.code == code)
    return Site(channel_id=found.id, market_id=found.market("FR").id)
