import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from sellier.demo import files
from sellier.demo.catalog import products
from sellier.demo.drawings.draw import draw

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("demo")
    files.write(written, pictures=False)
    return written


def rows(path: Path) -> Rows:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_both_languages_tell_of_the_same_variants(folder: Path) -> None:
    english, french = rows(folder / "products.en.tsv"), rows(folder / "products.fr.tsv")

    assert [row["id"] for row in english] == [row["id"] for row in french]
    for row in (*english, *french):
        assert row["title"]
        assert len(row["title"]) <= 150
        assert 0 < len(row["description"]) <= 5_000
        assert " > " in row["product_type"]
        assert re.fullmatch(r"\d+\.00 EUR", row["price"])


def test_texts_differ_between_the_languages_and_facts_do_not(folder: Path) -> None:
    english, french = rows(folder / "products.en.tsv"), rows(folder / "products.fr.tsv")
    same = ("style_color_id", "brand", "mpn", "gtin", "price", "size", "color_family", "gender")

    for one, other in zip(english, french, strict=True):
        assert [one[name] for name in same] == [other[name] for name in same]
        assert one["description"] != other["description"]
        assert one["product_type"].split(" > ")[0] != "" != other["product_type"]


def test_stock_and_prices_speak_of_known_variants_and_places(folder: Path) -> None:
    skus = {row["id"] for row in rows(folder / "products.en.tsv")}
    places = {row["code"] for row in rows(folder / "locations.csv")}
    stock, prices = rows(folder / "stock.csv"), rows(folder / "prices.csv")

    assert {row["sku"] for row in stock} < skus
    assert {row["location"] for row in stock} == places
    assert all(int(row["on_hand"]) > 0 for row in stock)
    assert len({(row["sku"], row["location"]) for row in stock}) == len(stock)
    assert {row["sku"] for row in prices} == skus
    assert len(prices) == 3 * len(skus)
    assert all(re.fullmatch(r"\d+\.00 (EUR|GBP|USD)", row["price"]) for row in prices)


def test_only_partners_are_reduced(folder: Path) -> None:
    brands = {row["id"]: row["brand"] for row in rows(folder / "products.en.tsv")}
    reduced = [row for row in rows(folder / "prices.csv") if row["sale_price"]]

    assert {brands[row["sku"]] for row in reduced} == {"Hinokaze"}
    for row in reduced:
        assert float(row["sale_price"].split()[0]) < float(row["price"].split()[0])


def test_stock_lies_as_in_real_houses(folder: Path) -> None:
    style_color = {row["id"]: row["style_color_id"] for row in rows(folder / "products.en.tsv")}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows(folder / "stock.csv"):
        found[style_color[row["sku"]]].add(row["location"])
    everything = set(style_color.values())

    alone = [code for code, places in found.items() if len(places) == 1]
    assert 5 <= len(everything - set(found)) <= 60
    assert len(alone) >= 20
    assert sum(len(places) for places in found.values()) / len(found) > 4


def test_the_files_are_the_same_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    files.write(tmp_path, pictures=False)

    for path in sorted(folder.iterdir()):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_every_style_color_has_its_drawing() -> None:
    for product in products():
        for style_color in product.style_colors:
            assert draw(style_color.look).startswith("<svg")


def test_places_have_hours_holidays_and_lanes(folder: Path) -> None:
    places = {row["code"]: row for row in rows(folder / "locations.csv")}
    hours, days = rows(folder / "hours.csv"), rows(folder / "special-days.csv")
    lanes = rows(folder / "lanes.csv")

    assert {row["location"] for row in hours} == set(places)
    assert not [row for row in hours if row["location"] == "PD-LYS" and "sun" in row["days"]]
    told = {(row["country"], row["day"]): row["name"] for row in days}
    assert told["FR", "2026-12-25"] == "Noël"
    assert told["FR", "2027-03-29"] == "Lundi de Pâques"
    assert told["US", "2026-11-26"] == "Thanksgiving"
    joined = {(row["from_country"], row["to_country"]) for row in lanes}
    senders = {row["country"] for row in places.values() if row["ships"] == "yes"}
    assert joined == {(start, to) for start in senders for to in ("FR", "GB", "US")}
