"""What the page of all components is shown with."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    sha: str = "5e" * 32
    width: int = 960
    height: int = 1200
    kind: str = "raster"


def context(
    *, lang: str = "en", theme: str = "place-dauphine", show: str = "storefront"
) -> dict[str, object]:
    return {
        "lang": lang,
        "theme": theme,
        "show": show,
        "csp_nonce": "nonce",
        "amount": Money(125000, "EUR"),
        "was": Money(149000, "EUR"),
        "pictures": [Media(), Media(sha="c0" * 32, width=800, height=1000, kind="svg")],
        "moment": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        "alternates": {"fr": "/fr/components", "en": "/en/components"},
    }
