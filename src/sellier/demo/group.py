"""The invented group: its maisons, banners, companies, markets, channels, places, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sellier.demo import places
from sellier.demo.places import Location, Tier

GROUP = "Groupe Aubrevoie"
DEFAULT_BANNER = "place-dauphine"


class Face(StrEnum):
    """The choices of type a theme may make; the design system says which fonts they are."""

    SERIF = "serif"
    DIDONE = "didone"
    SANS = "sans"
    GROTESQUE = "grotesque"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    ink: str
    paper: str
    accent: str
    hairline: str
    display: Face
    text: Face
    radius_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name on products; `maison` says whether it is a house of the group."""

    code: str
    name: str
    maison: bool
    country: str
    strapline_en: str
    strapline_fr: str
    theme: Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    code: str
    name: str
    strapline_en: str
    strapline_fr: str
    theme: Theme
    legal_entity: str
    markets: Sequence[str]  # the first is the one a new visitor gets


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEntity:
    code: str
    name: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    code: str
    name: str
    legal_entity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    code: str
    name_en: str
    name_fr: str
    currency: str
    languages: Sequence[str]  # the first is the market's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One online store: what it lists, where and by whom it is sold."""

    code: str
    banner: str
    seller: str
    markets: Sequence[str]
    brands: Sequence[str]
    top_categories: Sequence[str]  # English names of the tree's top level


class Role(StrEnum):
    ASSOCIATE = "associate"
    ORDER_DESK = "order_desk"
    MERCHANDISER = "merchandiser"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    email: str
    display_name: str
    role: Role
    location: str | None  # only associates belong to one
    language: str


def _theme(colors: str, *, display: Face, text: Face) -> Theme:
    """Make a theme of ink, paper, accent and hairline, written apart by spaces."""
    ink, paper, accent, hairline = colors.split()
    radius = 2 if display is Face.SANS else 0
    return Theme(
        ink=ink,
        paper=paper,
        accent=accent,
        hairline=hairline,
        display=display,
        text=text,
        radius_px=radius,
    )


def _brand(code: str, name: str, country: str, *, said: tuple[str, str], theme: Theme) -> Brand:
    return Brand(
        code=code,
        name=name,
        maison=code not in PARTNERS,
        country=country,
        strapline_en=said[0],
        strapline_fr=said[1],
        theme=theme,
    )


PARTNERS = frozenset({"hinokaze", "verdoline"})
_S, _D, _N, _G = Face.SERIF, Face.DIDONE, Face.SANS, Face.GROTESQUE

