"""Money as whole minor units (cents, yen, fils) of one ISO 4217 currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# ISO 4217 gives two decimals to every currency but these.
_EXPONENTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def exponent(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units of one currency; never a float, never a fraction."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, "convert before adding"
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, "convert before subtracting"
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly: `Money(1050, "EUR").decimal` is 10.50."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Share this amount in proportion to `weights` without losing a minor unit.

        Each share is rounded down; the units left over go one by one to the
        shares that lost the largest fraction, so no line is favored.
        """
        total = sum(weights)
        assert total > 0
        assert all(weight >= 0 for weight in weights)
        shares = [self.minor * weight // total for weight in weights]
        by_loss = sorted(range(len(weights)), key=lambda i: -(self.minor * weights[i] % total))
        for i in by_loss[: self.minor - sum(shares)]:
            shares[i] += 1
        return [Money(share, self.currency) for share in shares]


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """Add up amounts of one currency; nothing adds up to zero of it."""
    return sum(amounts, start=Money(0, currency))
