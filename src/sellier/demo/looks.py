"""Which drawing a piece gets: from its type, matter and colors to the look that is drawn."""

from sellier.demo.chance import chance
from sellier.demo.drawings.look import Kind, Look, Material, materials_of
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.prints import Print, variation_for
from sellier.demo.words import Chapter, Matter, Piece, PieceType, Voice

VARIATIONS = 12
# The drawings leave every third pair of lenses clear, by variation.
CLEAR = (2, 5, 8, 11)
TINTED = (0, 1, 3, 4, 6, 7, 9, 10)
# Where a material has no drawing of its own for this shape, the nearest that has one.
NEAREST = {Material.KNIT: Material.WOOL, Material.SATIN: Material.SILK}
METALS = {
    "gold": Material.GOLD,
    "rose_gold": Material.ROSE_GOLD,
    "pale_gold": Material.GOLD,
    "platinum": Material.PLATINUM,
    "silver": Material.SILVER,
    "steel": Material.STEEL,
    "gunmetal": Material.STEEL,
}
# Straps by the metal of the case; None is a bracelet of that metal.
STRAPS: dict[Material, tuple[str | None, ...]] = {
    Material.STEEL: (None, "black", None, "navy", "cognac", None, "chestnut"),
    Material.ROSE_GOLD: ("chocolate", "black", "burgundy", "navy"),
    Material.CERAMIC: (None, "black"),
}


def print_of(piece: Piece, voice: Voice) -> Print:
    return voice.prints.get(piece.name, Print.PLAIN)


def look_of(
    piece: Piece,
    *,
    code: str,
    sort: PieceType,
    matter: Matter,
    chapter: Chapter,
    way: str,
    voice: Voice,
) -> Look:
    """Return the look of one style-color."""
    first, _, second = way.partition("/")
    color, accent = first, second or chapter.accent
    if sort.kind is Kind.JEWELRY:
        color, accent = second or first, first
    if sort.kind is Kind.WATCH:
        accent = second or chance(code, "strap").choice(STRAPS[matter.look])
    assert color in PALETTE, f"{code}: no color {color}"
    return Look(
        kind=sort.kind,
        shape=sort.shape,
        material=_material(piece, sort=sort, matter=matter, first=first),
        color=color,
        accent=accent,
        variation=_variation(piece, code=code, sort=sort, chapter=chapter, voice=voice),
    )


def _material(piece: Piece, *, sort: PieceType, matter: Matter, first: str) -> Material:
    material = matter.look
    if sort.kind is Kind.EYEWEAR or (sort.kind is Kind.JEWELRY and piece.material == "metal"):
        material = METALS.get(first, material)
    fitting = materials_of(sort.kind, sort.shape)
    if material in fitting:
        return material
    nearest = NEAREST.get(material, fitting[0])
    return nearest if nearest in fitting else fitting[0]


def _variation(piece: Piece, *, code: str, sort: PieceType, chapter: Chapter, voice: Voice) -> int:
    random = chance(code, "look")
    if sort.kind is Kind.EYEWEAR:
        return random.choice(CLEAR if piece.type.endswith("frames") else TINTED)
    detail = voice.details.get(piece.name, random.randrange(VARIATIONS))
    if sort.shape == "shirt" and chapter.gender != "female":
        detail -= detail % 2  # every second shirt has ruffles
    return variation_for(print_of(piece, voice), detail)