# The order is for good: a brand's place is part of its article numbers. Add at the end.
BRANDS: tuple[Brand, ...] = (
    _brand(
        "aubrecourt",
        "Aubrecourt",
        "FR",
        said=("Saddle-stitched in Paris", "Cousu sellier, à Paris"),
        theme=_theme("#2a1c14 #fbf8f3 #8f4a22 #e3d8c8", display=_S, text=_N),
    ),
    _brand(
        "ravanelle",
        "Ravanelle",
        "FR",
        said=("Couture, line by line", "La couture, trait pour trait"),
        theme=_theme("#111114 #ffffff #561722 #dddddd", display=_D, text=_N),
    ),
    _brand(
        "torrefina",
        "Torrefina",
        "IT",
        said=("Shoes that know the way", "Des souliers qui connaissent le chemin"),
        theme=_theme("#231a17 #fdfaf6 #b25a3c #e8dbd0", display=_S, text=_N),
    ),
    _brand(
        "celandre",
        "Célandre",
        "FR",
        said=("Light, held a moment", "La lumière, un instant retenue"),
        theme=_theme("#14202c #fdfdfb #1f5a62 #d9dfe0", display=_D, text=_N),
    ),
    _brand(
        "orbevaux",
        "Orbevaux",
        "CH",
        said=("Time, patiently", "Le temps, patiemment"),
        theme=_theme("#15181c #f7f7f5 #1d2742 #d6d6d3", display=_G, text=_G),
    ),
    _brand(
        "embrune",
        "Embrune",
        "FR",
        said=("Perfumes of salt and shade", "Parfums de sel et d'ombre"),
        theme=_theme("#1c2a2b #f6f8f6 #1f5a62 #d3dcd8", display=_S, text=_N),
    ),
    _brand(
        "velmee",
        "Velmée",
        "FR",
        said=("Color that listens to skin", "La couleur à l'écoute de la peau"),
        theme=_theme("#2b1820 #fdf7f5 #b62a68 #eccfc6", display=_D, text=_N),
    ),
    _brand(
        "ardkellan",
        "Ardkellan",
        "GB",
        said=("Knitted where the wind is", "Tricoté là où souffle le vent"),
        theme=_theme("#22402f #f8f6f0 #66623c #d8d4c4", display=_S, text=_N),
    ),
    _brand(
        "occhialba",
        "Occhialba",
        "IT",
        said=("First light, well framed", "L'aube, bien cadrée"),
        theme=_theme("#1f1e20 #faf9f6 #dda02c #dedad0", display=_G, text=_G),
    ),
    _brand(
        "serilonne",
        "Sérilonne",
        "FR",
        said=("Silk, printed like a page", "La soie, imprimée comme une page"),
        theme=_theme("#20204a #fdfbf7 #cf3a22 #e2dccf", display=_S, text=_N),
    ),
    _brand(
        "pellingrove",
        "Pellingrove",
        "GB",
        said=("Tailoring with its sleeves rolled up", "L'art du tailleur, manches retroussées"),
        theme=_theme("#1d2742 #fbfaf7 #561722 #d9d6cd", display=_S, text=_N),
    ),
    _brand(
        "hinokaze",
        "Hinokaze",
        "JP",
        said=("Less to carry", "Moins à porter"),
        theme=_theme("#1a1a1a #ffffff #646a73 #e4e4e4", display=_G, text=_G),
    ),
    _brand(
        "verdoline",
        "Verdoline",
        "FR",
        said=("Garden skincare", "Soins de jardin"),
        theme=_theme("#2c3a26 #f9faf5 #94a189 #dbe2d2", display=_N, text=_N),
    ),
)
MAISONS: tuple[Brand, ...] = tuple(brand for brand in BRANDS if brand.maison)

LEGAL_ENTITIES: tuple[LegalEntity, ...] = (
    LegalEntity(code="dauphine-fr", name="Place Dauphine SAS", country="FR", currency="EUR"),
    LegalEntity(code="fleur-fr", name="Fleur de Peau SAS", country="FR", currency="EUR"),
    LegalEntity(code="large-fr", name="Grand Large SA", country="FR", currency="EUR"),
    LegalEntity(code="aubrevoie-gb", name="Aubrevoie UK Ltd", country="GB", currency="GBP"),
    LegalEntity(code="aubrevoie-us", name="Aubrevoie Americas Inc.", country="US", currency="USD"),
)

SELLERS: tuple[Seller, ...] = (
    Seller(code="place-dauphine", name="Place Dauphine", legal_entity="dauphine-fr"),
    Seller(code="fleur-de-peau", name="Fleur de Peau", legal_entity="fleur-fr"),
    Seller(code="grand-large", name="Grand Large", legal_entity="large-fr"),
    Seller(code="aubrevoie-uk", name="Aubrevoie UK", legal_entity="aubrevoie-gb"),
    Seller(code="aubrevoie-americas", name="Aubrevoie Americas", legal_entity="aubrevoie-us"),
)

MARKETS: tuple[Market, ...] = (
    Market(code="FR", name_en="France", name_fr="France", currency="EUR", languages=("fr", "en")),
    Market(
        code="GB",
        name_en="United Kingdom",
        name_fr="Royaume-Uni",
        currency="GBP",
        languages=("en",),
    ),
    Market(
        code="US",
        name_en="United States",
        name_fr="États-Unis",
        currency="USD",
        languages=("en", "fr"),
    ),
)

