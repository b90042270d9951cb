"""The demo group as files, in the very formats anyone's own data comes in."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sellier.demo import calendars
from sellier.demo.catalog import Product, StyleColor, Variant, products
from sellier.demo.drawings.draw import draw
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.group import BRANDS, LOCATIONS, MARKETS
from sellier.demo.prices import sale_price
from sellier.demo.sheet import detail_en, detail_fr
from sellier.demo.stock import positions
from sellier.demo.texts import english, french
from sellier.demo.words import categories

Row = Mapping[str, object]

LOCATION_COLUMNS = (
    "code",
    "kind",
    "name",
    "city",
    "country",
    "latitude",
    "longitude",
    "time_zone",
    "ships",
    "pickup",
    "opens",
    "closes",
    "daily_capacity",
    "banner",
    "preparation_minutes",
    "cut_off",
    "prepares_on",
)
PRODUCT_COLUMNS = (
    "id",
    "item_group_id",
    "style_color_id",
    "title",
    "description",
    "brand",
    "mpn",
    "gtin",
    "link",
    "image_link",
    "availability",
    "price",
    "condition",
    "gender",
    "age_group",
    "color",
    "color_family",
    "size",
    "size_system",
    "material",
    "pattern",
    "product_type",
    "product_detail",
    "item_group_title",
)
PRICE_COLUMNS = ("sku", "market", "price", "sale_price")
STOCK_COLUMNS = ("sku", "location", "on_hand")


def write(folder: Path, *, pictures: bool = True) -> None:
    """Write locations and their calendars, lanes, products in both languages, prices, stock.

    And drawings, if wanted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    everything = products()
    lying = tuple(positions(everything))
    in_stock = frozenset(position.sku for position in lying)

    _write(folder / "locations.csv", LOCATION_COLUMNS, _location_rows())
    for language in ("en", "fr"):
        rows = _product_rows(everything, language=language, in_stock=in_stock)
        _write(folder / f"products.{language}.tsv", PRODUCT_COLUMNS, rows)
    _write(folder / "prices.csv", PRICE_COLUMNS, _price_rows(everything))
    for name, columns, rows in calendars.files():
        _write(folder / name, columns, rows)
    stock = ({"sku": p.sku, "location": p.location, "on_hand": p.on_hand} for p in lying)
    _write(folder / "stock.csv", STOCK_COLUMNS, stock)
    if pictures:
        _draw(folder / "pictures", everything)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _draw(folder: Path, everything: Sequence[Product]) -> None:
    folder.mkdir(exist_ok=True)
    for product in everything:
        for style_color in product.style_colors:
            path = folder / f"{style_color.code}.svg"
            path.write_text(draw(style_color.look), encoding="utf-8")


def _location_rows() -> Iterator[Row]:
    for place in LOCATIONS:
        yield {
            "code": place.code,
            "kind": place.kind,
            "name": place.name,
            "city": place.city,
            "country": place.country,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "time_zone": place.time_zone,
            "ships": "yes" if place.ships else "no",
            "pickup": "yes" if place.pickup else "no",
            "opens": place.opens,
            "closes": place.closes,
            "daily_capacity": place.daily_capacity,
            "banner": place.banner or "",
            **calendars.preparing(place),
        }


def _product_rows(
    everything: Sequence[Product], *, language: str, in_stock: frozenset[str]
) -> Iterator[Row]:
    texts = _french_texts if language == "fr" else _english_texts
    for product in everything:
        for style_color in product.style_colors:
            shared = {
                **_style_color_row(product, style_color),
                **texts(product, style_color),
            }
            for variant in style_color.variants:
                yield {**shared, **_variant_row(variant, product=product, in_stock=in_stock)}


def _style_color_row(product: Product, style_color: StyleColor) -> Row:
    return {
        "item_group_id": product.code,
        "style_color_id": style_color.code,
        "brand": next(brand.name for brand in BRANDS if brand.code == product.brand),
        "mpn": style_color.mpn,
        "link": f"/p/{style_color.code}",
        "image_link": f"{style_color.code}.svg",
        "condition": "new",
        "gender": product.gender,
        "age_group": "adult",
        "color_family": PALETTE[style_color.color].family if style_color.color else "",
    }


def _variant_row(variant: Variant, *, product: Product, in_stock: frozenset[str]) -> Row:
    return {
        "id": variant.sku,
        "gtin": variant.gtin,
        "availability": "in_stock" if variant.sku in in_stock else "out_of_stock",
        "price": f"{variant.prices['FR']}.00 EUR",
        "size": variant.size,
        "size_system": product.scale.system,
    }


def _english_texts(product: Product, style_color: StyleColor) -> Row:
    filed = categories()[product.category]
    return {
        "title": style_color.title.en,
        "description": product.description.en,
        "color": english(PALETTE[style_color.color].english) if style_color.color else "",
        "material": style_color.material.en,
        "pattern": style_color.pattern.en if style_color.pattern else "",
        "product_type": f"{filed.english_top} > {filed.english}",
        "product_detail": detail_en(product.facts),
        "item_group_title": product.title.en,
    }


def _french_texts(product: Product, style_color: StyleColor) -> Row:
    filed = categories()[product.category]
    return {
        "title": style_color.title.fr,
        "description": product.description.fr,
        "color": french(PALETTE[style_color.color].french) if style_color.color else "",
        "material": style_color.material.fr,
        "pattern": style_color.pattern.fr if style_color.pattern else "",
        "product_type": f"{filed.french_top} > {french(filed.french)}",
        "product_detail": detail_fr(product.facts),
        "item_group_title": product.title.fr,
    }


def _price_rows(everything: Sequence[Product]) -> Iterator[Row]:
    for product in everything:
        for style_color in product.style_colors:
            for variant in style_color.variants:
                for market in MARKETS:
                    price = variant.prices[market.code]
                    reduced = sale_price(price, brand=product.brand, style_color=style_color.code)
                    yield {
                        "sku": variant.sku,
                        "market": market.code,
                        "price": f"{price}.00 {market.currency}",
                        "sale_price": f"{reduced}.00 {market.currency}" if reduced else "",
                    }
