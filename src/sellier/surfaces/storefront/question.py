"""What a list is asked for: read from an address, and written back into one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Protocol
from urllib.parse import urlencode

from sellier.domain.search.rules.documents import SearchRequest, Sort
from sellier.kernel.errors import Invalid
from sellier.kernel.money import exponent

WORDS_MAX: Final = 200
VALUE_MAX: Final = 120
CHOSEN_MAX: Final = 60
PAGE_MAX: Final = 400
PRICE_MAX: Final = 10**9
PAGE_SIZE: Final = 24


class QuestionRefused(Invalid):
    """The address asks for what a list cannot be asked."""

    code: ClassVar[str] = "storefront.question_refused"


class Params(Protocol):
    """The part of a parsed query string that is used here."""

    def getall(self, name: str, default: list[str]) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Filters, words and order of a list. Prices are whole units of the market's currency."""

    words: str = ""
    category: str = ""
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    place: str = ""
    sort: Sort = Sort.RECOMMENDED
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many filters are set, the category aside."""
        lists = (self.brands, self.colors, self.sizes, self.genders)
        prices = self.price_min is not None or self.price_max is not None
        return sum(map(len, lists)) + bool(self.place) + prices


_LISTS: Final[Mapping[str, str]] = {
    "brand": "brands",
    "color": "colors",
    "size": "sizes",
    "gender": "genders",
}


def read(params: Params) -> Question:
    """Read a query string; parameters of others (campaigns, say) are passed over.

    Raises `QuestionRefused` for a value that no page of ours sends.
    """
    lists = {field: _texts(params, name) for name, field in _LISTS.items()}
    sort = _text(params, "sort", VALUE_MAX) or Sort.RECOMMENDED
    if sort not in set(Sort):
        raise QuestionRefused("There is no such order.", field="sort")
    return Question(
        words=_text(params, "q", WORDS_MAX),
        category=_text(params, "category", VALUE_MAX).strip("/"),
        price_min=_number(params, "price_min", PRICE_MAX),
        price_max=_number(params, "price_max", PRICE_MAX),
        place=_text(params, "at", VALUE_MAX),
        sort=Sort(sort),
        page=max(1, _number(params, "page", PAGE_MAX) or 1),
        **lists,
    )


def address(question: Question, *, lang: str) -> str:
    """Write the address of a list; what is not asked is not in it."""
    return f"/{lang}/list" + (f"?{query}" if (query := urlencode(list(_pairs(question)))) else "")


def pages_address(question: Question, *, lang: str) -> str:
    """Write the address of the pages of a list, with `{page}` in place of the number."""
    base = address(replace(question, page=1), lang=lang)
    return f"{base}{'&' if '?' in base else '?'}page={{page}}"


def without(question: Question, kind: str, value: str) -> Question:
    """Take one chosen value away, and go back to the first page."""
    first = replace(question, page=1)
    if kind == "price":
        return replace(first, price_min=None, price_max=None)
    if kind == "at":
        return replace(first, place="")
    return replace(
        first,
        brands=_less(question.brands, value) if kind == "brand" else question.brands,
        colors=_less(question.colors, value) if kind == "color" else question.colors,
        sizes=_less(question.sizes, value) if kind == "size" else question.sizes,
        genders=_less(question.genders, value) if kind == "gender" else question.genders,
    )


def into(question: Question, category: str) -> Question:
    """Go to a category; sizes are of the old one's scale, so they stay behind."""
    return replace(question, category=category, sizes=(), page=1)


def cleared(question: Question) -> Question:
    """Keep words, category and order; let every other filter go."""
    return Question(words=question.words, category=question.category, sort=question.sort)


def request(
    question: Question, *, lang: str, channel: str, market: str, currency: str
) -> SearchRequest:
    """Ask the search engine the same thing in its own terms."""
    unit: int = 10 ** exponent(currency)
    low, high = question.price_min, question.price_max
    return SearchRequest(
        lang=lang,
        channel=channel,
        market=market,
        words=question.words,
        category=question.category or None,
        brands=question.brands,
        colors=question.colors,
        sizes=question.sizes,
        genders=question.genders,
        price_min_minor=None if low is None else low * unit,
        price_max_minor=None if high is None else high * unit,
        location=question.place or None,
        sort=question.sort,
        offset=(question.page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )


def _pairs(question: Question) -> Iterator[tuple[str, str]]:
    yield from (("q", question.words),) if question.words else ()
    yield from (("category", question.category),) if question.category else ()
    for name, field in _LISTS.items():
        yield from ((name, value) for value in getattr(question, field))
    for name, price in (("price_min", question.price_min), ("price_max", question.price_max)):
        yield from ((name, str(price)),) if price is not None else ()
    yield from (("at", question.place),) if question.place else ()
    if question.sort is not Sort.RECOMMENDED:
        yield "sort", question.sort
    if question.page > 1:
        yield "page", str(question.page)


def _less(values: Sequence[str], value: str) -> tuple[str, ...]:
    return tuple(one for one in values if one != value)


def _text(params: Params, name: str, length: int) -> str:
    found = params.getall(name, [])
    text = " ".join((found[-1] if found else "").split())
    if len(text) > length:
        raise QuestionRefused("That is longer than a list can be asked.", field=name)
    return text.replace("\0", "")


def _texts(params: Params, name: str) -> tuple[str, ...]:
    found = tuple(
        dict.fromkeys(value.strip() for value in params.getall(name, []) if value.strip())
    )
    if len(found) > CHOSEN_MAX or any(len(value) > VALUE_MAX for value in found):
        raise QuestionRefused("That is more than a list can be asked.", field=name)
    return found


def _number(params: Params, name: str, highest: int) -> int | None:
    text = _text(params, name, VALUE_MAX)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > highest:
        raise QuestionRefused("A whole number is needed here.", field=name)
    return int(text)
