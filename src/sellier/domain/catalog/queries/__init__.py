"""Reads of the catalog that other modules ask for."""

from sellier.domain.catalog.queries.parts import (
    COLOR,
    Picture,
    colors,
    first_picture,
    picture,
    picture_json,
    pictures,
    pictures_of,
    text_in,
)
from sellier.domain.catalog.queries.shops import (
    CHANNEL_ID,
    LANG,
    MARKET_ID,
    NOW,
    Shop,
    asked,
    is_listed,
)

__all__ = [
    "CHANNEL_ID",
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
    "pictures_of",
    "text_in",
]
