"""From the banks to the catalog: products, style-colors, variants. The same at every run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sellier.demo import titles
from sellier.demo.drawings.look import Kind, Look
from sellier.demo.drawings.prints import Print
from sellier.demo.group import BRANDS
from sellier.demo.gtin import gtin
from sellier.demo.looks import look_of, print_of
from sellier.demo.prices import market_prices, rounded
from sellier.demo.prose import Text, describe
from sellier.demo.sheet import sheet_facts
from sellier.demo.sizes import Scale, scale_of
from sellier.demo.texts import plain
from sellier.demo.words import Chapter, Fact, Matter, Piece, PieceType, Voice, piece_types, voice
from sellier.demo.words import materials as matters

FIRST_NUMBER = 101
METAL_FACTOR = {"silver": 0.2, "platinum": 1.15}
STONE_FACTOR = {"white": 1.6, "black": 1.1, "ivory": 1.15}
OTHER_STONE_FACTOR = 1.35
CLEAR_STONES = frozenset({"white", "ivory"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    sku: str
    size: str
    gtin: str
    prices: Mapping[str, int]  # whole units of each market's currency


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleColor:
    code: str
    mpn: str
    title: Text
    color: str | None  # a key of PALETTE
    pattern: Text | None
    look: Look
    material: Text
    variants: Sequence[Variant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    code: str
    brand: str  # a key of BRANDS
    name: str
    type: str
    category: str
    group: str
    gender: str
    scale: Scale
    title: Text
    description: Text
    facts: Sequence[Fact]
    style_colors: Sequence[StyleColor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A piece of a bank with all that is known around it."""

    code: str
    house: int  # the maison's place in the group, for its article numbers
    number: int
    voice: Voice
    chapter: Chapter
    piece: Piece

    @property
    def type(self) -> PieceType:
        return piece_types()[self.piece.type]

    @property
    def print(self) -> Print:
        return print_of(self.piece, self.voice)

    @property
    def matter(self) -> Matter:
        return matters()[self.piece.material]


@cache
def products() -> Sequence[Product]:
    """Return all that the group sells."""
    return tuple(_product(design) for design in designs())


def designs() -> Iterator[Design]:
    for house, brand in enumerate(BRANDS, start=1):
        spoken = voice(brand.code)
        pieces = [(chapter, piece) for chapter in spoken.chapters for piece in chapter.pieces]
        for number, (chapter, piece) in enumerate(pieces, start=FIRST_NUMBER):
            yield Design(
                code=f"{spoken.prefix}{number}",
                house=house,
                number=number,
                voice=spoken,
                chapter=chapter,
                piece=piece,
            )


def _product(design: Design) -> Product:
    scale = scale_of(design.type.scale, gender=design.chapter.gender)
    ways = design.piece.ways.split()
    return Product(
        code=design.code,
        brand=design.voice.code,
        name=design.piece.name,
        type=design.piece.type,
        category=design.type.category,
        group=design.type.group,
        gender=design.chapter.gender,
        scale=scale,
        title=titles.product_title(design.piece, design.type),
        description=describe(
            design.piece,
            sort=design.type,
            matter=design.matter,
            voice=design.voice,
            turn=design.number,
        ),
        facts=sheet_facts(
            design.piece,
            sort=design.type,
            matter=design.matter,
            made=design.chapter.made or design.voice.made,
            code=design.code,
        ),
        style_colors=tuple(
            _style_color(design, scale=scale, way=way, place=place)
            for place, way in enumerate(ways)
        ),
    )


def _style_color(design: Design, *, scale: Scale, way: str, place: int) -> StyleColor:
    first, _, second = way.partition("/")
    colorless = design.type.colorless
    code = design.code if colorless else f"{design.code}-{plain(way)}"
    jewel = design.type.kind is Kind.JEWELRY
    color = second if jewel and second and second not in CLEAR_STONES else first
    return StyleColor(
        code=code,
        mpn=_mpn(design, way=way),
        title=titles.style_color_title(
            design.piece, design.type, design.matter, way=way, design=design.print
        ),
        color=None if colorless else color,
        pattern=titles.PATTERNS.get(design.print),
        look=look_of(
            design.piece,
            code=design.code,
            sort=design.type,
            matter=design.matter,
            chapter=design.chapter,
            way=way,
            voice=design.voice,
        ),
        material=titles.material_words(design.type, design.matter, way=way),
        variants=_variants(design, scale=scale, code=code, way=way, place=place),
    )


def _variants(
    design: Design, *, scale: Scale, code: str, way: str, place: int
) -> tuple[Variant, ...]:
    factor = _way_factor(design.type, way)
    shares = scale.share or (1.0,) * len(scale.sizes)
    first_serial = (design.number * 100 + place) * 100
    return tuple(
        Variant(
            sku=f"{code}-{plain(size)}",
            size=size,
            gtin=gtin(house=design.house, serial=first_serial + at),
            prices=market_prices(_euros(design.piece, factor * share), voice=design.voice),
        )
        for at, (size, share) in enumerate(zip(scale.sizes, shares, strict=True))
    )


def _euros(piece: Piece, factor: float) -> int:
    """Keep the price the maison wrote; round those that follow from it."""
    return piece.price if factor == 1 else rounded(piece.price * factor)


def _way_factor(sort: PieceType, way: str) -> float:
    if sort.kind is not Kind.JEWELRY:
        return 1.0
    metal, _, stone = way.partition("/")
    stones = STONE_FACTOR.get(stone, OTHER_STONE_FACTOR) if stone else 1.0
    return METAL_FACTOR.get(metal, 1.0) * stones


def _mpn(design: Design, *, way: str) -> str:
    """Return the maison's own reference: its letters, model, leather or cloth, color."""
    cloth = plain(design.piece.material)[:3]
    color = "".join(word[:2] for word in plain(way).split("-"))
    return f"{design.voice.prefix}{design.number:04d}.{cloth}.{color}"
