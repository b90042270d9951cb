"""Typography and agreement: the banks are written plainly, the texts come out finely set."""

import re
import unicodedata

NARROW = "\u202f"  # before ; ! ? and inside guillemets
FIXED = "\u00a0"  # before : and between a number and its unit
APOSTROPHE = "\u2019"

UNITS = "cm|mm|ml|m|g|°C|carats|carat|ct|%|€|K"

# French adjectives of color that agree; all others (nouns, compounds) never change.
FEMININE = {
    "noir": "noire",
    "blanc": "blanche",
    "violet": "violette",
    "écru": "écrue",
    "gris": "grise",
    "bleu": "bleue",
    "vert": "verte",
    "brun": "brune",
    "doré": "dorée",
    "argenté": "argentée",
}

# In a title a bare noun can mislead ("cuir ciel"); the color's own word goes before it.
FRENCH_COLORS = {
    "white": "blanc",
    "chalk": "blanc craie",
    "forest": "vert sapin",
    "sage": "vert sauge",
    "olive": "vert olive",
    "emerald": "vert émeraude",
    "sky": "bleu ciel",
    "denim": "bleu denim",
    "cobalt": "bleu cobalt",
    "navy": "bleu marine",
    "lemon": "jaune citron",
    "saffron": "jaune safran",
    "sand": "beige sable",
    "chestnut": "brun châtaigne",
    "tobacco": "brun tabac",
    "slate": "gris ardoise",
    "anthracite": "gris anthracite",
    "coral": "rouge corail",
    "multi": "multicolore",
    "gold": "doré",
    "silver": "argenté",
}

ENGLISH_COLORS = {
    "sky": "sky-blue",
    "forest": "forest-green",
    "midnight": "midnight-blue",
    "almond": "almond-green",
    "slate": "slate-gray",
    "pearl_grey": "pearl-gray",
    "lemon": "lemon-yellow",
    "noir": "ink-black",
    "multi": "multicolored",
    "rose": "rose-pink",
    "denim": "denim-blue",
    "navy": "navy-blue",
    "rose_gold": "rose-gold",
    "pale_gold": "pale-gold",
}


def french(text: str) -> str:
    """Set a French text: curly apostrophes, the right spaces, guillemets that hold their words."""
    text = text.replace("'", APOSTROPHE)
    text = re.sub(rf"(?<=\d) (?=(?:{UNITS})\b|%|°C)", FIXED, text)
    text = re.sub(r"[ \u00a0\u202f]*([;!?])", NARROW + r"\1", text)
    text = re.sub(r"[ \u00a0\u202f]*:(?= |$)", FIXED + ":", text)
    text = re.sub(r"«[ \u00a0\u202f]*", "«" + NARROW, text)
    return re.sub(r"[ \u00a0\u202f]*»", NARROW + "»", text)


def english(text: str) -> str:
    """Set an English text: curly apostrophes, numbers that stay with their units."""
    text = text.replace("'", APOSTROPHE)
    return re.sub(rf"(?<=\d) (?=(?:{UNITS})\b|%|°C)", FIXED, text)


def french_color(key: str, *, name: str, gender: str) -> str:
    """Return the color as an adjective that agrees with its noun ("m", "f", "mp" or "fp")."""
    word = FRENCH_COLORS.get(key, lower_first(name))
    if word not in FEMININE:
        return word
    word = FEMININE[word] if gender.startswith("f") else word
    plural = gender.endswith("p") and not word.endswith("s")
    return word + "s" if plural else word


def english_color(key: str, *, name: str) -> str:
    return ENGLISH_COLORS.get(key, lower_first(name))


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def plain(text: str) -> str:
    """Return the text in capital ASCII letters, digits and hyphens, fit for a code."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9.]+", "-", bare.upper()).strip("-")
