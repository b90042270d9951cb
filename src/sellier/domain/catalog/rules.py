"""Pure decisions of the catalog."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Final

from sellier.kernel import parsing
from sellier.kernel.parsing import Asking, Cells, Unreadable

# One family a line; words in English and French, folded. Longer phrases win over their parts.
_FAMILIES: Final = {
    "black": "black noir noire onyx ebony ebene jet",
    "white": "white blanc blanche ivory ivoire ecru off-white blanc-casse snow neige optique",
    "grey": "grey gray gris grise charcoal anthracite slate ardoise ash gunmetal graphite",
    "brown": "brown marron brun brune chocolate chocolat coffee cafe chestnut chataigne tan"
    " taupe mushroom cognac caramel mocha moka walnut noyer havana havane tobacco tabac"
    " fauve ebony-brown espresso noisette hazelnut",
    "beige": "beige cream creme nude skin chair sand sable khaki camel stone grege oatmeal"
    " avoine biscuit natural naturel linen",
    "red": "red rouge maroon burgundy bordeaux crimson scarlet ecarlate cherry cerise ruby rubis"
    " wine grenat garnet carmine carmin vermilion vermillon brick brique oxblood lie-de-vin",
    "pink": "pink rose magenta fuchsia peach peche salmon saumon coral corail blush raspberry"
    " framboise powder poudre",
    "orange": "orange rust rouille tangerine mandarine apricot abricot terracotta",
    "yellow": "yellow jaune mustard moutarde lemon citron ochre ocre saffron safran",
    "green": "green vert verte olive emerald emeraude mint menthe sage sauge kaki lime sapin"
    " amande pistachio pistache celadon khaki-green vert-kaki",
    "blue": "blue bleu bleue navy marine teal turquoise indigo azure azur cobalt aqua petrol"
    " petrole sky ciel denim sarcelle canard cyan midnight",
    "purple": "purple violet violette lavender lavande lilac lilas mauve plum prune aubergine"
    " parme pourpre amethyst amethyste",
    "gold": "gold golden or dore doree bronze copper cuivre brass laiton champagne vermeil"
    " rose-gold or-rose",
    "silver": "silver argent argente argentee steel acier metallic metallise platinum platine"
    " chrome nickel palladium",
    "multi": "multi multicolor multicolour multicolore multicolored multicoloured rainbow",
}
_FAMILY_OF: Final = {
    word.replace("-", " "): family for family, words in _FAMILIES.items() for word in words.split()
}
_PHRASE_WORDS: Final = max(len(phrase.split()) for phrase in _FAMILY_OF)
_PLAIN_WORDS: Final = (
    "black noir noire white blanc blanche grey gray gris grise brown marron brun brune beige red"
    " rouge pink rose orange yellow jaune green vert verte blue bleu bleue purple violet gold"
    " golden silver"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
_SEVERAL: Final = re.compile(r"[/+&]|\b(?:and|et)\b")


def color_family(color: str) -> str | None:
    """Return the family a color name belongs to, in English or French, if it is known.

    "Navy Blue" and "bleu nuit" are blue; "noir / blanc" is multi. English puts the telling word
    last, French first: when words disagree, a plain color name decides before a shade.
    """
    decomposed = unicodedata.normalize("NFKD", color.lower())
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    families = [_family(part) for part in _SEVERAL.split(folded)]
    known = {family for family in families if family is not None}
    if len(known) > 1:
        return "multi"
    return next(iter(known), None)


def _family(phrase: str) -> str | None:
    words = re.findall(r"[a-z]+", phrase)
    for size in range(min(_PHRASE_WORDS, len(words)), 1, -1):
        for at in range(len(words) - size + 1):
            if family := _FAMILY_OF.get(" ".join(words[at : at + size])):
                return family
    found = [family for word in words if (family := _FAMILY_OF.get(word))]
    plain = [_FAMILY_OF[word] for word in words if word in _PLAIN]
    return next(iter([*plain[-1:], *found[-1:]]), None)


TITLE_MAX: Final = 150
DESCRIPTION_MAX: Final = 5_000
MPN_MAX: Final = 70
CATEGORY_DEPTH_MAX: Final = 6
UNSORTED: Final = ("Other",)


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleFeed:
    """What a feed's row says of its product and style-color; the same on every size."""

    product_code: str
    code: str
    title: str
    description: str
    brand: str
    category: tuple[str, ...]
    gender: str | None
    age_group: str | None
    color: str | None
    color_family: str | None
    material: str | None
    pattern: str | None
    facts: Mapping[str, str]
    picture_path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFeed:
    """What a feed's row says of its own size."""

    sku: str
    gtin: str | None
    mpn: str | None
    size: str | None
    size_system: str | None
    position: int
    condition: str
    asking: Asking | None


# A feed says few colors, sizes and words, and each many times.
_family_of: Final = lru_cache(maxsize=4_096)(color_family)
_line_10: Final = partial(parsing.line, longest=10)
_line_70: Final = partial(parsing.line, longest=70)
_line_100: Final = partial(parsing.line, longest=100)
_line_200: Final = partial(parsing.line, longest=200)
_title: Final = partial(parsing.line, longest=TITLE_MAX)
_path: Final = partial(parsing.line, longest=2_000)


def _word_of(*words: str) -> Callable[[str], str]:
    return lru_cache(maxsize=256)(partial(_one_of, {word: word for word in words}))


def _one_of(meanings: Mapping[str, str], text: str) -> str:
    return parsing.one_of(text.lower().replace(" ", "_"), meanings)


_gender: Final = _word_of("female", "male", "unisex")
_age_group: Final = _word_of("newborn", "infant", "toddler", "kids", "adult")
_condition: Final = _word_of("new", "refurbished", "used")
_availability: Final = _word_of("in_stock", "out_of_stock", "preorder", "backorder")
_color_family: Final = _word_of(*_FAMILIES)


