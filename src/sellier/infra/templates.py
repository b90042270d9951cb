"""The one Jinja environment: languages, money, dates, files of the browser build, pictures.

Templates say what they need in English, `_("Add to bag")`, and the folder that holds
them keeps the French in `locale/fr.po`. `lang` comes with the page; macros see it too.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
)
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    nodes,
    pass_context,
)
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from sellier.kernel.money import Money

SURFACES: Final = Path(__file__).resolve().parent.parent / "surfaces"
STATIC: Final = SURFACES / "static"
STATIC_URL: Final = "/static"
SHARED: Final = "components"

# English as the group writes it: 23 Nov 2026, and a plain $ where the market says which.
LOCALES: Final[Mapping[str, str]] = {"en": "en_GB", "fr": "fr_FR"}
LANGUAGE_DEFAULT: Final = "en"

REMEMBERED_MAX: Final = 4_096

WIDTHS: Final = (80, 160, 320, 480, 640, 960, 1280)

# French sets a narrow space before : ; ! ? and between thousands, a whole one before units and
# inside « », and breaks a line at none of them.
NARROW: Final = "\u202f"
WHOLE: Final = "\u00a0"
_HIGH_MARKS: Final = re.compile(r"(?<=\S)[ \u00a0]+(?=[:;!?](?:\s|$|[)»]))")
# A value's place, `%(name)s`, begins with no unit.
_UNITS: Final = re.compile(r"(?<=\S)[ \u202f]+(?=[»€]|%(?!\())|(?<=«)[ \u202f]+")


class Picture(Protocol):
    """What a template needs to know of a picture, whoever hands it over."""

    @property
    def sha(self) -> str: ...
    @property
    def width(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Texts:
    """The French of every folder of templates, by the folder's name."""

    folders: Mapping[str, Mapping[str, tuple[str, ...]]]

    def find(self, template: str, message: str) -> tuple[str, ...] | None:
        """Look in the page's own folder, then in the shared one."""
        own = self.folders.get(template.partition("/")[0], {})
        return own.get(message) or self.folders.get(SHARED, {}).get(message)


@dataclass(slots=True)
class Assets:
    """The names of the last browser build; read again when it changed, if asked to."""

    folder: Path
    reload: bool
    names: dict[str, str] = field(default_factory=dict)
    read_at: int = -1

    def url(self, name: str) -> str:
        if self.read_at < 0 or self.reload:
            self._read()
        return f"{STATIC_URL}/{self.names[name]}"

    def _read(self) -> None:
        manifest = self.folder / "manifest.json"
        changed_at = manifest.stat().st_mtime_ns
        if changed_at != self.read_at:
            self.names = json.loads(manifest.read_text())
            self.read_at = changed_at


class PageTemplate(Template):
    """A template whose macros know one thing of the page that they are used on: its language.

    So what a page imports is made once for each language, not a dozen times for each page.
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002  named by Jinja
        shared: bool = False,  # noqa: FBT001, FBT002  as above
        locals: Mapping[str, Any] | None = None,  # noqa: A002  as above
    ) -> TemplateModule:
        """Return what this template offers; only an import is `shared`, and sees the language."""
        if not shared:
            return super().make_module(vars, shared, locals)
        lang = (vars or {}).get("lang", LANGUAGE_DEFAULT)
        if self.environment.auto_reload or lang not in LOCALES:
            return super().make_module({"lang": lang})
        made: dict[str, TemplateModule] = self.__dict__.setdefault("_made", {})
        if lang not in made:
            made[lang] = super().make_module({"lang": lang})
        return made[lang]


class PageEnvironment(Environment):
    """Jinja, in which imported macros see the page's language without saying so each time.

    `{{ " checked" if chosen }}` writes nothing otherwise, as it does in plain Jinja; but there by
    way of an undefined value, whose escaping raises and catches an error, hundreds a page.
    """

    template_class = PageTemplate

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for module in tree.find_all(nodes.Import):
            module.with_context = True
        for macros in tree.find_all(nodes.FromImport):
            macros.with_context = True
        for choice in tree.find_all(nodes.CondExpr):
            choice.expr2 = choice.expr2 or nodes.Const("", lineno=choice.lineno)
        return tree


def environment(
    folders: Sequence[Path] = (), *, static: Path = STATIC, reload: bool = False
) -> Environment:
    """Return the environment for the surfaces and for further `folders` laid out like one.

    A folder holds `templates/` and, for its French, `locale/fr.po`. With `reload`, templates
    and the browser build may change while the process runs.
    """
    known = [*sorted(path.parent for path in SURFACES.glob("*/templates")), *folders]
    made = PageEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder / "templates") for folder in known]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )
    _install_texts(made, Texts({folder.name: read_texts(folder) for folder in known}))
    made.globals |= {
        "asset": Assets(folder=static, reload=reload).url,
        "money": _money,
        "remembered": remembered,
        "srcset": srcset,
    }
    made.filters |= {
        "number": _number,
        "date": _date,
        "day": _day,
        "time": _time,
        "moment": _moment,
        "typeset": _typeset,
    }
    return made


def remembered(macro: Macro) -> Callable[..., str]:
    """Keep what a macro drew, by what it was given: besides, it sees the language only.

    For macros whose values are immutable and come again and again, page after page.
    """
    return lru_cache(maxsize=REMEMBERED_MAX)(macro)


# Languages


def language(context: Context) -> str:
    """Return the page's language; English for what is rendered outside a page."""
    found = context.get("lang", LANGUAGE_DEFAULT)
    return found if found in LOCALES else LANGUAGE_DEFAULT


