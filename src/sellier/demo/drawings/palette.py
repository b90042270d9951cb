"""The colors of the demo group, with their light, their shade, their names and their family."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FAMILIES = frozenset(
    {
        *("black", "white", "brown", "beige", "red", "pink", "orange", "yellow"),
        *("green", "blue", "purple", "gold", "silver", "multi"),
        "grey",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    base: str
    light: str  # where the light falls, upper left
    dark: str  # where it does not
    stroke: str  # the line that closes a form
    english: str
    french: str
    family: str  # one of FAMILIES


_PALE = 0.75


def channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def blend(first: str, second: str, share: float) -> str:
    """Mix `share` (0 to 1) of the second color into the first."""
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def luminance(color: str) -> float:
    red, green, blue = channels(color)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def _shade(base: str, *, english: str, french: str, family: str) -> Shade:
    """Light is warm and shade cool, as by a window; dark colors need more light to show form."""
    depth = luminance(base)
    return Shade(
        base=base,
        light=blend(base, "#fffaf2", 0.55 if depth > _PALE else 0.34 - 0.12 * depth),
        dark=blend(base, "#14101c", 0.46 - 0.24 * depth),
        stroke=blend(base, "#14101c", 0.68 - 0.22 * depth),
        english=english,
        french=french,
        family=family,
    )


_COLORS: tuple[tuple[str, str, str, str, str], ...] = (
    ("white", "#f6f5f2", "White", "Blanc", "white"),
    ("ivory", "#f1eadb", "Ivory", "Ivoire", "white"),
    ("chalk", "#e6e1d8", "Chalk", "Craie", "white"),
    ("ecru", "#e2d6c0", "Ecru", "Écru", "beige"),
    ("sand", "#d0bc9c", "Sand", "Sable", "beige"),
    ("nude", "#dcb9a0", "Nude", "Nude", "beige"),
    ("camel", "#b98a58", "Camel", "Camel", "beige"),
    ("taupe", "#94836f", "Taupe", "Taupe", "brown"),
    ("tan", "#a9693a", "Tan", "Fauve", "brown"),
    ("cognac", "#8f4a22", "Cognac", "Cognac", "brown"),
    ("tobacco", "#6f4a2c", "Tobacco", "Tabac", "brown"),
    ("chestnut", "#5f3522", "Chestnut", "Châtaigne", "brown"),
    ("chocolate", "#402820", "Chocolate", "Chocolat", "brown"),
    ("black", "#2a292b", "Black", "Noir", "black"),
    ("noir", "#201f26", "Ink", "Encre", "black"),
    ("anthracite", "#3b3c41", "Anthracite", "Anthracite", "grey"),
    ("slate", "#646a73", "Slate", "Ardoise", "grey"),
    ("pearl_grey", "#b7b6b3", "Pearl gray", "Gris perle", "grey"),
    ("burgundy", "#561722", "Burgundy", "Bordeaux", "red"),
    ("garnet", "#7d1a28", "Garnet", "Grenat", "red"),
    ("red", "#b01c28", "Red", "Rouge", "red"),
    ("vermilion", "#cf3a22", "Vermilion", "Vermillon", "red"),
    ("coral", "#e0765c", "Coral", "Corail", "orange"),
    ("orange", "#d8691c", "Orange", "Orange", "orange"),
    ("terracotta", "#b25a3c", "Terracotta", "Terre cuite", "orange"),
    ("saffron", "#dda02c", "Saffron", "Safran", "yellow"),
    ("lemon", "#ead36a", "Lemon", "Citron", "yellow"),
    ("blush", "#eccfc6", "Blush", "Rose poudré", "pink"),
    ("rose", "#d494a0", "Rose", "Rose", "pink"),
    ("fuchsia", "#b62a68", "Fuchsia", "Fuchsia", "pink"),
    ("lilac", "#b9a6c8", "Lilac", "Lilas", "purple"),
    ("plum", "#55284a", "Plum", "Prune", "purple"),
    ("violet", "#59407f", "Violet", "Violet", "purple"),
    ("almond", "#bfcaa6", "Almond green", "Vert amande", "green"),
    ("sage", "#94a189", "Sage", "Sauge", "green"),
    ("olive", "#66623c", "Olive", "Olive", "green"),
    ("emerald", "#14654c", "Emerald", "Émeraude", "green"),
    ("forest", "#22402f", "Forest", "Sapin", "green"),
    ("teal", "#1f5a62", "Teal", "Bleu canard", "blue"),
    ("sky", "#a6c1d6", "Sky", "Ciel", "blue"),
    ("denim", "#4a6488", "Denim", "Denim", "blue"),
    ("cobalt", "#20459a", "Cobalt", "Cobalt", "blue"),
    ("navy", "#1d2742", "Navy", "Marine", "blue"),
    ("midnight", "#18203a", "Midnight", "Bleu nuit", "blue"),
    ("multi", "#c9b79c", "Multicolor", "Multicolore", "multi"),
    ("gold", "#cda855", "Gold", "Or", "gold"),
    ("pale_gold", "#dcc795", "Pale gold", "Or pâle", "gold"),
    ("rose_gold", "#d6a088", "Rose gold", "Or rose", "gold"),
    ("silver", "#c6c8ca", "Silver", "Argent", "silver"),
    ("steel", "#a9adb2", "Steel", "Acier", "silver"),
    ("platinum", "#d6d6d3", "Platinum", "Platine", "silver"),
    ("gunmetal", "#55565b", "Gunmetal", "Canon de fusil", "grey"),
)

PALETTE: Mapping[str, Shade] = MappingProxyType(
    {
        key: _shade(base, english=english, french=french, family=family)
        for key, base, english, french, family in _COLORS
    }
)

METALS = frozenset({"gold", "pale_gold", "rose_gold", "silver", "steel", "platinum", "gunmetal"})