def style_feed(cells: Cells) -> StyleFeed:
    """Read a row of the Google product data specification, style-color part."""
    color = cells.optional("color", _line_100)
    product_code = cells.optional("item_group_id", _address_code)
    product_code = product_code or cells.required("id", _address_code, otherwise="")
    return StyleFeed(
        product_code=product_code,
        code=cells.optional("style_color_id", _address_code) or _style_code(product_code, color),
        title=cells.required("title", _title, otherwise=""),
        description=_description(cells),
        brand=cells.required("brand", _line_70, otherwise=""),
        category=_category(cells),
        gender=cells.optional("gender", _gender),
        age_group=cells.optional("age_group", _age_group),
        color=color,
        color_family=cells.optional("color_family", _color_family)
        or (_family_of(color) if color else None),
        material=cells.optional("material", _line_200),
        pattern=cells.optional("pattern", _line_100),
        facts=product_facts(cells.text("product_detail")),
        picture_path=cells.optional("image_link", _path),
    )


def variant_feed(cells: Cells) -> VariantFeed:
    """Read a row of the Google product data specification, size part."""
    size = cells.optional("size", _line_100)
    # Our own stock says what is available; the word is checked because a wrong one is a warning.
    cells.optional("availability", _availability)
    return VariantFeed(
        sku=cells.required("id", parsing.code, otherwise=""),
        gtin=cells.optional("gtin", parsing.gtin),
        mpn=_mpn(cells),
        size=size,
        size_system=cells.optional("size_system", _line_10),
        position=size_position(size or ""),
        condition=cells.optional("condition", _condition) or "new",
        asking=parsing.asking(cells),
    )


def _address_code(text: str) -> str:
    """Read a code that also stands in addresses: nothing in it may end or split a path."""
    code = parsing.code(text)
    if set(code) & set("/\\?#%&"):
        raise Unreadable("holds one of / \\ ? # % &, which cannot stand in an address")
    return code


def _style_code(product_code: str, color: str | None) -> str:
    return f"{product_code}-{slug(color)}"[:70] if color else product_code


def _description(cells: Cells) -> str:
    text = parsing.line(cells.text("description"), longest=10**9)
    if len(text) > DESCRIPTION_MAX:
        cells.remark("description", text, f"cut to {DESCRIPTION_MAX:,} characters")
    return text[:DESCRIPTION_MAX]


def _mpn(cells: Cells) -> str | None:
    text = parsing.line(cells.text("mpn"), longest=10**9)
    if len(text) > MPN_MAX:
        cells.remark("mpn", text, f"longer than {MPN_MAX} characters: left out")
        return None
    return text or None


def _category(cells: Cells) -> tuple[str, ...]:
    return (
        cells.optional("product_type", category_names)
        or cells.optional("google_product_category", category_names)
        or UNSORTED
    )


@lru_cache(maxsize=4_096)
def category_names(text: str) -> tuple[str, ...]:
    """Read `Bags > Totes`, at most six levels. A number of Google's own tree says nothing here."""
    if text.isdigit():
        return UNSORTED
    names = tuple(parsing.line(name, longest=100) for name in text.split(">"))
    if len(names) > CATEGORY_DEPTH_MAX or not all(slug(name) for name in names):
        raise Unreadable(
            f"not a shelf: write one to {CATEGORY_DEPTH_MAX} names, as in Bags > Totes"
        )
    return names


@lru_cache(maxsize=4_096)
def category_path(names: tuple[str, ...]) -> str:
    """Return the code of a shelf: `Bags > Tote bags` becomes `bags/tote-bags`."""
    return "/".join(slug(name) for name in names)


def product_facts(text: str) -> Mapping[str, str]:
    """Read `section:name:value` lists. A comma inside a value stays: what follows has no name."""
    facts: dict[str, str] = {}
    last = ""
    for part in text.split(","):
        _section, _, rest = part.partition(":")
        name, _, value = rest.partition(":")
        if name.strip() and value.strip():
            last = name.strip()
            facts[last] = f"{facts[last]}, {value.strip()}" if last in facts else value.strip()
        elif last and part.strip():
            facts[last] = f"{facts[last]},{part.rstrip()}"
    return facts


@lru_cache(maxsize=4_096)
def slug(name: str) -> str:
    """Return a name as it stands in an address: `Prêt-à-porter` becomes `pret-a-porter`."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\W+", "-", folded).strip("-_")


# Letters in the order people expect; what is not listed sorts after numbers, as it is.
_LETTERS: Final = ("xxxs", "xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "xxxxl", "xxxxxl")
_ALSO: Final = {"2xs": "xxs", "3xs": "xxxs", "2xl": "xxl", "3xl": "xxxl", "4xl": "xxxxl"}


@lru_cache(maxsize=4_096)
def size_position(size: str) -> int:
    """Return where a size stands on the page, whatever other sizes there are.

    One size first, then letters, then numbers by value, then everything else.
    """
    word = size.lower().strip()
    word = _ALSO.get(word, word)
    if not word:
        return 0
    if word in _LETTERS:
        return 10 + _LETTERS.index(word)
    number = re.search(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?", word)
    if number:
        return 1_000 + int(Decimal(number[0].replace(",", ".")) * 100)
    return 100_000_000


def is_main_language(names_by_path: Mapping[str, Mapping[str, str]], language: str) -> bool:
    """Tell whether shelves got their codes from this language; every first import's did.

    Files in the main language say where pieces are filed, others only what that is called.
    """
    own = sum(
        slug(n.get(language, "")) == path.rpartition("/")[2] for path, n in names_by_path.items()
    )
    return own * 2 >= len(names_by_path)