BANNERS: tuple[Banner, ...] = (
    Banner(
        code="place-dauphine",
        name="Place Dauphine",
        strapline_en="The maisons, under one roof of chestnut trees",
        strapline_fr="Les maisons, à l’ombre des mêmes marronniers",  # noqa: RUF001 -- French
        theme=_theme("#1c1b1a #ffffff #7d1a28 #e2dfda", display=_D, text=_N),
        legal_entity="dauphine-fr",
        markets=("FR", "GB", "US"),
    ),
    Banner(
        code="fleur-de-peau",
        name="Fleur de Peau",
        strapline_en="Beauty, at skin's length",
        strapline_fr="La beauté, à même la peau",
        theme=_theme("#3a1f28 #fdf6f3 #b25a5f #eddad3", display=_S, text=_N),
        legal_entity="fleur-fr",
        markets=("FR", "GB", "US"),
    ),
    Banner(
        code="grand-large",
        name="Grand Large",
        strapline_en="The department store with a sea view",
        strapline_fr="Le grand magasin, vue sur mer",
        theme=_theme("#12233a #fcfcfa #1f5a8a #d5dce2", display=_N, text=_N),
        legal_entity="large-fr",
        markets=("FR", "GB"),
    ),
)

LOCATIONS: tuple[Location, ...] = places.LOCATIONS

BEAUTY_TOPS = ("Fragrance", "Make-up", "Skincare", "Home")
FASHION_TOPS = (
    "Bags",
    "Small leather goods",
    "Shoes",
    "Clothing",
    "Jewelry",
    "Watches",
    "Eyewear",
    "Accessories",
)
_BEAUTY_BRANDS = ("embrune", "velmee", "verdoline")
_EVERY_BRAND = tuple(brand.code for brand in BRANDS)
_LARGE_BRANDS = tuple(code for code in _EVERY_BRAND if code not in {"celandre", "ravanelle"})

CHANNELS: tuple[Channel, ...] = (
    Channel(
        code="place-dauphine-online",
        banner="place-dauphine",
        seller="place-dauphine",
        markets=("FR", "GB", "US"),
        brands=_EVERY_BRAND,
        top_categories=(*FASHION_TOPS, *BEAUTY_TOPS),
    ),
    Channel(
        code="fleur-de-peau-online",
        banner="fleur-de-peau",
        seller="fleur-de-peau",
        markets=("FR", "GB", "US"),
        brands=_BEAUTY_BRANDS,
        top_categories=BEAUTY_TOPS,
    ),
    Channel(
        code="grand-large-online",
        banner="grand-large",
        seller="grand-large",
        markets=("FR", "GB"),
        brands=_LARGE_BRANDS,
        top_categories=(*FASHION_TOPS, *BEAUTY_TOPS),
    ),
)

STAFF: tuple[StaffMember, ...] = (
    StaffMember(
        email="camille@place-dauphine.example",
        display_name="Camille",
        role=Role.ASSOCIATE,
        location="PD-PAR",
        language="fr",
    ),
    StaffMember(
        email="rosalind@place-dauphine.example",
        display_name="Rosalind",
        role=Role.ASSOCIATE,
        location="PD-LON",
        language="en",
    ),
    StaffMember(
        email="yanis@fleur-de-peau.example",
        display_name="Yanis",
        role=Role.ASSOCIATE,
        location="FP-BOD",
        language="fr",
    ),
    StaffMember(
        email="commandes@aubrevoie.example",
        display_name="Solène, order desk",
        role=Role.ORDER_DESK,
        location=None,
        language="fr",
    ),
    StaffMember(
        email="merch@aubrevoie.example",
        display_name="Tom, merchandising",
        role=Role.MERCHANDISER,
        location=None,
        language="en",
    ),
)


def carries(place: Location, brand: str, category: str) -> bool:
    """Say whether pieces of this brand and category may lie at this place."""
    if place.tier is Tier.WAREHOUSE:
        return True
    if place.maison is not None:
        return place.maison == brand
    listed = next(channel for channel in CHANNELS if channel.banner == place.banner)
    return brand in listed.brands and category not in place.without
