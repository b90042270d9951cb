"""Places: boutiques and warehouses."""

from typing import Annotated, Any

from litestar import get
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Row

from sellier.infra.web import Db
from sellier.surfaces.api import queries
from sellier.surfaces.api.answers import LocationAnswer, LocationsAnswer
from sellier.surfaces.api.problems import PlaceUnknown

CountryCode = Annotated[
    str | None, QueryParameter(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")
]
Offset = Annotated[int, QueryParameter(ge=0, le=10_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@get(
    "/locations",
    operation_id="listLocations",
    tags=["Places"],
    summary="List locations",
    opt={"answer": LocationsAnswer, "problems": (400,)},
)
async def locations(
    *, db: Db, country: CountryCode = None, offset: Offset = 0, limit: Limit = 100
) -> LocationsAnswer:
    """List boutiques and warehouses by their code."""
    rows = await queries.locations(db, country=country, offset=offset, limit=limit)
    return LocationsAnswer(
        total=rows[0].matching if rows else 0, locations=[_location(row) for row in rows]
    )


@get(
    "/locations/{code:path}",
    operation_id="getLocation",
    tags=["Places"],
    summary="Read a location",
    opt={"answer": LocationAnswer, "problems": (400, 404)},
)
async def location(*, db: Db, code: FromPath[str]) -> LocationAnswer:
    """Read one boutique or warehouse."""
    asked = code.removeprefix("/")
    row = await queries.location(db, code=asked) if asked.isprintable() else None
    if row is None:
        raise PlaceUnknown("There is no such location.")
    return _location(row)


def _location(row: Row[Any]) -> LocationAnswer:
    return LocationAnswer(
        code=row.code,
        kind=row.kind,
        name=row.name,
        city=row.city,
        country=row.country,
        latitude=row.latitude,
        longitude=row.longitude,
        time_zone=row.time_zone,
        opens=row.opens.isoformat("minutes"),
        closes=row.closes.isoformat("minutes"),
        ships=row.ships,
        pickup=row.pickup,
        banner=row.banner,
    )
