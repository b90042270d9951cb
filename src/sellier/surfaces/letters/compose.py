"""Write a letter: what an order says of itself, in its own language, as text and as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid5

from babel import Locale
from jinja2 import Environment

from sellier.domain.closures.queries import ChoiceRead
from sellier.domain.orders.queries import FulfillmentRead, HistoryEntry, OrderRead, link_key
from sellier.domain.organization.queries import ChannelRead
from sellier.domain.promising.states import Way
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.states import ReturnState
from sellier.infra import templates
from sellier.infra.keys import Keys
from sellier.infra.mail import Mail
from sellier.infra.settings import Settings
from sellier.kernel.ids import OrderLineId, public_id

# Who cancels when the customer is not there to see it: the recovery job, and an empty shelf.
_WITHOUT_THEM: Final = frozenset({"recovery", "stock"})


class Letter(StrEnum):
    """Why we write. The value names the template, and stands in the order's history."""

    CONFIRMATION = "order_confirmation"
    CANCELED = "order_canceled"
    SENT = "parcel_sent"
    READY = "ready_to_collect"
    REMINDER = "still_to_collect"
    UNCOLLECTED = "not_collected"
    UNITS_CANCELED = "units_canceled"
    RETURN_ANNOUNCED = "return_announced"
    RETURN_RECEIVED = "return_received"
    RETURN_SETTLED = "return_settled"
    RETURN_REFUSED = "return_refused"
    EXCHANGE_RELEASED = "exchange_released"
    EXCHANGE_ENDED = "exchange_ended"
    EXCHANGE_SOLD_OUT = "exchange_sold_out"
    CHOICE = "boutique_closed"


