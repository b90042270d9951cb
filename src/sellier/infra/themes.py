"""A banner's look: which tokens its theme may set, written as CSS."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_LENGTH: Final = re.compile(r"(?:0|-?\d{0,2}(?:\.\d{1,4})?(?:rem|em|px))")
_WEIGHT: Final = re.compile(r"[1-9]\d{1,2}")
_WORD: Final = re.compile(r"none|uppercase|lowercase")
_FAMILY: Final = re.compile(r"[A-Za-z0-9 ,\"-]{1,200}")

# Everything a theme may say, and how it must say it. What is not here is left out.
TOKENS: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(
        [
            "color-ground",
            "color-paper",
            "color-picture",
            "color-ink",
            "color-soft",
            "color-line",
            "color-line-strong",
            "color-accent",
            "color-accent-deep",
            "color-on-accent",
            "color-mark",
        ],
        _COLOR,
    ),
    "font-display": _FAMILY,
    "weight-display": _WEIGHT,
    "track-display": _LENGTH,
    "case-wordmark": _WORD,
    "weight-wordmark": _WEIGHT,
    "track-wordmark": _LENGTH,
    "radius": _LENGTH,
    "radius-picture": _LENGTH,
}


def stylesheet(theme: Mapping[str, object]) -> str:
    """Write the allowed tokens of a theme as CSS."""
    lines = [
        f"--{name}:{value}"
        for name, form in TOKENS.items()
        if isinstance(value := theme.get(name), str) and form.fullmatch(value)
    ]
    return "@layer tokens{:root[data-theme]{" + ";".join(lines) + "}}"


def address(code: str, theme: Mapping[str, object]) -> str:
    """Return where the stylesheet is found; another theme is another address."""
    return f"/theme/{code}-{_digest(theme)}.css"


def _digest(theme: Mapping[str, object]) -> str:
    return hashlib.sha256(stylesheet(theme).encode()).hexdigest()[:12]
