"""Words made comparable: accents, case, hyphens, number and spelling variants set aside."""

import re
import unicodedata
from collections.abc import Sequence

LETTERS_MAX = 300
TOKENS_MAX = 24
_SHORT_STEM = 3
# French elision and the English possessive share the apostrophe: "d'or" is two words, "men's" one.
_ELISION = re.compile(r"\b([cdjlmnst]|qu|jusqu)'(?=\w)")
# Small words that people leave out or vary inside a phrase: "sac (à) main", "boucles (d')oreilles".
LINKS = frozenset(
    ("d", "l", "de", "du", "des", "la", "le", "les", "a", "au", "aux", "en", "of", "the")
)
_TEE = re.compile(r"\b(?:t|tee)[\s-]?shirt")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?")


def fold(text: str) -> str:
    """Return the text in lower case, without accents, ligatures or typographic apostrophes."""
    if text.isascii():
        return text.lower()
    text = text.lower().replace("œ", "oe").replace("æ", "ae").replace("\u2019", "'")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c))


def tokens(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a text, folded; digits and letters part company."""
    folded = fold(text[:LETTERS_MAX])
    folded = _ELISION.sub(r"\1 ", folded).replace("'", "")
    return tuple(_TOKEN.findall(_TEE.sub("tshirt", folded)))[:TOKENS_MAX]


def written(text: str) -> tuple[str, ...]:
    """Return the tokens of a text as they are written, accents and case kept."""
    return tuple(_TOKEN.findall(unicodedata.normalize("NFC", text[:LETTERS_MAX])))


def plain(text: str) -> str:
    """Return running text folded, its hyphened words apart, ready to be indexed or searched."""
    return _TEE.sub("tshirt", fold(text)).replace("'", " ")


def stem(token: str) -> str:
    """Return a token without the endings of number and gender, French and English alike.

    Deliberately blunt: it only has to bring the forms of one word together.
    """
    if len(token) <= _SHORT_STEM:
        return token
    if token.endswith("ies"):
        return token[:-3] + "y"
    if token[-1] in "sx" and not token.endswith("ss"):
        token = token[:-1]
    return token.rstrip("e") if len(token) > _SHORT_STEM else token


def key(words: Sequence[str]) -> str:
    """Return what two spellings of one phrase have in common: "nail polish" is "nailpolish"."""
    return "".join(stem(word) for word in _telling(words))


def joined_key(words: Sequence[str]) -> str:
    """Return the key of the same words written as one: "turtle neck" is "turtleneck"."""
    return stem("".join(_telling(words)))


def _telling(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word not in LINKS] or words


def phrase_key(text: str) -> str:
    """Return the key of a phrase given as text."""
    return key(tokens(text))
