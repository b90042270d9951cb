"""What a drawing needs to know of a piece: its kind, shape, material, colors and variation."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    HANDBAG = "handbag"
    SMALL_LEATHER = "small_leather"
    SHOE = "shoe"
    GARMENT = "garment"
    SCARF = "scarf"
    JEWELRY = "jewelry"
    WATCH = "watch"
    BOTTLE = "bottle"
    BEAUTY = "beauty"
    EYEWEAR = "eyewear"
    CANDLE = "candle"


class Material(StrEnum):
    CALF = "calf"
    GRAINED = "grained"
    SUEDE = "suede"
    PATENT = "patent"
    QUILTED = "quilted"
    CANVAS = "canvas"
    SILK = "silk"
    SATIN = "satin"
    LACE = "lace"
    WOOL = "wool"
    TWEED = "tweed"
    CASHMERE = "cashmere"
    KNIT = "knit"
    COTTON = "cotton"
    LINEN = "linen"
    DENIM = "denim"
    GOLD = "gold"
    ROSE_GOLD = "rose_gold"
    SILVER = "silver"
    STEEL = "steel"
    PLATINUM = "platinum"
    PEARL = "pearl"
    GLASS = "glass"
    FROSTED_GLASS = "frosted_glass"
    ACETATE = "acetate"
    CERAMIC = "ceramic"
    LACQUER = "lacquer"


SHAPES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.HANDBAG: (
            "tote",
            "flap",
            "hobo",
            "bucket",
            "clutch",
            "top_handle",
            "crossbody",
            "backpack",
            "saddle",
        ),
        Kind.SMALL_LEATHER: ("wallet", "card_holder", "belt", "key_pouch"),
        Kind.SHOE: (
            "pump",
            "slingback",
            "loafer",
            "sneaker",
            "ankle_boot",
            "tall_boot",
            "sandal",
            "ballerina",
            "derby",
        ),
        Kind.GARMENT: (
            "coat",
            "trench",
            "blazer",
            "jacket",
            "dress",
            "gown",
            "skirt",
            "pleated_skirt",
            "trousers",
            "shirt",
            "blouse",
            "knit",
            "cardigan",
            "t_shirt",
        ),
        Kind.SCARF: ("square", "stole", "tie"),
        Kind.JEWELRY: (
            "ring",
            "solitaire",
            "necklace",
            "pendant",
            "bracelet",
            "bangle",
            "hoops",
            "studs",
        ),
        Kind.WATCH: ("round", "square", "tonneau"),
        Kind.BOTTLE: ("tall", "square", "round", "flacon"),
        Kind.BEAUTY: ("lipstick", "compact", "nail_polish", "jar", "serum", "mascara", "brush"),
        Kind.EYEWEAR: ("round", "cat_eye", "aviator", "rectangular"),
        Kind.CANDLE: ("tumbler", "jar"),
    }
)

_LEATHERS = (
    Material.CALF,
    Material.GRAINED,
    Material.SUEDE,
    Material.PATENT,
    Material.QUILTED,
)
_METALS = (
    Material.GOLD,
    Material.ROSE_GOLD,
    Material.SILVER,
    Material.STEEL,
    Material.PLATINUM,
)

# What a piece of each kind is sensibly made of; the first is the most usual.
MATERIALS: Mapping[Kind, tuple[Material, ...]] = MappingProxyType(
    {
        Kind.HANDBAG: (*_LEATHERS, Material.CANVAS, Material.TWEED, Material.SATIN),
        Kind.SMALL_LEATHER: (*_LEATHERS, Material.CANVAS),
        Kind.SHOE: (*_LEATHERS, Material.CANVAS, Material.SATIN, Material.TWEED),
        Kind.GARMENT: (
            Material.WOOL,
            Material.TWEED,
            Material.CASHMERE,
            Material.KNIT,
            Material.COTTON,
            Material.LINEN,
            Material.DENIM,
            Material.SILK,
            Material.SATIN,
            Material.LACE,
            Material.CALF,
            Material.SUEDE,
        ),
        Kind.SCARF: (Material.SILK, Material.CASHMERE, Material.WOOL, Material.LINEN),
        Kind.JEWELRY: (*_METALS, Material.PEARL, Material.CERAMIC, Material.LACQUER),
        Kind.WATCH: (*_METALS, Material.CERAMIC),
        Kind.BOTTLE: (Material.GLASS, Material.FROSTED_GLASS, Material.LACQUER),
        Kind.BEAUTY: (Material.LACQUER, Material.GLASS, Material.FROSTED_GLASS, *_METALS[:3]),
        Kind.EYEWEAR: (Material.ACETATE, *_METALS[:4]),
        Kind.CANDLE: (
            Material.GLASS,
            Material.FROSTED_GLASS,
            Material.CERAMIC,
            Material.LACQUER,
        ),
    }
)

_JEWELS = (*_METALS, Material.PEARL)
_CASES = (Material.LACQUER, *_METALS[:3])
_JARS = (Material.GLASS, Material.FROSTED_GLASS, Material.LACQUER)
_KNITTED = (Material.KNIT, Material.CASHMERE, Material.WOOL)
_TAILORED = (
    Material.WOOL,
    Material.CASHMERE,
    Material.TWEED,
    Material.LINEN,
    Material.CALF,
    Material.SUEDE,
)
_LIGHT = (Material.COTTON, Material.SILK, Material.SATIN, Material.LINEN, Material.LACE)
_CHOICES: Mapping[tuple[Kind, str], tuple[Material, ...]] = MappingProxyType(
    {
        **{
            (Kind.JEWELRY, shape): _JEWELS
            for shape in ("necklace", "pendant", "bracelet", "hoops", "studs")
        },
        (Kind.JEWELRY, "solitaire"): _METALS,
        (Kind.JEWELRY, "ring"): (*_JEWELS, Material.CERAMIC, Material.LACQUER),
        (Kind.JEWELRY, "bangle"): (*_METALS, Material.CERAMIC, Material.LACQUER),
        **{(Kind.BEAUTY, shape): _CASES for shape in ("lipstick", "compact", "mascara", "brush")},
        **{(Kind.GARMENT, shape): _KNITTED for shape in ("knit", "cardigan")},
        **{(Kind.GARMENT, shape): _TAILORED for shape in ("coat", "blazer")},
        **{(Kind.GARMENT, shape): _LIGHT for shape in ("shirt", "blouse", "gown")},
        (Kind.GARMENT, "trench"): (Material.COTTON, Material.WOOL, Material.CALF, Material.SUEDE),
        (Kind.GARMENT, "t_shirt"): (
            Material.COTTON,
            Material.LINEN,
            Material.SILK,
            Material.CASHMERE,
        ),
        (Kind.SCARF, "square"): (Material.SILK, Material.CASHMERE),
        (Kind.SCARF, "tie"): (Material.SILK, Material.WOOL, Material.CASHMERE, Material.LINEN),
        **{(Kind.BEAUTY, shape): _JARS for shape in ("nail_polish", "jar", "serum")},
    }
)


def materials_of(kind: Kind, shape: str) -> tuple[Material, ...]:
    """Say what a shape is sensibly made of; the first is the most usual."""
    return _CHOICES.get((kind, shape), MATERIALS[kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that decides a drawing: two equal looks are drawn alike, byte for byte."""

    kind: Kind
    shape: str  # one of SHAPES[kind]
    material: Material
    # A key of PALETTE: leather, cloth, dial, juice, shade of make-up, or stone; for jewelry a metal
    # means none and white diamonds; for metal glasses it tints the lenses.
    color: str
    # A key of PALETTE: a metal for hardware and buttons, a color for trimmings, caps, the strap of
    # a watch, the lenses of acetate glasses, or the second color of a print.
    accent: str | None = None
    variation: int = 0  # small differences; from 12 on also the design of a cloth, see prints

    def __post_init__(self) -> None:
        assert self.shape in SHAPES[self.kind], f"{self.kind} has no shape {self.shape}"
