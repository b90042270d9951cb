"""Reads of the catalog that other modules ask for."""

from sellier.domain.catalog.queries.parts import (
    COLOR,
    Picture,
    Piece,
    colors,
    first_picture,
    picture,
    picture_json,
    pictures,
    pieces_of,
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
    "Piece",
    "Shop",
    "asked",
    "colors",
    "first_picture",
    "is_listed",
    "picture",
    "picture_json",
    "pictures",
    "pieces_of",
    "text_in",
]
