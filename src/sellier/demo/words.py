"""The banks, read once from TOML: types of pieces, categories, materials, facts, voices."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeVar

import msgspec

from sellier.demo.drawings.look import Kind, Material
from sellier.demo.drawings.prints import Print

T = TypeVar("T")
COLORLESS = frozenset({"fragrance", "home", "skincare", "brush"})
Saying = tuple[str, str]  # the same thought, in English and in French


class PieceType(msgspec.Struct, frozen=True, array_like=True):
    """A sort of piece: how it is drawn, filed, named and sized."""

    kind: Kind
    shape: str
    category: str
    english: str
    french: str
    gender: str  # of the French noun: m, f, mp, fp
    scale: str
    group: str  # which sentences suit it

    @property
    def colorless(self) -> bool:
        """Say whether it comes in one look only: a juice, a cream, a shade chosen as a size."""
        return self.scale == "shade" or self.group in COLORLESS


class Category(msgspec.Struct, frozen=True, array_like=True):
    english_top: str
    english: str
    french_top: str
    french: str


class PlaceLine(msgspec.Struct, frozen=True, array_like=True):
    code: str
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    tier: str
    opens: str
    closes: str


class Matter(msgspec.Struct, frozen=True):
    """A material: its look, its names, its care, and what may be told of it."""

    look: Material
    en: str
    fr: str
    gender: str
    care: Saying
    says: Sequence[Saying]
    family: Saying | None = None


class Fact(msgspec.Struct, frozen=True):
    """A line of the product sheet; one of the values is chosen for each piece."""

    section: Saying
    name: Saying
    values: Sequence[Saying]


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """One design of a maison, as its bank writes it."""

    name: str
    type: str
    material: str
    price: int  # whole euros
    ways: str  # colors, or metal/stone, apart by spaces
    english: str
    french: str


class Chapter(msgspec.Struct, frozen=True):
    gender: str
    pieces: Sequence[Piece]
    accent: str | None = None  # hardware, cap or trimming
    made: Saying | None = None


class Sayings(msgspec.Struct, frozen=True):
    groups: frozenset[str]  # groups or types of pieces
    role: str  # craft, wear or sign
    says: Sequence[Saying]


class Voice(msgspec.Struct, frozen=True):
    """How a maison speaks and what it makes."""

    code: str
    prefix: str
    made: Saying
    pounds: float  # pounds and dollars for one euro, before rounding
    dollars: float
    chapters: Sequence[Chapter]
    sayings: Sequence[Sayings]
    prints: Mapping[str, Print] = msgspec.field(default_factory=dict)  # by name of piece
    # Variations of the drawing, by name of piece, where its sentence describes what one must see.
    details: Mapping[str, int] = msgspec.field(default_factory=dict)


def _read(path: str, shape: type[T]) -> T:
    text = files("sellier.demo").joinpath(path).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), shape)


@cache
def piece_types() -> Mapping[str, PieceType]:
    return MappingProxyType(_read("words/types.toml", dict[str, PieceType]))


@cache
def categories() -> Mapping[str, Category]:
    return MappingProxyType(_read("words/categories.toml", dict[str, Category]))


@cache
def materials() -> Mapping[str, Matter]:
    return MappingProxyType(_read("words/materials.toml", dict[str, Matter]))


@cache
def place_lines() -> Sequence[PlaceLine]:
    return tuple(_read("words/places.toml", dict[str, list[PlaceLine]])["places"])


@cache
def facts() -> Mapping[str, Sequence[Fact]]:
    return MappingProxyType(_read("words/facts.toml", dict[str, list[Fact]]))


@cache
def voice(code: str) -> Voice:
    return _read(f"maisons/{code}.toml", Voice)
