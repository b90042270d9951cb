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
    said: list[Saying] = [(piece.english, piece.french)]
    for role in ORDERS[turn % len(ORDERS)]:
        choices = (
            matter.says if role == "matter" else sayings(voice, piece.type, sort.group, role=role)
        )
        if choices:
            start = chance(voice.code, sort.group, role).randrange(len(choices))
            said.append(choices[(start + turn) % len(choices)])
    return text(" ".join(en for en, _ in said), " ".join(fr for _, fr in said))


def sayings(voice: Voice, *names: str, role: str) -> Sequence[Saying]:
    """Return what the maison may say, in this role, of pieces of this type or group."""
    fitting = [
        bank.says
        for bank in voice.sayings
        if bank.role == role and not bank.groups.isdisjoint(names)
    ]
    return [saying for says in fitting for saying in says]
