"""What reads of pieces are made of, for whoever joins the catalog: pictures and texts.

Each is a lateral on `StyleColor`: `.join(first_picture := parts.first_picture(), true())`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Label, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

from sellier.domain.catalog.models import Listing, Media, StyleColor, StyleColorText
from sellier.domain.catalog.queries.shops import LANG, is_listed
from sellier.infra.db import as_json
from sellier.kernel.ids import StyleColorId

PICTURES_MAX: Final = 30
COLORS_MAX: Final = 1_000

COLOR: Final = aliased(StyleColor)  # one of the colors of a style-color's product


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as pages show it; `kind` is raster or svg, sizes are in pixels."""

    sha: str
    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A style-color as one names and shows it."""

    title: str
    color: str | None
    picture: Picture | None


def picture(told: Mapping[str, Any] | None) -> Picture | None:
    """Read back what `picture_json` wrote."""
    return Picture(**told) if told else None


def picture_json() -> ColumnElement[Any]:
    """Write a row of media as JSON, so that one column brings a whole picture."""
    return func.jsonb_build_object(
        "sha", Media.sha256, "kind", Media.kind, "width", Media.width, "height", Media.height
    )


def first_picture() -> LateralFromClause:
    """Select the picture that stands for a style-color, as column `picture`."""
    return (
        select(picture_json().label("picture"))
        .where(Media.style_color_id == StyleColor.id)
        .order_by(Media.position)
        .limit(1)
        .lateral("first_picture")
    )


async def pieces_of(
    db: AsyncSession, *, ids: Collection[StyleColorId], lang: str
) -> Mapping[StyleColorId, Piece]:
    """Return what these style-colors are called in a language, with their pictures."""
    first, text = first_picture(), text_in(lang)
    statement = (
        select(StyleColor.id, text.c.title, text.c.color, first.c.picture)
        .select_from(StyleColor)
        .join(text, true())
        .outerjoin(first, true())
        .where(StyleColor.id.in_(ids))
        .limit(COLORS_MAX)
    )
    return {
        row.id: Piece(title=row.title, color=row.color, picture=picture(row.picture))
        for row in await db.execute(statement)
    }


def pictures() -> ScalarSelect[Any]:
    """Read all pictures of a style-color, in order, as one array of JSON."""
    return (
        select(func.jsonb_agg(aggregate_order_by(picture_json(), Media.position)))
        .where(Media.style_color_id == StyleColor.id, Media.position < PICTURES_MAX)
        .correlate(StyleColor)
        .scalar_subquery()
    )


def text_in(lang: str | BindParameter[str]) -> LateralFromClause:
    """Select a style-color's text, in another language if need be: none is hidden for it."""
    each = StyleColorText
    return (
        select(each.title, each.description, each.color, each.material, each.pattern, each.facts)
        .where(each.style_color_id == StyleColor.id)
        .order_by((each.language == lang).desc(), each.language)
        .limit(1)
        .lateral("text")
    )


def colors(*more: Label[Any]) -> ScalarSelect[Any]:
    """Read the listed colors of a style-color's product, its own too, with `more` of `COLOR`."""
    listed, text = aliased(Listing), StyleColorText
    name = (
        select(text.color)
        .where(text.style_color_id == COLOR.id)
        .order_by((text.language == LANG).desc(), text.language)
        .limit(1)
        .scalar_subquery()
    )
    rows = (
        select(COLOR.id, COLOR.code, COLOR.color_family.label("family"), name.label("name"), *more)
        .join(listed, listed.style_color_id == COLOR.id)
        .where(COLOR.product_id == StyleColor.product_id, is_listed(listed))
        .order_by(COLOR.id)
        .limit(COLORS_MAX)
        .correlate(StyleColor)
        .subquery("rows")
    )
    return as_json(rows, rows.c.id)
