"""Prices as a house sets them: per market, by its own rule, on round figures."""

from collections.abc import Mapping

from sellier.demo.chance import chance
from sellier.demo.words import Voice

STEPS = ((40, 1), (150, 5), (1_000, 10), (4_000, 50), (20_000, 100))
LARGEST_STEP = 500
SALES = {"hinokaze": 0.15}  # share of a partner's style-colors that are reduced
SALE_FACTOR = 0.7


def rounded(amount: float) -> int:
    """Round to the step that people expect at this height: 38, 145, 890, 2450, 12 300."""
    step = next((step for below, step in STEPS if amount < below), LARGEST_STEP)
    return max(step, round(amount / step) * step)


def market_prices(euros: int, *, voice: Voice) -> Mapping[str, int]:
    """Return the whole price in each market's currency, by market code."""
    return {
        "FR": euros,
        "GB": rounded(euros * voice.pounds),
        "US": rounded(euros * voice.dollars),
    }


def sale_price(price: int, *, brand: str, style_color: str) -> int | None:
    """Return the reduced price, if any: partners' past seasons only, a maison is never reduced."""
    if brand not in SALES or chance(style_color, "sale").random() > SALES[brand]:
        return None
    return rounded(price * SALE_FACTOR)
