"""Descriptions: the piece's own sentence, then what its maison says of matter, craft, wear."""

from collections.abc import Sequence
from dataclasses import dataclass

from sellier.demo.chance import chance
from sellier.demo.texts import english, french
from sellier.demo.words import Matter, Piece, PieceType, Saying, Voice

ORDERS = (
    ("matter", "craft", "wear"),
    ("craft", "matter", "wear"),
    ("wear", "craft", "sign"),
    ("matter", "wear", "sign"),
    ("craft", "wear"),
    ("matter", "craft", "sign"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    en: str
    fr: str


def text(en: str, fr: str) -> Text:
    return Text(en=english(en), fr=french(fr))


def describe(piece: Piece, *, sort: PieceType, matter: Matter, voice: Voice, turn: int) -> Text:
    """Return the description; neighbors in a list differ in order and in every sentence."""
    names = _names(piece, sort)
    said: list[Saying] = [(piece.english, piece.french)]
    for role in ORDERS[turn % len(ORDERS)]:
        choices = matter.says if role == "matter" else _said_of(names, voice=voice, role=role)
        if choices:
            start = chance(voice.code, sort.group, role).randrange(len(choices))
            # One step more each round of orders, or some sentences would never meet some orders.
            said.append(choices[(start + turn + turn // len(ORDERS)) % len(choices)])
    return text(" ".join(en for en, _ in said), " ".join(fr for _, fr in said))


def _names(piece: Piece, sort: PieceType) -> frozenset[str]:
    """Return what sentences may call such a piece: its type, its group, what it is set with."""
    names = {piece.type, sort.group}
    if all("/" in way for way in piece.ways.split()):
        names.add("pearls" if piece.material == "pearl" else "stones")
    return frozenset(names)


def _said_of(names: frozenset[str], *, voice: Voice, role: str) -> Sequence[Saying]:
    """Return what the maison may say, in this role, of pieces of this type or group."""
    fitting = [
        bank.says
        for bank in voice.sayings
        if bank.role == role and not bank.groups.isdisjoint(names)
    ]
    return [saying for says in fitting for saying in says]
