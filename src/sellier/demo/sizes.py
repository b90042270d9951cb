"""Sizes in the scales the trade writes them in, and how often each is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    sizes: Sequence[str]
    system: str = ""  # as the product data specification names it
    share: Sequence[float] = ()  # price of each size, as a share of the piece's price


def _halves(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{n / 2:g}" for n in range(first * 2, last * 2 + 1))


def _steps(first: int, last: int, step: int) -> tuple[str, ...]:
    return tuple(str(n) for n in range(first, last + 1, step))


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "one": Scale(sizes=("U",)),
        "clothing_female": Scale(sizes=_steps(34, 44, 2), system="FR"),
        "clothing_male": Scale(sizes=_steps(46, 56, 2), system="IT"),
        "shirt_female": Scale(sizes=_steps(34, 44, 2), system="FR"),
        "shirt_male": Scale(sizes=_steps(37, 44, 1), system="EU"),
        "shoe_female": Scale(sizes=_halves(35, 41), system="EU"),
        "shoe_male": Scale(sizes=_halves(40, 45), system="EU"),
        "shoe_unisex": Scale(sizes=_steps(36, 45, 1), system="EU"),
        "letters": Scale(sizes=("XS", "S", "M", "L", "XL")),
        "belt_female": Scale(sizes=_steps(70, 95, 5), system="EU"),
        "belt_male": Scale(sizes=_steps(80, 105, 5), system="EU"),
        "ring": Scale(sizes=_steps(48, 60, 2), system="FR"),
        "wrist": Scale(sizes=("15", "16", "17", "18", "19")),
        "bottle": Scale(sizes=("30 ml", "50 ml", "100 ml"), share=(0.5, 0.72, 1.0)),
        "extrait": Scale(sizes=("15 ml", "30 ml"), share=(0.6, 1.0)),
        "diffuser": Scale(sizes=("200 ml",)),
        "candle": Scale(sizes=("190 g", "300 g"), share=(0.68, 1.0)),
        "jar": Scale(sizes=("50 ml",)),
        "large_jar": Scale(sizes=("200 ml",)),
        "serum": Scale(sizes=("30 ml", "50 ml"), share=(0.68, 1.0)),
        "shade": Scale(sizes=("10C", "15N", "20W", "25N", "30C", "40N", "45W", "55N", "60W")),
    }
)


def scale_of(name: str, *, gender: str) -> Scale:
    """Return the scale itself, or the one for this gender."""
    return SCALES.get(name) or SCALES.get(f"{name}_{gender}") or SCALES[f"{name}_female"]


def demand(sizes: Sequence[str]) -> list[float]:
    """Say how much each size is asked for: the middle of a scale most, its ends least."""
    middle = (len(sizes) - 1) / 2
    return [1.0 - 0.75 * abs(at - middle) / (middle + 1) for at in range(len(sizes))]
