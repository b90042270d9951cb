"""Garments, by shape."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings import coats, dresses, tops
from sellier.demo.drawings.sheet import Sheet

SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "coat": coats.coat,
        "trench": coats.trench,
        "blazer": coats.blazer,
        "jacket": coats.jacket,
        "dress": dresses.dress,
        "gown": dresses.gown,
        "skirt": dresses.skirt,
        "pleated_skirt": dresses.pleated_skirt,
        "trousers": dresses.trousers,
        "shirt": tops.shirt,
        "blouse": tops.blouse,
        "knit": tops.knit,
        "cardigan": tops.cardigan,
        "t_shirt": tops.t_shirt,
    }
)
