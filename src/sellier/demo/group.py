"""The invented group: its maisons, banners, companies, markets, channels, places, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sellier.demo import places
from sellier.demo.places import Location, Tier

GROUP = "Groupe Aubrevoie"
DEFAULT_BANNER = "place-dauphine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name on products; `maison` says whether it is a house of the group."""

    code: str
    name: str
    maison: bool
    strapline_en: str
    strapline_fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    code: str
    name: str
    strapline_en: str
    strapline_fr: str
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


def _brand(code: str, name: str, *, said: tuple[str, str]) -> Brand:
    return Brand(
        code=code,
        name=name,
        maison=code not in PARTNERS,
        strapline_en=said[0],
        strapline_fr=said[1],
    )


PARTNERS = frozenset({"hinokaze", "verdoline"})

# The order is for good: a brand's place is part of its article numbers. Add at the end.
BRANDS: tuple[Brand, ...] = (
    _brand(
        "aubrecourt",
        "Aubrecourt",
        said=("Saddle-stitched in Paris", "Cousu sellier, à Paris"),
    ),
    _brand(
        "ravanelle",
        "Ravanelle",
        said=("Couture, line by line", "La couture, trait pour trait"),
    ),
    _brand(
        "torrefina",
        "Torrefina",
        said=("Shoes that know the way", "Des souliers qui connaissent le chemin"),
    ),
    _brand(
        "celandre",
        "Célandre",
        said=("Light, held a moment", "La lumière, un instant retenue"),
    ),
    _brand(
        "orbevaux",
        "Orbevaux",
        said=("Time, patiently", "Le temps, patiemment"),
    ),
    _brand(
        "embrune",
        "Embrune",
        said=("Perfumes of salt and shade", "Parfums de sel et d'ombre"),
    ),
    _brand(
        "velmee",
        "Velmée",
        said=("Color that listens to skin", "La couleur à l'écoute de la peau"),
    ),
    _brand(
        "ardkellan",
        "Ardkellan",
        said=("Knitted where the wind is", "Tricoté là où souffle le vent"),
    ),
    _brand(
        "occhialba",
        "Occhialba",
        said=("First light, well framed", "L'aube, bien cadrée"),
    ),
    _brand(
        "serilonne",
        "Sérilonne",
        said=("Silk, printed like a page", "La soie, imprimée comme une page"),
    ),
    _brand(
        "pellingrove",
        "Pellingrove",
        said=("Tailoring with its sleeves rolled up", "L'art du tailleur, manches retroussées"),
    ),
    _brand(
        "hinokaze",
        "Hinokaze",
        said=("Less to carry", "Moins à porter"),
    ),
    _brand(
        "verdoline",
        "Verdoline",
        said=("Garden skincare", "Soins de jardin"),
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
        strapline_fr="Les maisons, à l'ombre des mêmes marronniers",
        legal_entity="dauphine-fr",
        markets=("FR", "GB", "US"),
    ),
    Banner(
        code="fleur-de-peau",
        name="Fleur de Peau",
        strapline_en="Beauty, at skin's length",
        strapline_fr="La beauté, à même la peau",
        legal_entity="fleur-fr",
        markets=("FR", "GB", "US"),
    ),
    Banner(
        code="grand-large",
        name="Grand Large",
        strapline_en="The department store with a sea view",
        strapline_fr="Le grand magasin, vue sur mer",
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
        display_name="Solène",
        role=Role.ORDER_DESK,
        location=None,
        language="fr",
    ),
    StaffMember(
        email="merch@aubrevoie.example",
        display_name="Tom",
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
