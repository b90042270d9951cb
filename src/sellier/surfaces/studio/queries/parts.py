"""What several reads of pieces are made of."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog.models import Media, StyleColor, StyleColorText
from sellier.surfaces.studio.shown import Picture

PICTURES_MAX: Final = 8


def first_picture() -> LateralFromClause:
    """Select the picture that stands for a style-color."""
    return (
        select(picture_json().label("picture"))
        .where(Media.style_color_id == StyleColor.id)
        .order_by(Media.position)
        .limit(1)
        .lateral("first_picture")
    )


def picture_json() -> ColumnElement[Any]:
    """Write a picture as templates read it."""
    kind = case((Media.kind == "drawing", "svg"), else_="raster")
    return func.jsonb_build_object(
        "sha", Media.sha256, "kind", kind, "width", Media.width, "height", Media.height
    )


def text_in(lang: str) -> LateralFromClause:
    """Select a style-color's text, in another language if need be: none is hidden for it."""
    return (
        select(StyleColorText)
        .where(StyleColorText.style_color_id == StyleColor.id)
        .order_by((StyleColorText.language == lang).desc(), StyleColorText.language)
        .limit(1)
        .lateral("text")
    )


def picture(told: Mapping[str, Any] | None) -> Picture | None:
    """Read a picture back from its JSON."""
    return Picture(**told) if told else None


async def some_pictures(db: AsyncSession) -> Sequence[Picture]:
    """List a few pictures to show parts with."""
    statement = (
        select(picture_json()).where(Media.position == 0).order_by(Media.sha256).limit(PICTURES_MAX)
    )
    return [Picture(**told) for told in await db.scalars(statement)]