def typeset(text: str, lang: str) -> str:
    """Give French the spaces that do not break: narrow before : ; ! ? and whole in « », % and €."""
    if lang != "fr":
        return text
    return _UNITS.sub(WHOLE, _HIGH_MARKS.sub(NARROW, text))


@cache
def read_texts(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the French forms of each message: one, or one for each grammatical number."""
    path = folder / "locale" / "fr.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale="fr")
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        key = message.id if isinstance(message.id, str) else message.id[0]
        found = message.string or ""
        forms = (found,) if isinstance(found, str) else tuple(found)
        if key and all(forms):
            texts[key] = tuple(typeset(form, "fr") for form in forms)
    return texts


def _install_texts(made: Environment, texts: Texts) -> None:
    plurals = {lang: Locale.parse(locale).plural_form for lang, locale in LOCALES.items()}

    # Instead of Jinja's own extension, which takes three calls for a word: a page says hundreds.
    @pass_context
    def gettext(context: Context, message: str, /, **named: object) -> str:
        found = None
        if language(context) == "fr":
            found = texts.find(context.name or "", message)
        return _filled(found[0] if found else message, named)

    @pass_context
    def ngettext(  # noqa: PLR0917  Jinja calls it so
        context: Context, singular: str, plural: str, count: int, /, **named: object
    ) -> str:
        lang = language(context)
        is_one = plurals[lang](count) == "one"
        found = texts.find(context.name or "", singular) if lang == "fr" else None
        forms = found or (singular, plural)
        return _filled(forms[0] if is_one else forms[-1], {"num": count, **named})

    made.globals |= {"_": gettext, "ngettext": ngettext}


def _filled(message: str, named: Mapping[str, object]) -> Markup:
    """Put values into a message: it is a template's own text, they are escaped."""
    text = Markup(message)  # noqa: S704
    return text % named if named else text


# Numbers and dates


@lru_cache(maxsize=8192)
def money(amount: Money, lang: str, *, is_exact: bool) -> str:
    """Write an amount: `1 250 €`, or `1 250,00 €` where every cent is wanted."""
    locale = LOCALES[lang]
    decimals = get_currency_precision(amount.currency)
    text = format_currency(
        Decimal(amount.minor).scaleb(-decimals),
        amount.currency,
        locale=locale,
        currency_digits=True,
    )
    # `$US` and `£GB` tell currencies apart; beside the name of the market they only disturb.
    local, plain = (get_currency_symbol(amount.currency, name) for name in (locale, "en_US"))
    text = text.replace(local, plain)
    cents = "0" * decimals
    if is_exact or not decimals or amount.minor % 10**decimals:
        return text
    return re.sub(rf"[.,]{cents}(?!\d)", "", text)


@pass_context
def _money(context: Context, amount: Money, *, exact: bool = False) -> str:
    return money(amount, language(context), is_exact=exact)


@pass_context
def _number(context: Context, value: float) -> str:
    return _written(value, LOCALES[language(context)])


@lru_cache(maxsize=8192)
def _written(value: float, locale: str) -> str:
    # A list writes a hundred counts, and Babel takes its time over each.
    return format_decimal(value, locale=locale)


@pass_context
def _date(context: Context, value: date, form: str = "long") -> str:
    return format_date(value, format=form, locale=LOCALES[language(context)])


@pass_context
def _day(context: Context, value: date, *, month: bool = True) -> str:
    """Write a day as one says it: `Wed 25 November`, `mercredi 25 novembre`."""
    return day_said(value, language(context), month=month)


@lru_cache(maxsize=8192)
def day_said(value: date, lang: str, *, month: bool) -> str:
    """Return a day with its weekday, and with its month or without."""
    weekday = {"fr": "EEEE"}.get(lang, "EEE")
    day = "d'er'" if lang == "fr" and value.day == 1 else "d"
    pattern = f"{weekday} {day} MMMM" if month else f"{weekday} {day}"
    return format_date(value, format=pattern, locale=LOCALES[lang])


@pass_context
def _time(context: Context, value: datetime, zone: str = "UTC") -> str:
    locale = LOCALES[language(context)]
    return format_time(value, format="short", tzinfo=ZoneInfo(zone), locale=locale)


@pass_context
def _moment(context: Context, value: datetime, zone: str = "UTC", *, form: str = "medium") -> str:
    """Write an instant as the clocks of a place show it."""
    locale = LOCALES[language(context)]
    local = value.astimezone(ZoneInfo(zone))
    day = format_date(local.date(), format=form, locale=locale)
    return f"{day}, {format_datetime(local, format='HH:mm', locale=locale)}"


@pass_context
def _typeset(context: Context, text: str) -> str:
    return typeset(text, language(context))


# Pictures


def srcset(picture: Picture, form: str) -> str:
    """List the widths that are worth offering: none far above the picture's own."""
    return _srcset(picture.sha, picture.width, form)


@lru_cache(maxsize=8192)
def _srcset(sha: str, widest: int, form: str) -> Markup:
    offered = [width for width in WIDTHS if width <= widest] or [WIDTHS[0]]
    listed = ", ".join(f"/media/{escape(sha)}/{width}.{form} {width}w" for width in offered)
    # Escaped once: a list page shows the same pictures to everybody, a hundred times over.
    return Markup(listed)  # noqa: S704
