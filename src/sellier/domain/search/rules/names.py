"""The names and values found in a catalog, as the index tells them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sellier.domain.search.rules.words import stem, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryName:
    code: str
    parent: str | None
    lang: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandName:
    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The names and values in the index, with the number of style-colors that bear them."""

    categories: tuple[CategoryName, ...] = ()
    brands: tuple[BrandName, ...] = ()
    colors: Mapping[str, int]
    facts: Mapping[tuple[str, str], int]
    sizes: Mapping[str, int]
    words: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that answers a wish, and how well (1 is fully)."""

    value: str
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    name: str
    value: str
    count: int
    name_stems: frozenset[str]
    value_tokens: tuple[str, ...]
    value_stems: tuple[str, ...]

    @property
    def term(self) -> str:
        """Return the fact as one indexed term."""
        return f"{self.name}={self.value}"


def fact_of(name: str, value: str, count: int) -> Fact:
    """Return a fact with its words apart."""
    words = tokens(value)
    return Fact(
        name=name,
        value=value,
        count=count,
        name_stems=frozenset(map(stem, tokens(name))),
        value_tokens=words,
        value_stems=tuple(map(stem, words)),
    )
