"""Reads of the catalog that other modules ask for."""

from sellier.domain.catalog.queries.parts import (
    Picture,
    first_picture,
    picture,
    picture_json,
    text_in,
)

__all__ = ["Picture", "first_picture", "picture", "picture_json", "text_in"]
