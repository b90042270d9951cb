"""Search in one process: percentiles, and the ratio to bare tantivy asked the same words.

    .venv/bin/python bench/search.py [PRODUCTS.tsv.gz [QUERIES.jsonl]]

Uses the fashion set where it lies beside the repository, else a synthetic catalog. Bare tantivy
is the same index asked for the same words in titles and texts, without understanding, filters or
facets: what the engine alone costs.
"""

import csv
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from sellier.domain.catalog.rules import color_family
from sellier.domain.search.gateway import fields, folder, writing
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.rules.documents import Category, Document, SearchRequest, Texts

SHARED = Path(__file__).resolve().parents[2] / "shared"
FASHION = SHARED / "data" / "fashion" / "products.tsv.gz"
FASHION_QUERIES = SHARED / "relevance" / "fashion.jsonl"
MARKETS = ("FR", "GB", "US")
PLACES = [f"boutique-{n}" for n in range(42)]
SYNTHETIC = 44_000
ROUNDS = 3

Search = Callable[[SearchRequest], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    p50_ms: float
    p99_ms: float
    ratio: float | None = None


def run(products: Path | None = None, queries: Path | None = None) -> list[Row]:
    """Measure; the first row is the build, whose two figures are the same."""
    documents = list(_read(products) if products else _synthetic())
    asked = _queries(queries)
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "index"
        began = time.perf_counter()
        writing.rebuild(root, documents, MARKETS)
        built = (time.perf_counter() - began) * 1_000
        index = SearchIndex(root)
        bare = _bare(root)
        words = [_request(text, lang) for text, lang in asked]
        plain = [_request("", "en")]
        narrow = [_request("", "en", colors=("black",), brands=(documents[0].brand,))]
        alone = _measured("bare tantivy, the same words", bare, words)
        return [
            Row(what=f"index of {len(documents)} style-colors built", p50_ms=built, p99_ms=built),
            alone,
            _measured("words, all facets, first time", _cold(index), words, than=alone),
            _measured("words, all facets, asked again", index.search, words, than=alone),
            _measured("list of everything, all facets, first time", _cold(index), plain * 40),
            _measured("list of everything, all facets, asked again", index.search, plain * 40),
            _measured("two facets checked, first time", _cold(index), narrow * 40),
        ]


def _request(words: str, lang: str, **changed: tuple[str, ...]) -> SearchRequest:
    return SearchRequest(lang=lang, channel="web", market="FR", words=words, **changed)  # type: ignore[arg-type]


def _measured(
    what: str, search: Search, requests: Sequence[SearchRequest], *, than: Row | None = None
) -> Row:
    took = []
    for request in list(requests) * ROUNDS:
        began = time.perf_counter()
        search(request)
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    return Row(what=what, p50_ms=p50, p99_ms=p99, ratio=p50 / than.p50_ms if than else None)


def _cold(index: SearchIndex) -> Search:
    """Ask with nothing kept from an earlier question."""

    def search(request: SearchRequest) -> object:
        index.forget_answers()
        return index.search(request)

    return search


def _bare(root: Path) -> Search:
    index = folder.open_index(folder.current(root))
    searcher = index.searcher()
    analyzer = fields.analyzers()["en"]

    def search(request: SearchRequest) -> object:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, field, term))
            for term in analyzer.analyze(request.words)
            for field in ("title_en", "names_en", "body_en")
        ]
        found = searcher.search(tantivy.Query.boolean_query(terms), limit=request.limit)
        return [searcher.doc(address)["code"] for _, address in found.hits]

    return search


def _queries(path: Path | None) -> list[tuple[str, str]]:
    if path is None:
        words = ("red leather handbag", "black dress under 200 euros", "watch steel strap men")
        french = ("robe noire femme", "sac à main cuir rouge", "chausures homme marron")
        return [(text, "en") for text in words] + [(text, "fr") for text in french]
    with path.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [(line["query"], line["lang"]) for line in read]


def _synthetic() -> Iterator[Document]:
    dice = random.Random(7)  # noqa: S311  the same catalog every time
    kinds = ["Dresses", "Handbags", "Watches", "Shirts", "Pumps", "Sneakers", "Scarves", "Belts"]
    colors = ["Black", "White", "Navy Blue", "Burgundy", "Red", "Ivory", "Camel", "Green"]
    materials = ["Leather", "Silk", "Wool", "Cotton", "Stainless Steel"]
    for n in range(SYNTHETIC):
        kind, color = dice.choice(kinds), dice.choice(colors)
        brand = f"Maison {dice.randrange(400)}"
        material = dice.choice(materials)
        sizes = tuple(map(str, range(34, 34 + 2 * dice.randint(1, 8), 2)))
        yield _document(
            code=f"piece-{n}",
            brand=brand,
            shelf=("Fashion", kind),
            texts=Texts(
                title=f"{brand} {color} {kind} {n % 977}",
                description=f"{material} {kind} in {color}, sewn by hand. " * 4,
                color=color,
                facts=(("Material", material), ("Line", f"Line {n % 60}")),
            ),
            gender=dice.choice(("female", "male", "unisex")),
            sizes=sizes,
            minor=dice.randrange(5_000, 500_000),
            places=tuple(dice.sample(PLACES, dice.randint(0, 14))),
        )


def _read(path: Path) -> Iterator[Document]:
    """Read a product feed; stock is made up, since the bench takes one file."""
    dice = random.Random(7)  # noqa: S311
    csv.field_size_limit(10_000_000)
    first: dict[str, dict[str, str]] = {}
    sizes: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            first.setdefault(row["style_color_id"], row)
            sizes.setdefault(row["style_color_id"], []).append(row["size"])
    for code, row in first.items():
        details = [each.split(":", 2) for each in row["product_detail"].split(",") if each]
        yield _document(
            code=code,
            brand=row["brand"],
            shelf=tuple(row["product_type"].split(" > ")),
            texts=Texts(
                title=row["title"],
                description=row["description"],
                color=row["color"],
                facts=tuple((each[1], each[2]) for each in details if len(each) == 3),  # noqa: PLR2004
            ),
            gender=row["gender"],
            sizes=tuple(sizes[code]),
            minor=int(float(row["price"].split()[0]) * 100),
            places=tuple(dice.sample(PLACES, dice.randint(0, 14))),
        )


def _document(
    *,
    code: str,
    brand: str,
    shelf: tuple[str, ...],
    texts: Texts,
    gender: str,
    sizes: tuple[str, ...],
    minor: int,
    places: tuple[str, ...],
) -> Document:
    paths = ["/".join(shelf[: at + 1]).lower() for at in range(len(shelf))]
    return Document(
        code=code,
        product_code=code,
        brand=brand.lower(),
        brand_name=brand,
        texts={"en": texts},
        categories=tuple(
            Category(code=path, names={"en": name}) for path, name in zip(paths, shelf, strict=True)
        ),
        color_family=color_family(texts.color),
        gender=gender,
        age_group="adult",
        sizes=sizes,
        sizes_available=sizes if places else (),
        prices_minor={"FR": minor},
        listed=("web:FR",),
        locations=places,
    )


def main() -> None:
    """Print the table in Markdown."""
    files = [Path(name) for name in sys.argv[1:3]]
    if not files and FASHION.is_file():
        files = [FASHION, FASHION_QUERIES]
    print("| what | p50 ms | p99 ms | times bare |\n|---|---|---|---|")
    for row in run(*files):
        ratio = f"{row.ratio:.1f}" if row.ratio else ""
        print(f"| {row.what} | {row.p50_ms:.2f} | {row.p99_ms:.2f} | {ratio} |")


if __name__ == "__main__":
    main()
