"""The demo group's organization, in the words of the domain, ready to be defined."""

from collections.abc import Mapping
from typing import Final

from sellier.demo import group
from sellier.demo.texts import english, french
from sellier.domain.organization.rules import BannerPlan, BrandPlan, GroupPlan, MarketPlan

# What each banner looks like: design tokens, never templates. Unset ones keep the house's own.
LOOKS: Final[Mapping[str, Mapping[str, str]]] = {
    # Multi-brand store: ink on warm white.
    "place-dauphine": {"color-ground": "#fffefc"},
    # Beauty chain: fresher, softer; a garden after rain.
    "fleur-de-peau": {
        "color-ground": "#ffffff",
        "color-paper": "#f3f7f2",
        "color-picture": "#f1f5ef",
        "color-ink": "#14231d",
        "color-soft": "#52655c",
        "color-line": "#dfe8e0",
        "color-line-strong": "#768b80",
        "color-accent": "#1c5a47",
        "color-accent-deep": "#12402f",
        "color-mark": "#a1364f",
        "weight-display": "300",
        "radius": "0.875rem",
        "radius-picture": "1.125rem",
        "track-wordmark": "-0.01em",
    },
    # Department store: bolder; signs one reads from across the street.
    "grand-large": {
        "color-ground": "#ffffff",
        "color-paper": "#f2f3f7",
        "color-picture": "#f2f2f3",
        "color-ink": "#0b0f1f",
        "color-soft": "#565b6e",
        "color-line": "#dcdee6",
        "color-line-strong": "#7f8496",
        "color-accent": "#1b2fd0",
        "color-accent-deep": "#121f93",
        "color-mark": "#1b2fd0",
        "font-display": '"Instrument Sans", Arial, sans-serif',
        "weight-display": "600",
        "track-display": "-0.04em",
        "weight-wordmark": "700",
        "track-wordmark": "-0.055em",
    },
}


def plan() -> GroupPlan:
    """Return the whole demo organization."""
    return GroupPlan(
        maisons={maison.code: maison.name for maison in group.MAISONS},
        brands=tuple(
            BrandPlan(
                name=brand.name,
                maison=brand.code if brand.maison else None,
                story={"en": english(brand.strapline_en), "fr": french(brand.strapline_fr)},
            )
            for brand in group.BRANDS
        ),
        markets=tuple(
            MarketPlan(
                code=market.code,
                country=market.code,
                currency=market.currency,
                languages=tuple(market.languages),
            )
            for market in group.MARKETS
        ),
        banners=tuple(_banner(banner) for banner in group.BANNERS),
    )


def _banner(banner: group.Banner) -> BannerPlan:
    entity = next(e for e in group.LEGAL_ENTITIES if e.code == banner.legal_entity)
    return BannerPlan(
        code=banner.code,
        name=banner.name,
        strapline={"en": english(banner.strapline_en), "fr": french(banner.strapline_fr)},
        theme=LOOKS[banner.code],
        entity_code=entity.code,
        entity_name=entity.name,
        entity_country=entity.country,
        markets=tuple(banner.markets),
        is_default=banner.code == group.DEFAULT_BANNER,
    )
