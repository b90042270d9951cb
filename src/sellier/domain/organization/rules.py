"""Pure decisions about the organization, and the values that describe one."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPlan:
    """A brand to be there; `maison` is the code of its house, if it is one of the group's."""

    name: str
    maison: str | None = None
    story: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPlan:
    """A country to sell in; the first language is its default."""

    code: str
    country: str
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerPlan:
    """A banner with its one site, and the legal entity that sells there."""

    code: str
    name: str
    entity_code: str
    entity_name: str
    entity_country: str
    markets: tuple[str, ...]
    strapline: Mapping[str, str] = field(default_factory=dict)
    theme: Mapping[str, str] = field(default_factory=dict)
    host: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlan:
    """A whole organization, as it should be."""

    markets: tuple[MarketPlan, ...]
    banners: tuple[BannerPlan, ...]
    maisons: Mapping[str, str] = field(default_factory=dict)  # code -> name
    brands: tuple[BrandPlan, ...] = ()


def code_of(name: str) -> str:
    """Return a code for addresses: `Maison Élan & Fils` becomes `maison-elan-fils`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "brand"
