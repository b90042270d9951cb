"""Pieces: everything said of one style-color, and where units of a SKU are."""

from typing import Annotated, Any

from litestar import get
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Row

from sellier.domain.stock import queries as stock
from sellier.domain.stock.queries import Size
from sellier.infra.web import Configuration, Db, Now
from sellier.kernel.ids import Sku
from sellier.surfaces.api import answers, queries
from sellier.surfaces.api.answers import (
    AvailabilityAnswer,
    ColorAnswer,
    ProductAnswer,
    SkuAvailability,
    UnitsAnswer,
    VariantAnswer,
)
from sellier.surfaces.api.here import Where
from sellier.surfaces.api.problems import PieceUnknown

Skus = Annotated[
    list[str],
    QueryParameter(min_items=1, max_items=50, description="A SKU; repeat it for up to 50."),
]


@get(
    "/products/{style_color_code:path}",
    operation_id="getProduct",
    tags=["Catalog"],
    summary="Read a piece",
    opt={"answer": ProductAnswer, "problems": (400, 404, 422)},
)
async def product(
    *, db: Db, now: Now, settings: Configuration, where: Where, style_color_code: FromPath[str]
) -> ProductAnswer:
    """Read one style-color: texts in a language, sizes with price and units, other colors."""
    code = style_color_code.removeprefix("/")
    found = None
    if code.isprintable():
        found = await queries.product(db, code=code, shop=where.shop, now=now)
    if found is None:
        raise PieceUnknown("There is no such piece here.")
    return _product(found, site=settings.url)


@get(
    "/availability",
    operation_id="getAvailability",
    tags=["Catalog"],
    summary="Find units by location",
    opt={"answer": AvailabilityAnswer, "problems": (400,)},
)
async def availability(*, db: Db, sku: Skus) -> AvailabilityAnswer:
    """Tell where units of up to 50 SKUs can be promised right now."""
    asked = list(dict.fromkeys(sku))
    sound = [Sku(one) for one in asked if one.isprintable()]
    places: dict[str, list[UnitsAnswer]] = {one: [] for one in asked}
    for row in await queries.availability(db, skus=sound):
        places[row.sku].append(
            UnitsAnswer(
                location=row.code,
                name=row.name,
                city=row.city,
                country=row.country,
                units=row.available,
            )
        )
    return AvailabilityAnswer(
        availability=[
            SkuAvailability(sku=one, units=sum(p.units for p in found), locations=found)
            for one, found in places.items()
        ]
    )


def _product(row: Row[Any], *, site: str) -> ProductAnswer:
    return ProductAnswer(
        style_color_code=row.code,
        product_code=row.product_code,
        brand=row.brand,
        title=row.title,
        description=row.description,
        color=row.color,
        color_family=row.color_family,
        material=row.material,
        pattern=row.pattern,
        gender=row.gender,
        age_group=row.age_group,
        category=row.category,
        facts={name: str(value) for name, value in row.facts.items()},
        pictures=[answers.picture(**one, site=site) for one in row.pictures or ()],
        variants=[_variant(one) for one in stock.sizes_of(row.sizes)],
        other_colors=[
            ColorAnswer(style_color_code=one["code"], color=one["name"], color_family=one["family"])
            for one in row.colors or ()
            if one["code"] != row.code
        ],
    )


def _variant(size: Size) -> VariantAnswer:
    return VariantAnswer(
        sku=size.sku,
        size=size.name or None,
        size_system=size.system,
        gtin=size.gtin,
        price=answers.money(size.price) if size.price else None,
        available=size.available,
    )
