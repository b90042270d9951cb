import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.domain.search.errors import (
    IndexBroken,
    IndexBusy,
    IndexMissing,
    IndexOutdated,
    SearchUnavailable,
)
from sellier.domain.search.gateway import folder, writing
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.rules.documents import Document, Facets, SearchRequest, Sort
from tests.domain.search.make import MARKETS, codes_of, document, path, request

HOSTILE = [
    '"',
    '""""',
    "AND OR NOT",
    "a:b AND (c OR",
    "title:[* TO *]",
    "robe*~2^4 +x -y",
    "\u202erobe\u202c \u200f\u200e",
    "👗👠🧵",
    "x" * 10_000,
    "robe " * 2_000,
    "\x00\x01\x02",
    "'; DROP TABLE style_color; --",
    "%s %d {} ${jndi:x}",
    "1" * 400,
    "under 99999999999999999999 euros",
    "d'",
    "' ' '",
    "ß İ ﬁ Ǆ ½",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(root: Path, *documents: Document) -> SearchIndex:
    writing.rebuild(root, documents, MARKETS)
    return SearchIndex(root)


def counts(facet: tuple[object, ...]) -> dict[str, int]:
    return {value.value: value.count for value in facet}  # type: ignore[attr-defined]


def test_wishes_rank_before_text_and_all_before_some(root: Path) -> None:
    index = built(
        root,
        document("navy-shirt", title="Red red red", color="Navy Blue", gender="male"),
        document("red-man", color="Red", gender="male"),
        document("red-woman", color="Burgundy", gender="female"),
    )
    assert index.search(request("red bag for women")).codes == (
        "red-woman",
        "red-man",
        "navy-shirt",
    )


def test_a_french_query_finds_english_texts(root: Path) -> None:
    index = built(
        root,
        document("tote"),
        document("gown", categories=path("clothes/dresses"), color="Black"),
    )
    page = index.search(request("robe noire", lang="fr"))
    assert page.codes == ("gown",)
    assert page.understood.wishes == ("noir",)


def test_what_is_refused_is_not_shown(root: Path) -> None:
    striped = document("striped", facts=(("Pattern", "Striped"),))
    index = built(root, striped, document("plain"))
    assert index.search(request("handbag without stripes")).codes == ("plain",)


def test_a_query_that_finds_nothing_gives_up_words_and_says_so(root: Path) -> None:
    page = built(root, document("tote")).search(request("unheardof handbag"))
    assert page.codes == ("tote",)
    assert page.understood.given_up == ("words",)


def test_nothing_is_found_for_nonsense(root: Path) -> None:
    page = built(root, document("tote")).search(request("qwxzv"))
    assert page.codes == ()
    assert page.total == 0


@pytest.mark.parametrize("typed", ["ecluse-red", "ECLUSE-RED-42", "ecluse-red-42", "3660001234567"])
def test_a_code_finds_its_piece_alone(root: Path, typed: str) -> None:
    wanted = document("ecluse-red", other_codes=("ECLUSE-RED-42", "3660001234567"))
    index = built(root, wanted, document("ecluse-blue"))
    page = index.search(request(typed))
    assert "ecluse-red" in page.codes
    if any(letter.isdigit() for letter in typed):
        assert page.codes == ("ecluse-red",)
        assert page.understood.code == typed


def test_only_what_is_listed_and_priced_is_shown(root: Path) -> None:
    index = built(
        root,
        document("here"),
        document("elsewhere", listed=("web:GB",), prices_minor={"GB": 1}),
        document("unpriced", prices_minor={}),
    )
    assert index.search(request()).codes == ("here",)
    assert index.search(request(market="GB")).codes == ("elsewhere",)
    assert index.search(request(market="US")).total == 0
    assert index.search(request(channel="other")).total == 0
    assert index.search(request(channel=None)).total == 3


def test_prices_sort_both_ways(root: Path) -> None:
    index = built(
        root,
        document("dear", prices_minor={"FR": 900}),
        document("cheap", prices_minor={"FR": 100}),
    )
    assert index.search(request(sort=Sort.PRICE_UP)).codes == ("cheap", "dear")
    assert index.search(request("bag", sort=Sort.PRICE_DOWN)).codes == ("dear", "cheap")


def test_available_pieces_are_recommended_first(root: Path) -> None:
    gone = document("a-gone", sizes_available=(), locations=())
    assert built(root, gone, document("b-here")).search(request()).codes == ("b-here", "a-gone")


def test_pages_follow_each_other_without_gap_or_repeat(root: Path) -> None:
    index = built(root, *(document(f"piece-{n}") for n in range(25)))
    seen = [
        code
        for offset in range(0, 25, 10)
        for code in index.search(request("handbag", offset=offset, limit=10)).codes
    ]
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_words_never_raise(shared: SearchIndex, typed: str) -> None:
    for lang in ("fr", "en", "xx"):
        shared.search(request(typed, lang=lang))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_words_raise(shared: SearchIndex, typed: str) -> None:
    shared.search(request(typed))


@pytest.fixture(scope="module")
def shared() -> Iterator[SearchIndex]:
    with TemporaryDirectory() as home:
        yield built(Path(home) / "index", document("tote"), document("gown", color="Black"))


def test_absurd_paging_and_prices_are_bounded(root: Path) -> None:
    index = built(root, document("tote"))
    assert index.search(request(offset=-5, limit=10**9)).total == 1
    assert index.search(request(offset=10**12)).codes == ()
    assert index.search(request(price_min_minor=-(10**30), price_max_minor=10**30)).total == 1


# --- the life of an index


def test_a_reader_sees_what_the_writer_commits(root: Path) -> None:
    index = built(root, document("tote"))
    assert index.search(request()).total == 1
    writing.update(root, [document("gown", brand="corvin", brand_name="Corvin")], ())
    assert codes_of([document("tote"), document("gown")]) == set(index.search(request()).codes)
    assert index.search(request("corvin")).codes == ("gown",)


def test_counts_stay_exact_after_changes_and_removals(root: Path) -> None:
    index = built(root, *(document(f"piece-{n}") for n in range(10)))
    writing.update(root, [document("piece-3", color="Black")], ["piece-4"])
    facets = index.search(request()).facets
    assert facets is not None
    assert counts(facets.color) == {"red": 8, "black": 1}
    assert index.count() == 9


def test_a_new_build_replaces_the_old_one_under_readers(root: Path) -> None:
    index = built(root, document("tote"))
    writing.rebuild(root, [document("gown")], MARKETS)
    assert index.search(request()).codes == ("gown",)
    assert len(list(root.glob("build-*"))) == 1


def test_readers_never_miss_a_beat_while_builds_and_commits_follow_each_other(root: Path) -> None:
    index = built(root, document("tote"))
    done = threading.Event()

    def read() -> int:
        count = 0
        while not done.is_set():
            assert "tote" in index.search(request("handbag")).codes
            count += 1
        return count

    with ThreadPoolExecutor(max_workers=2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for turn in range(2):
                writing.rebuild(root, [document("tote")], MARKETS)
                writing.update(root, [document(f"gown-{turn}"), document("tote")], ())
        finally:
            done.set()
        assert all(reader.result() for reader in readers)


def test_a_build_that_fails_leaves_the_old_index(root: Path) -> None:
    index = built(root, document("tote"))

    def broken() -> Iterator[Document]:
        yield document("gown")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        writing.rebuild(root, broken(), MARKETS)
    assert index.search(request()).codes == ("tote",)
    writing.rebuild(root, [document("gown")], MARKETS)
    assert index.search(request()).codes == ("gown",)


def test_there_is_one_writer(root: Path) -> None:
    built(root, document("tote"))
    build = writing.Build(root, MARKETS)
    with pytest.raises(IndexBusy):
        writing.update(root, [document("gown")], ())
    build.abandon()
    writing.update(root, [document("gown")], ())


def test_an_absent_index_is_named(root: Path) -> None:
    with pytest.raises(IndexMissing):
        SearchIndex(root).search(request())
    with pytest.raises(IndexMissing):
        writing.update(root, [document()], ())


def test_an_index_of_another_version_is_named(root: Path) -> None:
    index = built(root, document("tote"))
    about = folder.current(root) / "sellier.json"
    about.write_text(about.read_text().replace('"fingerprint": "', '"fingerprint": "0'))
    with pytest.raises(IndexOutdated):
        index.search(request())


@pytest.mark.parametrize("victim", ["meta.json", "sellier.json", "*.term", "*.fast", "*.store"])
@pytest.mark.parametrize("harm", ["remove", "empty", "scribble"])
def test_a_damaged_index_is_named(root: Path, victim: str, harm: str) -> None:
    built(root, document("tote"))
    for file in folder.current(root).glob(victim):
        match harm:
            case "remove":
                file.unlink()
            case "empty":
                file.write_bytes(b"")
            case _:
                file.write_bytes(b"\xff" * max(64, file.stat().st_size))
    with pytest.raises(SearchUnavailable):
        SearchIndex(root).search(request())


def test_a_damaged_index_can_be_built_anew(root: Path) -> None:
    index = built(root, document("tote"))
    (folder.current(root) / "meta.json").write_text("{")
    with pytest.raises(IndexBroken):
        index.search(request())
    writing.rebuild(root, [document("gown")], MARKETS)
    assert index.search(request()).codes == ("gown",)


# --- facets against brute force

SHELVES = ("bags/handbags", "clothes/dresses", "clothes/shirts", "shoes/pumps")
BRANDS = ("corvin", "hautefeuille", "veuve-perrin")
COLORS = ("Red", "Black", "White", "Unheard")
SIZES = ("36", "38", "40", "U")
PLACES = ("lyon", "milan", "paris")
GENDERS = ("female", "male", "unisex", None)
PRICES = (990, 1_000, 2_499, 2_500, 99_999, 10_000_000)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


pieces: st.SearchStrategy[dict[str, object]] = st.builds(
    dict,
    categories=st.sampled_from(SHELVES).map(path),
    brand=st.sampled_from(BRANDS),
    color=st.sampled_from(COLORS),
    sizes_available=some(SIZES),
    locations=some(PLACES),
    gender=st.sampled_from(GENDERS),
    prices_minor=st.sampled_from(PRICES).map(lambda minor: {"FR": minor}),
    listed=st.sampled_from([("web:FR",), ("web:FR", "other:FR"), ()]),
)
selections: st.SearchStrategy[SearchRequest] = st.builds(
    request,
    st.just(""),
    category=st.sampled_from([None, "clothes", *SHELVES]),
    brands=some(BRANDS),
    colors=some(("red", "black", "white")),
    sizes=some(SIZES),
    genders=some(("female", "male")),
    location=st.sampled_from([None, *PLACES]),
    price_min_minor=st.sampled_from([None, 1_000, 2_500]),
    price_max_minor=st.sampled_from([None, 2_499, 99_999]),
)


def holds(document: Document, asked: SearchRequest) -> dict[str, bool]:
    price = document.prices_minor["FR"]
    low, high = asked.price_min_minor, asked.price_max_minor
    shelves = {category.code for category in document.categories}
    return {
        "category": asked.category is None or asked.category in shelves,
        "brand": not asked.brands or document.brand in asked.brands,
        "color": not asked.colors or document.color_family in asked.colors,
        "size": not asked.sizes or bool(set(asked.sizes) & set(document.sizes_available)),
        "gender": not asked.genders or document.gender in asked.genders,
        "location": asked.location is None or asked.location in document.locations,
        "price": (low is None or price >= low) and (high is None or price <= high),
    }


def values(document: Document, facet: str) -> set[str]:
    known: dict[str, set[str | None]] = {
        "category": {category.code for category in document.categories},
        "brand": {document.brand},
        "color": {document.color_family},
        "size": set(document.sizes_available),
        "gender": {document.gender},
        "location": set(document.locations),
    }
    return {value for value in known[facet] if value is not None}


def expected(documents: list[Document], asked: SearchRequest, facet: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in documents:
        others = [held for name, held in holds(each, asked).items() if name != facet]
        if "web:FR" in each.listed and all(others):
            for value in values(each, facet):
                found[value] = found.get(value, 0) + 1
    return found


@settings(max_examples=10, deadline=None)
@given(st.lists(pieces, max_size=30), st.lists(selections, min_size=1, max_size=4))
def test_facets_are_exact(drawn: list[dict[str, object]], asked: list[SearchRequest]) -> None:
    documents = [document(f"piece-{n}", **piece) for n, piece in enumerate(drawn)]
    with TemporaryDirectory() as home:
        index = built(Path(home) / "index", *documents)
        for each in asked:
            page = index.search(replace(each, limit=100))
            listed = [d for d in documents if "web:FR" in d.listed]
            found = [d for d in listed if all(holds(d, each).values())]
            assert page.total == len(found)
            assert set(page.codes) == codes_of(found)
            assert page.facets is not None
            check_facets(page.facets, documents, each)


def check_facets(facets: Facets, documents: list[Document], asked: SearchRequest) -> None:
    for name in ("category", "brand", "color", "size", "gender", "location"):
        counted = {value.value: value.count for value in getattr(facets, name) if value.count}
        assert counted == expected(documents, asked, name), name
    prices = [
        d.prices_minor["FR"]
        for d in documents
        if "web:FR" in d.listed
        and all(held for name, held in holds(d, asked).items() if name != "price")
    ]
    assert sum(bucket.count for bucket in facets.price.buckets) == len(prices)
    assert facets.price.min_minor == min(prices, default=None)
    assert facets.price.max_minor == max(prices, default=None)
    for bucket in facets.price.buckets:
        until = bucket.until_minor
        inside = [p for p in prices if bucket.from_minor <= p and (until is None or p < until)]
        assert bucket.count == len(inside)
