"""Documents and questions for tests: a small house of our own invention."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sellier.domain.catalog.rules import color_family
from sellier.domain.search.gateway.index import lexicon
from sellier.domain.search.rules.documents import Category, Document, SearchRequest, Texts
from sellier.domain.search.rules.lexicon import Lexicon
from sellier.domain.search.rules.names import BrandName, Catalog, CategoryName
from sellier.domain.search.rules.vocabulary import Vocabulary, build_vocabulary

MARKETS = ("FR", "GB")
SHELVES = {
    "clothes": {"en": "Clothes", "fr": "Vêtements"},
    "clothes/dresses": {"en": "Dresses", "fr": "Robes"},
    "clothes/shirts": {"en": "Shirts", "fr": "Chemises"},
    "shoes": {"en": "Shoes", "fr": "Chaussures"},
    "shoes/pumps": {"en": "Pumps", "fr": "Escarpins"},
    "bags": {"en": "Bags", "fr": "Sacs"},
    "bags/handbags": {"en": "Handbags", "fr": "Sacs à main"},
    "watches": {"en": "Watches", "fr": "Montres"},
}
SHELVES_FACTS = {
    ("Pattern", "Striped"): 30,
    ("Pattern", "Floral"): 12,
    ("Material", "Leather"): 50,
    ("Strap Material", "Leather"): 9,
    ("Strap Material", "Stainless Steel"): 8,
    ("Material", "Synthetic Leather"): 40,
    ("Sleeve Length", "Sleeveless"): 5,
    ("Water Resistance", "30 m"): 7,
    ("Water Resistance", "100 m"): 4,
    ("Water Resistance", "200 m"): 2,
}


@lru_cache(maxsize=1)
def words() -> Lexicon:
    return lexicon()


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    catalog = Catalog(
        categories=tuple(
            CategoryName(code=code, parent=code.rpartition("/")[0] or None, lang=lang, name=name)
            for code, names in SHELVES.items()
            for lang, name in names.items()
        ),
        brands=(
            BrandName(code="hautefeuille", name="Hautefeuille", count=120),
            BrandName(code="veuve-perrin", name="Veuve Perrin", count=60),
            BrandName(code="homme", name="Homme", count=3),
            BrandName(code="corvin", name="Corvin", count=40),
            BrandName(code="corvin-sport", name="Corvin Sport", count=20),
        ),
        colors={"Noir": 9, "Navy Blue": 4, "Burgundy": 3, "Red": 8, "Ivory": 2, "White": 9},
        facts=SHELVES_FACTS,
        sizes={"36": 3, "38": 5, "M": 4, "UK8": 2},
        words={"hautefeuille": 120, "gentiane": 8},
    )
    return build_vocabulary(words(), catalog)


def document(code: str = "ecluse-red", **changed: Any) -> Document:
    color = changed.pop("color", "Red")
    title = changed.pop("title", "Écluse tote")
    facts = changed.pop("facts", ())
    texts = {
        "en": Texts(title=title, description="Sewn by hand.", color=color, facts=facts),
        "fr": Texts(title=changed.pop("title_fr", title), description="Cousu main."),
    }
    values: dict[str, Any] = {
        "code": code,
        "product_code": code.split("-", maxsplit=1)[0],
        "brand": "hautefeuille",
        "brand_name": "Hautefeuille",
        "texts": texts,
        "categories": path("bags/handbags"),
        "color_family": color_family(color),
        "gender": "female",
        "age_group": "adult",
        "sizes": ("U",),
        "sizes_available": ("U",),
        "prices_minor": {"FR": 185_000},
        "listed": ("web:FR",),
        "locations": ("lyon",),
        "other_codes": (f"{code}-U",),
    }
    return Document(**{**values, **changed})


def path(code: str) -> tuple[Category, ...]:
    steps = code.split("/")
    codes = ["/".join(steps[: at + 1]) for at in range(len(steps))]
    return tuple(Category(code=each, names=SHELVES[each]) for each in codes)


def request(typed: str = "", **changed: Any) -> SearchRequest:
    values: dict[str, Any] = {"lang": "en", "channel": "web", "market": "FR", "words": typed}
    return SearchRequest(**{**values, **changed})


def codes_of(documents: Sequence[Document]) -> set[str]:
    return {document.code for document in documents}
