"""Pieces of the demo that only one boutique can send: their sale is seen in its app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from sellier.infra import postgres
from sellier.infra.settings import Settings
from tests.journeys.demo import Demo

# The rule of `promising.rules`, in SQL: warehouses first, then the customer's country, then codes.
FIRST_SOURCE = """
WITH stocked AS (
    SELECT p.sku, l.code AS place, p.available, row_number() OVER (
        PARTITION BY p.sku ORDER BY l.kind = 'boutique', l.country <> %(country)s, l.code
    ) AS turn
    FROM stock_position p JOIN location l ON l.id = p.location_id
    WHERE l.ships AND p.available > 0
)
SELECT s.sku, c.code, en.title, fr.title, b.name, s.available,
    (SELECT count(DISTINCT o.sku) FROM variant o JOIN stocked t ON t.sku = o.sku
        WHERE o.style_color_id = c.id) AS sizes
FROM stocked s
JOIN variant v ON v.sku = s.sku
JOIN style_color c ON c.id = v.style_color_id
JOIN product p ON p.id = c.product_id
JOIN brand b ON b.id = p.brand_id
JOIN style_color_text en ON en.style_color_id = c.id AND en.language = 'en'
JOIN style_color_text fr ON fr.style_color_id = c.id AND fr.language = 'fr'
WHERE s.turn = 1 AND s.place = %(place)s AND EXISTS (
    SELECT FROM listing l JOIN channel n ON n.id = l.channel_id JOIN market m ON m.id = l.market_id
    WHERE l.style_color_id = c.id AND n.is_default AND m.code = %(country)s)
ORDER BY s.available DESC, s.sku
"""
STATES = """
SELECT p.state FROM orders o JOIN payment p ON p.order_id = o.id WHERE o.email = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One size of a piece, how many of it its boutique has, and how many sizes are to be had."""

    sku: str
    code: str
    titles: Mapping[str, str]
    brand: str
    available: int
    sizes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scarce:
    """What each boutique alone would send to a country; taken from the front."""

    places: Mapping[tuple[str, str], list[Piece]]

    def take(self, place: str, country: str, *, sizes: int = 1) -> Piece:
        """Give a piece that no other journey gets, to be had in so many sizes at least."""
        left = self.places[place, country]
        return left.pop(next(i for i, piece in enumerate(left) if piece.sizes >= sizes))


def scarce(demo: Demo) -> Scarce:
    """Look in the demo's database."""
    with (
        postgres.running(Settings(home=demo.home)) as database,
        psycopg.connect(postgres.conninfo(database.url(postgres.READER))) as connection,
    ):
        found = {
            (place, country): [
                Piece(
                    sku=sku,
                    code=code,
                    titles={"en": english, "fr": french},
                    brand=brand,
                    available=available,
                    sizes=sizes,
                )
                for sku, code, english, french, brand, available, sizes in connection.execute(
                    FIRST_SOURCE, {"place": place, "country": country}
                )
            ]
            for place, country in (("PD-PAR", "FR"), ("PD-LON", "GB"))
        }
    return Scarce(places=found)


def reserved(demo: Demo, sku: str) -> int:
    """Count the units of a SKU that are kept for orders, everywhere."""
    found = _asked(demo, "SELECT sum(reserved) FROM stock_position WHERE sku = %s", sku)
    return int(str(found[0]))


def payments_of(demo: Demo, email: str) -> list[str]:
    """Name the state of each payment that an address ever began."""
    return [str(row) for row in _asked(demo, STATES, email)]


def _asked(demo: Demo, query: LiteralString, value: str) -> list[object]:
    with (
        postgres.running(Settings(home=demo.home)) as database,
        psycopg.connect(postgres.conninfo(database.url(postgres.READER))) as connection,
    ):
        return [row[0] for row in connection.execute(query, [value])]
