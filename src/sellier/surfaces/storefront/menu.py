"""The menu of a shop: most of a page, and the same on all of them, so it is drawn once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from sellier.surfaces.storefront.shown import Shelf, named

LEVELS: Final = 3  # of categories in the menu


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What leads to the departments, in one language."""

    departments: Sequence[Mapping[str, object]]
    drawer: Markup
    bar: Markup

    def bar_at(self, path: str) -> Markup:
        """Return the bar with the department that the visitor is in marked."""
        link = Markup('class="department-link" href="{}"').format(path)
        return self.bar.replace(link, link + Markup(' aria-current="page"'))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """The categories of a shop in a market, and the menus drawn of them: they go together."""

    top: tuple[Shelf, ...]
    menus: dict[str, Menu] = field(default_factory=dict)

    def menu(self, lang: str, templates: Environment) -> Menu:
        """Return the menu in a language; the first to ask has it drawn."""
        if lang not in self.menus:
            departments = [_department(shelf, lang) for shelf in self.top]
            template = templates.get_template("storefront/_menu.html")
            drawn = vars(template.make_module({"lang": lang, "departments": departments}))
            self.menus[lang] = Menu(
                departments=departments, drawer=drawn["drawer"], bar=drawn["bar"]
            )
        return self.menus[lang]


def _department(shelf: Shelf, lang: str, level: int = 1) -> dict[str, object]:
    below = shelf.children if level < LEVELS else ()
    return {
        "name": named(shelf.names, lang),
        "url": f"/{lang}/list?category={shelf.path}",
        "children": [_department(child, lang, level + 1) for child in below],
    }
