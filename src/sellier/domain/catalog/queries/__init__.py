"""Reads of the catalog that other modules ask for."""

from sellier.domain.catalog.queries.parts import (
    COLOR,
    Picture,
    colors,
    first_picture,
    picture,
    picture_json,
    pictures,
    text_in,
)
from sellier.domain.catalog.queries.shops import LANG, MARKET_ID, NOW, Shop, asked, is_listed

__all__ = [
    "COLOR",
    "LANG",
    "MARKET_ID",
    "NOW",
    "Picture",
    "Shop",
    "asked",
    "colors",
    "first_picture",
    "is_listed",
    "picture",
    "picture_json",
    "pictures",
    "text_in",
]
