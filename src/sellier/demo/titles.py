"""Titles: what the piece is, its name, its matter, its color, in the order each language wants."""

from sellier.demo.drawings.look import Kind
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.prints import Print
from sellier.demo.prose import Text, text
from sellier.demo.texts import english_color, french_color, upper_first
from sellier.demo.words import Matter, Piece, PieceType

METALS = {
    "gold": ("18K yellow gold", "or jaune 18 carats"),
    "rose_gold": ("18K rose gold", "or rose 18 carats"),
    "platinum": ("platinum", "platine"),
    "silver": ("sterling silver", "argent massif"),
    "steel": ("steel", "acier"),
    "gunmetal": ("blackened steel", "acier noirci"),
    "pale_gold": ("18K pale gold", "or pâle 18 carats"),
}
# One stone and several, in English and in French.
STONES = {
    "white": ("diamond", "diamonds", "diamant", "diamants"),
    "ivory": ("cultured pearl", "cultured pearls", "perle de culture", "perles de culture"),
    "emerald": ("emerald", "emeralds", "émeraude", "émeraudes"),
    "cobalt": ("sapphire", "sapphires", "saphir", "saphirs"),
    "garnet": ("garnet", "garnets", "grenat", "grenats"),
    "red": ("ruby", "rubies", "rubis", "rubis"),
    "violet": ("amethyst", "amethysts", "améthyste", "améthystes"),
    "rose": ("morganite", "morganites", "morganite", "morganites"),
    "saffron": ("citrine", "citrines", "citrine", "citrines"),
    "sky": ("aquamarine", "aquamarines", "aigue-marine", "aigues-marines"),
    "almond": ("peridot", "peridots", "péridot", "péridots"),
    "black": ("onyx", "onyx", "onyx", "onyx"),
    "teal": ("tourmaline", "tourmalines", "tourmaline", "tourmalines"),
}
PATTERNS = {
    Print.STRIPE: Text(en="striped", fr="à rayures"),
    Print.CHECK: Text(en="checked", fr="à carreaux"),
    Print.HOUNDSTOOTH: Text(en="houndstooth", fr="pied-de-poule"),
    Print.FLORAL: Text(en="floral", fr="à fleurs"),
    Print.DOTS: Text(en="dotted", fr="à pois"),
}
ONE_STONE = frozenset({"solitaire", "pendant"})


def product_title(piece: Piece, sort: PieceType) -> Text:
    """Name the product whatever its color."""
    return text(f"{piece.name} {sort.english}", upper_first(f"{sort.french} {piece.name}"))


def style_color_title(
    piece: Piece, sort: PieceType, matter: Matter, *, way: str, design: Print
) -> Text:
    """Name the product in one of its colors."""
    named = product_title(piece, sort)
    if sort.colorless:
        return named
    if sort.group == "makeup":
        return _shade_title(named, way=way)
    if sort.kind is Kind.WATCH:
        return _watch_title(named, matter, way=way)
    return _material_title(named, _made_of(sort, matter, way=way), pattern=PATTERNS.get(design))


def _material_title(named: Text, made_of: Text, *, pattern: Text | None) -> Text:
    before, after = (f"{pattern.en} ", f" {pattern.fr}") if pattern else ("", "")
    return text(f"{named.en} in {before}{made_of.en}", f"{named.fr} en {made_of.fr}{after}")


def _made_of(sort: PieceType, matter: Matter, *, way: str) -> Text:
    material = material_words(sort, matter, way=way)
    if sort.kind is Kind.JEWELRY:
        return material
    key = way.partition("/")[0]
    shade = PALETTE[key]
    color = french_color(key, name=shade.french, gender=matter.gender)
    return text(f"{english_color(key, name=shade.english)} {material.en}", f"{material.fr} {color}")


def _shade_title(named: Text, *, way: str) -> Text:
    shade = PALETTE[way]
    return text(f"{named.en}, {shade.english}", f"{named.fr}, {shade.french}")


def _watch_title(named: Text, matter: Matter, *, way: str) -> Text:
    key = way.partition("/")[0]
    shade = PALETTE[key]
    dial = french_color(key, name=shade.french, gender="m")
    return text(
        f"{named.en} in {matter.en}, {english_color(key, name=shade.english)} dial",
        f"{named.fr} en {matter.fr}, cadran {dial}",
    )


def material_words(sort: PieceType, matter: Matter, *, way: str) -> Text:
    """Say what the piece is made of, as a label would."""
    if sort.kind is not Kind.JEWELRY:
        return text(matter.en, matter.fr)
    metal, _, stone = way.partition("/")
    metal_en, metal_fr = METALS[metal]
    if not stone:
        return text(metal_en, metal_fr)
    one_en, many_en, one_fr, many_fr = STONES[stone]
    single = sort.shape in ONE_STONE
    stone_en, stone_fr = (one_en, one_fr) if single else (many_en, many_fr)
    return text(f"{metal_en} and {stone_en}", f"{metal_fr} et {stone_fr}")
