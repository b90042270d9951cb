"""Templates, words and headers of the pages people see."""

import secrets
import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from babel.dates import format_datetime
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import State

from sellier.sandbox import rules

Language = Literal["fr", "en"]
Words = Mapping[Language, Mapping[str, str]]
Asked = Request[object, object, State]

_HERE: Final = Path(__file__).parent
_PAGES: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _words(*folders: str) -> Words:
    """Read the words of a house; what it does not say itself, the one before it says."""
    languages: tuple[Language, ...] = ("fr", "en")
    return {
        lang: {
            name: word
            for folder in folders
            for name, word in tomllib.loads(_text(folder, lang)).items()
        }
        for lang in languages
    }


def _text(folder: str, lang: Language) -> str:
    return (_HERE / "texts" / folder / f"{lang}.toml").read_text("utf-8")


WORDS: Final = _words("comptoir")
PORTEO: Final = _words("comptoir", "porteo")


def money(minor: int, currency: str, lang: Language) -> str:
    """Write an amount as the language does: 1 234,50 € or €1,234.50."""
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    # `£GB` tells pounds apart from other pounds; to someone paying it only looks odd.
    local, plain = (get_currency_symbol(currency, name) for name in (lang, "en"))
    return format_currency(amount, currency, locale=lang).replace(local, plain)


def moment(at: datetime) -> str:
    """Write an instant for developers: to the second, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def said(at: datetime, lang: Language) -> str:
    """Write an instant for people: 23 novembre, 09:14."""
    return format_datetime(at, "d MMMM, HH:mm", locale=lang)


_PAGES.filters["money"] = money
_PAGES.filters["moment"] = moment
_PAGES.filters["said"] = said
_PAGES.filters["spaced"] = rules.spaced


def language(request: Asked, lang: str | None) -> Language:
    """Return the language asked for in the address, else the one the browser prefers."""
    wanted = lang or request.headers.get("accept-language") or ""
    return "fr" if wanted.lower().startswith("fr") else "en"


def show(
    template: str,
    *,
    lang: Language,
    values: Mapping[str, object],
    status: int = 200,
    form_to: str = "",
    words: Words = WORDS,
) -> Response[str]:
    """Render a page under a strict policy.

    A browser holds the redirect after a form to the policy as well, hence `form_to`.
    """
    nonce = secrets.token_urlsafe(16)
    html = _PAGES.get_template(template).render(lang=lang, words=words[lang], nonce=nonce, **values)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; frame-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {form_to}".rstrip()
    )
    return Response(
        html,
        media_type=MediaType.HTML,
        status_code=status,
        headers={"content-security-policy": policy, **HEADERS},
    )


HEADERS: Final[Mapping[str, str]] = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}
