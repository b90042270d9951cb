"""The fields of the index, and how a document fills them."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import tantivy

from sellier.domain.search.rules.documents import Document
from sellier.domain.search.rules.words import plain

LANGUAGES = {"en": "english", "fr": "french"}
# Told apart from the values of a label; no name holds it.
SEPARATOR = "\t"
# Values of one kind each, matched whole.
RAW = (
    "code",
    "other_code",
    "brand",
    "category",
    "color",
    "family",
    "fact",
    "size",
    "location",
    "gender",
    "age_group",
    "listed",
    "in_stock",
)
FAST = frozenset(("brand", "category", "family", "size", "location", "gender"))
# Names for the vocabulary, and the words of titles for spelling.
LABELS = ("brand_label", "category_label", "word")
TEXTS = ("title", "names", "body")
_VERSION = 2
IN_STOCK = "yes"
_MANY, _SOME, _NONE = 2, 1, 0


def text_field(kind: str, lang: str) -> str:
    """Return the name of a text field in one language."""
    return f"{kind}_{lang}"


def price_field(market: str) -> str:
    """Return the name of the price field of a market."""
    return f"price_{market}"


def schema(markets: Sequence[str]) -> tantivy.Schema:
    """Build the schema; each market has its own price field."""
    builder = tantivy.SchemaBuilder()
    for name in RAW:
        builder.add_text_field(
            name,
            stored=name == "code",
            fast=name in FAST,
            tokenizer_name="raw",
            index_option="basic",
        )
    for name in LABELS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for lang in LANGUAGES:
        for kind in TEXTS:
            builder.add_text_field(text_field(kind, lang), tokenizer_name=f"text_{lang}")
    for market in markets:
        builder.add_unsigned_field(price_field(market), indexed=True, fast=True)
    builder.add_unsigned_field("recommended", fast=True)
    builder.add_unsigned_field("listed_at", fast=True)
    return builder.build()


def fingerprint(markets: Sequence[str]) -> str:
    """Return what an index must bear to be read by this version for these markets."""
    said = json.dumps([_VERSION, RAW, sorted(FAST), LABELS, TEXTS, LANGUAGES, list(markets)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """Return the text analyzers by language; an index needs them registered when opened."""
    return {
        lang: tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer(stemmer))
        .build()
        for lang, stemmer in LANGUAGES.items()
    }


def register(index: tantivy.Index) -> None:
    """Make the index know our analyzers."""
    for lang, analyzer in analyzers().items():
        index.register_tokenizer(f"text_{lang}", analyzer)


def filled(document: Document, markets: Sequence[str]) -> tantivy.Document:
    """Return the document as tantivy takes it."""
    made = tantivy.Document()
    _add(made, "code", [document.code])
    _add(made, "other_code", [document.product_code, *document.other_codes])
    _add(made, "brand", [document.brand])
    _add(made, "brand_label", [SEPARATOR.join((document.brand, document.brand_name))])
    _add(made, "category", [category.code for category in document.categories])
    _add(made, "category_label", _category_labels(document))
    _add(made, "color", [texts.color for texts in document.texts.values()])
    _add(made, "family", [document.color_family])
    _add(made, "size", document.sizes_available)
    _add(made, "in_stock", [IN_STOCK if document.sizes_available else None])
    _add(made, "location", document.locations)
    _add(made, "gender", [document.gender])
    _add(made, "age_group", [document.age_group])
    _add_texts(made, document)
    for market in markets:
        if market in document.prices_minor:
            made.add_unsigned(price_field(market), document.prices_minor[market])
    # Nothing is shown without a price, whoever listed it.
    priced = [k for k in document.listed if k.rpartition(":")[2] in document.prices_minor]
    _add(made, "listed", priced)
    listed_at = _seconds(document.listed_from)
    made.add_unsigned("listed_at", listed_at)
    made.add_unsigned("recommended", _recommended(document, listed_at))
    return made


def _add(made: tantivy.Document, field: str, values: Iterable[str | None]) -> None:
    for value in dict.fromkeys(values):
        if value:
            made.add_text(field, value)


def _category_labels(document: Document) -> list[str]:
    parents = ["", *(category.code for category in document.categories)]
    return [
        SEPARATOR.join((category.code, parent, lang, name))
        for category, parent in zip(document.categories, parents, strict=False)
        for lang, name in category.names.items()
    ]


def _add_texts(made: tantivy.Document, document: Document) -> None:
    for lang, texts in document.texts.items():
        _add(made, "fact", [f"{name}={value}" for name, value in texts.facts if value])
        if lang not in LANGUAGES:
            continue
        title = plain(texts.title)
        names = [document.brand_name, texts.color, *(value for _, value in texts.facts)]
        names += [category.names.get(lang, "") for category in document.categories]
        _add(made, text_field("title", lang), [title])
        _add(made, text_field("names", lang), [plain(" . ".join(filter(None, names)))])
        _add(made, text_field("body", lang), [texts.description])
        _add(made, "word", title.split())


def _seconds(instant: datetime | None) -> int:
    return max(0, int(instant.astimezone(UTC).timestamp())) if instant else 0


def _recommended(document: Document, listed_at: int) -> int:
    """Rank without words: well available, then new; ties are shuffled, always the same way.

    Without the shuffle a catalog imported in one go would show one brand after the other.
    """
    available = len(document.sizes_available)
    share = _MANY if 2 * available >= len(document.sizes) else _SOME
    week = listed_at // (7 * 86_400)
    tie = zlib.crc32(document.code.encode()) & 0xFFFF
    return (share if available else _NONE) << 48 | week << 16 | tie
