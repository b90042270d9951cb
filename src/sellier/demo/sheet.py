"""The product sheet: dimensions, details, matter, care, origin, as facts in both languages."""

from collections.abc import Iterator, Sequence

from sellier.demo.chance import chance
from sellier.demo.texts import english, french
from sellier.demo.words import Fact, Matter, Piece, PieceType, Saying, facts

CARE = Fact(section=("Care", "Entretien"), name=("Advice", "Conseil"), values=())
ORIGIN = Fact(section=("Details", "Détails"), name=("Made in", "Fabriqué en"), values=())
FAMILY = Fact(
    section=("Details", "Détails"), name=("Olfactory family", "Famille olfactive"), values=()
)


def sheet_facts(
    piece: Piece, *, sort: PieceType, matter: Matter, made: Saying, code: str
) -> Sequence[Fact]:
    """Return the facts of one product, each with the one value chosen for it."""
    return tuple(_chosen(piece, sort=sort, matter=matter, made=made, code=code))


def _chosen(
    piece: Piece, *, sort: PieceType, matter: Matter, made: Saying, code: str
) -> Iterator[Fact]:
    for fact in (*facts().get(piece.type, ()), *facts().get(sort.group, ())):
        value = chance(code, fact.name[0]).choice(fact.values)
        yield _with(fact, value)
    if matter.family:
        yield _with(FAMILY, matter.family)
    yield _with(CARE, matter.care)
    yield _with(ORIGIN, made)


def _with(fact: Fact, value: Saying) -> Fact:
    return Fact(section=fact.section, name=fact.name, values=(value,))


def detail_en(known: Sequence[Fact]) -> str:
    """Write facts as the product data specification does: section:name:value, ..."""
    lines = (f"{fact.section[0]}:{fact.name[0]}:{english(fact.values[0][0])}" for fact in known)
    return ",".join(lines)


def detail_fr(known: Sequence[Fact]) -> str:
    lines = (
        f"{french(fact.section[1])}:{french(fact.name[1])}:{french(fact.values[0][1])}"
        for fact in known
    )
    return ",".join(lines)