_SUBJECTS: Final[Mapping[tuple[Letter, str], str]] = {
    (Letter.CONFIRMATION, "en"): "Your order {number}",
    (Letter.CONFIRMATION, "fr"): "Votre commande {number}",
    (Letter.CANCELED, "en"): "Your order {number} could not be completed",
    (Letter.CANCELED, "fr"): "Votre commande {number} n’a pas pu aboutir",  # noqa: RUF001  French
    (Letter.SENT, "en"): "Your order {number} is on its way",
    (Letter.SENT, "fr"): "Votre commande {number} est en route",
    (Letter.READY, "en"): "Your order {number} is ready to collect",
    (Letter.READY, "fr"): "Votre commande {number} est prête à être retirée",
    (Letter.REMINDER, "en"): "Your order {number} still waits for you",
    (Letter.REMINDER, "fr"): "Votre commande {number} vous attend encore",
    (Letter.UNCOLLECTED, "en"): "Your order {number} was not collected",
    (Letter.UNCOLLECTED, "fr"): "Votre commande {number} n’a pas été retirée",  # noqa: RUF001  French
    (Letter.CHOICE, "en"): "Your order {number}: please choose",
    (Letter.CHOICE, "fr"): "Votre commande {number} : à vous de choisir",
    (Letter.UNITS_CANCELED, "en"): "Pieces of your order {number} were canceled",
    (Letter.UNITS_CANCELED, "fr"): "Des pièces de votre commande {number} ont été annulées",
    (Letter.RETURN_ANNOUNCED, "en"): "Your return of order {number}",
    (Letter.RETURN_ANNOUNCED, "fr"): "Votre retour de la commande {number}",
    (Letter.RETURN_RECEIVED, "en"): "Your return of order {number} is here",
    (Letter.RETURN_RECEIVED, "fr"): "Votre retour de la commande {number} est arrivé",
    (Letter.RETURN_SETTLED, "en"): "Your refund for order {number}",
    (Letter.RETURN_SETTLED, "fr"): "Votre remboursement pour la commande {number}",
    (Letter.RETURN_REFUSED, "en"): "Your return of order {number} goes back to you",
    (Letter.RETURN_REFUSED, "fr"): "Votre retour de la commande {number} vous est renvoyé",
    (Letter.EXCHANGE_RELEASED, "en"): "Your exchange for order {number} goes out",
    (Letter.EXCHANGE_RELEASED, "fr"): "Votre échange pour la commande {number} part",
    (Letter.EXCHANGE_ENDED, "en"): "Your exchange for order {number} has ended",
    (Letter.EXCHANGE_ENDED, "fr"): "Votre échange pour la commande {number} prend fin",
    (Letter.EXCHANGE_SOLD_OUT, "en"): "Your exchange for order {number}: your money instead",
    (Letter.EXCHANGE_SOLD_OUT, "fr"): "Votre échange pour la commande {number} vous est remboursé",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a letter is about, and the shop that it speaks for."""

    event_id: int
    letter: Letter
    order: OrderRead
    channel: ChannelRead
    # What the letter tells of.
    work: FulfillmentRead | None = None
    back: ReturnRead | None = None
    choice: ChoiceRead | None = None


# A letter of a return is owed as long as it stands where the letter says: over the counter, all
# happens at once, and the customer hears of the money alone.
_STANDS: Final[Mapping[Letter, frozenset[ReturnState]]] = {
    Letter.RETURN_ANNOUNCED: frozenset({ReturnState.ANNOUNCED}),
    Letter.RETURN_RECEIVED: frozenset({ReturnState.RECEIVED, ReturnState.INSPECTED}),
    Letter.RETURN_SETTLED: frozenset({ReturnState.SETTLED}),
    Letter.RETURN_REFUSED: frozenset({ReturnState.REFUSED}),
    Letter.EXCHANGE_RELEASED: frozenset({ReturnState.INSPECTED, ReturnState.SETTLED}),
    # Who canceled has seen it, and who is refused hears of it in that letter.
    Letter.EXCHANGE_ENDED: frozenset({ReturnState.LAPSED, ReturnState.ON_THE_WAY}),
}


def is_told(letter: Letter, back: ReturnRead) -> bool:
    """Tell whether to write of a return: not of what is past, nor of what the customer knows.

    No money came back for what was exchanged, and what they carried out they have.
    """
    if letter is Letter.RETURN_SETTLED and back.is_exchanged:
        return False
    if letter is Letter.EXCHANGE_RELEASED:
        return any(one.way is not Way.CARRY and one.quantity for one in back.replacements)
    return back.state in _STANDS[letter]


def is_owed(letter: Letter, history: list[HistoryEntry]) -> bool:
    """Tell whether to write: of a cancellation only to someone who did not see it happen."""
    if letter is not Letter.CANCELED:
        return True
    ends = [one for one in history if one.subject == "payment" and one.what in {"refuse", "void"}]
    return bool(ends) and ends[-1].by in _WITHOUT_THEM


def compose(occasion: Occasion, *, settings: Settings, keys: Keys) -> Mail:
    """Write the letter of an occasion. The same occasion makes the same letter."""
    order, letter = occasion.order, occasion.letter
    lang = order.language if order.language in templates.LOCALES else "en"
    context = {
        "lang": lang,
        "order": order,
        "units_of": _units(occasion),
        "work": occasion.work,
        "back": occasion.back,
        "choice": occasion.choice,
        "banner": occasion.channel.banner_name,
        "country": Locale.parse(lang).territories.get(order.address.country, order.address.country),
        "url": _link(occasion, lang=lang, settings=settings, keys=keys),
        "shop_url": f"{_site(occasion.channel, settings)}/{lang}/",
    }
    text, html = (
        _environment().get_template(f"letters/{letter}.{ending}").render(context)
        for ending in ("txt", "html")
    )
    return Mail(
        id=uuid5(order.id, f"{letter}:{occasion.event_id}"),
        sender=settings.mail_from,
        to=order.email,
        to_name=order.address.name,
        subject=_SUBJECTS[letter, lang].format(number=order.number),
        text=text.strip() + "\n",
        html=html,
        lang=lang,
    )


def _units(occasion: Occasion) -> Mapping[OrderLineId, int]:
    """Return what a letter tells of, by line."""
    back, lines = occasion.back, occasion.order.lines
    if occasion.letter is Letter.EXCHANGE_SOLD_OUT:
        return {line.id: line.canceled_units for line in lines if line.replaces is not None}
    if occasion.letter is Letter.EXCHANGE_RELEASED and back is not None:
        return {one.line_id: one.quantity for one in back.replacements}
    if occasion.letter is Letter.EXCHANGE_ENDED and back is not None:
        ids = {one.line_id for one in back.replacements}
        return {line.id: line.canceled_units for line in lines if line.id in ids}
    told = back or occasion.work
    return told.parts if told else {line.id: line.canceled_units for line in occasion.order.bought}


def _link(occasion: Occasion, *, lang: str, settings: Settings, keys: Keys) -> str:
    """Link to the order or to what is asked; the page takes the key out of the address at once."""
    order_id = occasion.order.id
    path = f"orders/{public_id('ord', order_id)}"
    if occasion.choice is not None:
        path = f"choices/{public_id('cho', occasion.choice.id)}"
    page = f"{_site(occasion.channel, settings)}/{lang}/{path}"
    return f"{page}?key={link_key(keys, order_id)}"


def _site(channel: ChannelRead, settings: Settings) -> str:
    parts = urlsplit(settings.url)
    return f"{parts.scheme}://{channel.host or parts.netloc}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return templates.environment()
