"""Prices said in words: "under 50 euros", "entre 20 et 40 €", "moins de 30"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sellier.domain.search.rules.lexicon import Lexicon

_NUMBER = r"(\d{1,7}(?:[.,]\d{1,2})?)"
# A number of something else is no price: "under 15 inches", "moins de 10 ans".
_NO_UNIT = (
    r"(?!\s*(?:m|mm|cm|ml|cl|l|g|kg|inch|inches|in|ans|an|mois|months|years|y|%)\b)(?![\d.,]*\d)"
)
_SIGNS = r"[€$£]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWords:
    """Patterns over folded text. In each, one or two groups hold the numbers."""

    between: re.Pattern[str]
    at_most: re.Pattern[str]
    at_least: re.Pattern[str]
    amount: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWish:
    """What was asked, and the text without the words that asked it."""

    rest: str
    min_minor: int | None = None
    max_minor: int | None = None


def price_words(lexicon: Lexicon) -> PriceWords:
    """Compile the patterns of both languages from the lexicon."""

    def any_of(names: Iterable[str]) -> str:
        return "(?:" + "|".join(re.escape(name) for name in names) + ")"

    currency = rf"(?:\s*(?:{_SIGNS}|{any_of(lexicon.said['currency'])}\b))"
    number = rf"(?:{_SIGNS}\s*)?{_NUMBER}"
    most, least = any_of(lexicon.said["at_most"]), any_of(lexicon.said["at_least"])
    between, until = any_of(lexicon.said["between"]), any_of(lexicon.said["until"])
    return PriceWords(
        between=re.compile(
            rf"\b{between}\s+{number}{currency}?\s*{until}\s*{number}{currency}?{_NO_UNIT}"
            rf"|(?<!\w){number}{currency}?\s*{until}\s*{number}{currency}"
        ),
        at_most=re.compile(
            rf"\b{most}\s+{number}(?:{currency}|{_NO_UNIT})|(?<!\w){number}{currency}\s*{most}\b"
        ),
        at_least=re.compile(
            rf"\b{least}\s+{number}(?:{currency}|{_NO_UNIT})|(?<!\w){number}{currency}\s*{least}\b"
        ),
        amount=re.compile(rf"(?<!\w)(?:{_SIGNS}\s*{_NUMBER}\b|{_NUMBER}{currency})"),
    )


def read_prices(text: str, words: PriceWords, *, minor_per_unit: int) -> PriceWish:
    """Read the price limits out of a folded text. An amount alone is taken as the most to pay."""

    def minor(found: re.Match[str]) -> list[int]:
        said = [Decimal(group.replace(",", ".")) for group in found.groups() if group]
        return sorted(int(amount * minor_per_unit) for amount in said)

    low: int | None = None
    high: int | None = None
    if found := words.between.search(text):
        low, high = minor(found)
    elif found := words.at_most.search(text):
        high = minor(found)[0]
    elif found := words.at_least.search(text):
        low = minor(found)[0]
    elif found := words.amount.search(text):
        high = minor(found)[0]
    if found is None:
        return PriceWish(rest=text)
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return PriceWish(rest=rest, min_minor=low, max_minor=high)
