"""What slips say, in both languages; a language that lacks a word does not pass the type check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language. Where a number goes, the text has {}."""

    packing_slip: str
    pick_list: str
    recipient: str
    order: str
    prepared: str
    location: str
    piece: str
    pieces: str
    page: str
    place: str


WORDS: Final[Mapping[str, Words]] = {
    "en": Words(
        packing_slip="Packing slip",
        pick_list="Pick list",
        recipient="For",
        order="Order",
        prepared="Prepared on",
        location="Prepared at",
        piece="{} piece",
        pieces="{} pieces",
        page="Page {} of {}",
        place="Elsewhere",
    ),
    "fr": Words(
        packing_slip="Bon de livraison",
        pick_list="Liste de prélèvement",
        recipient="Pour",
        order="Commande",
        prepared="Préparée le",
        location="Préparée à",
        piece="{} pièce",
        pieces="{} pièces",
        page="Page {} sur {}",
        place="Ailleurs",
    ),
}


def counted(words: Words, count: int, *, lang: str) -> str:
    """Return `3 pieces`; French has none in the singular too."""
    is_one = count == 1 or (lang == "fr" and count == 0)
    return (words.piece if is_one else words.pieces).format(count)
