import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from jinja2.ext import babel_extract

from sellier.infra import templates
from sellier.infra.templates import typeset
from sellier.kernel.money import Money

SURFACES = sorted(path.parent for path in templates.SURFACES.glob("*/templates"))


@pytest.fixture
def pages() -> Environment:
    return templates.environment()


def shown(pages: Environment, source: str, *, lang: str = "fr", **context: object) -> str:
    return pages.from_string(source).render(lang=lang, **context)


# Amounts


@pytest.mark.parametrize(
    ("amount", "lang", "text"),
    [
        (Money(123450, "EUR"), "fr", "1\u202f234,50\u00a0€"),
        (Money(123450, "EUR"), "en", "€1,234.50"),
        (Money(125000, "EUR"), "fr", "1\u202f250\u00a0€"),
        (Money(125000, "EUR"), "en", "€1,250"),
        (Money(125000, "GBP"), "fr", "1\u202f250\u00a0£"),
        (Money(125000, "USD"), "en", "$1,250"),
        (Money(125000, "JPY"), "en", "¥125,000"),
        (Money(1250, "KWD"), "fr", "1,250\u00a0KWD"),
        (Money(0, "EUR"), "fr", "0\u00a0€"),
        (Money(-500, "EUR"), "fr", "-5\u00a0€"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(amount: Money, lang: str, text: str) -> None:
    page = templates.environment().from_string("{{ money(amount) }}")
    assert page.render(lang=lang, amount=amount) == text


def test_an_order_shows_every_cent(pages: Environment) -> None:
    amount = Money(125000, "EUR")
    source = "{{ money(amount, exact=True) }}"
    assert shown(pages, source, amount=amount) == "1\u202f250,00\u00a0€"
    assert shown(pages, source, amount=amount, lang="en") == "€1,250.00"


@given(st.integers(0, 10**14))
def test_no_digit_of_an_exact_amount_is_lost(minor: int) -> None:
    text = templates.money(Money(minor, "EUR"), "fr", is_exact=True)
    assert int("".join(filter(str.isdigit, text))) == minor


# Language


@pytest.mark.parametrize(
    ("written", "set_right"),
    [
        ("Êtes-vous sûr ?", "Êtes-vous sûr\u202f?"),
        ("Prix : 30 % de moins", "Prix\u202f: 30\u00a0% de moins"),
        ("« Grand Large »", "«\u00a0Grand Large\u00a0»"),
        ("Commande %(number)s de %(name)s", "Commande %(number)s de %(name)s"),
        ("Ouvert à 10:30", "Ouvert à 10:30"),
        ("https://example.com/?a=1;b=2", "https://example.com/?a=1;b=2"),
    ],
)
def test_french_marks_keep_their_distance(written: str, set_right: str) -> None:
    assert typeset(written, "fr") == set_right
    assert typeset(set_right, "fr") == set_right
    assert typeset(written, "en") == written


def test_a_macro_speaks_the_language_of_the_page(pages: Environment) -> None:
    source = '{% from "components/controls.html" import search_form %}{{ search_form("/") }}'
    assert "Rechercher" in shown(pages, source)
    assert "Search" in shown(pages, source, lang="en")


@pytest.fixture
def drawing(tmp_path: Path) -> Environment:
    """Templates of a surface of their own: a macro that counts how often it was drawn."""
    folder = tmp_path / "loom" / "templates" / "loom"
    folder.mkdir(parents=True)
    (folder / "thread.html").write_text(
        "{% set made = counted(lang) %}"
        "{% macro _thread(name) %}{% set drawn = counted(name) %}"
        "<i>{{ name }}, {{ lang }}</i>{% endmacro %}"
        "{% set thread = remembered(_thread) %}"
        "{% macro nosy() %}{{ secret }}{% endmacro %}"
    )
    pages = templates.environment([tmp_path / "loom"])
    counts: list[str] = []
    pages.globals |= {"counts": counts, "counted": counts.append}
    return pages


THREAD = '{% from "loom/thread.html" import thread, nosy %}'


def test_what_pages_import_is_made_once_for_each_language(drawing: Environment) -> None:
    for lang in ("fr", "en", "fr", "en"):
        drawn = shown(drawing, THREAD + "{{ thread(name) }}", lang=lang, name="<silk>")
        assert drawn == f"<i>&lt;silk&gt;, {lang}</i>"

    assert drawing.globals["counts"] == ["fr", "<silk>", "en", "<silk>"]


def test_a_macro_sees_nothing_else_of_its_page(drawing: Environment) -> None:
    with pytest.raises(UndefinedError):
        shown(drawing, THREAD + "{{ nosy() }}", secret="of another visitor")


def test_a_choice_without_another_writes_nothing(pages: Environment) -> None:
    assert shown(pages, "<i{{ ' hidden' if is_hidden }}>", is_hidden=False) == "<i>"


def test_a_plural_follows_the_language(pages: Environment) -> None:
    source = '{{ ngettext("%(num)s piece", "%(num)s pieces", count) }}'
    template = pages.get_template("components/facets.html")
    assert template.name == "components/facets.html"
    assert shown(pages, source, count=0, lang="en") == "0 pieces"
    assert shown(pages, source, count=0) == "0 pièce"
    assert shown(pages, source, count=1) == "1 pièce"
    assert shown(pages, source, count=2) == "2 pièces"


def test_a_page_prefers_the_words_of_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "templates" / tmp_path.name).mkdir(parents=True)
    (tmp_path / "locale").mkdir()
    (tmp_path / "templates" / tmp_path.name / "page.html").write_text(
        '{{ _("Bag") }} {{ _("Size") }} {{ _("Never translated") }}'
    )
    (tmp_path / "locale" / "fr.po").write_text('msgid "Bag"\nmsgstr "Cabas !"\n')

    page = templates.environment([tmp_path]).get_template(f"{tmp_path.name}/page.html")

    assert page.render(lang="fr") == "Cabas\u202f! Taille Never translated"
    assert page.render(lang="en") == "Bag Size Never translated"
    assert page.render(lang="de") == "Bag Size Never translated"


def messages(surface: Path) -> Iterator[str]:
    for path in sorted(surface.glob("templates/**/*.html")):
        with path.open("rb") as file:
            for _, _, found, _ in babel_extract(
                file, ("_", "gettext", "ngettext"), [], {"encoding": "utf-8", "trimmed": "yes"}
            ):
                forms = (
                    [found] if isinstance(found, str) else [each for each in found or () if each]
                )
                # A text that is chosen at run time has its words where it is chosen.
                yield from forms[:1]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda path: path.name)
def test_every_text_has_its_french(surface: Path) -> None:
    known: set[str] = set()
    for folder in {surface, templates.SURFACES / templates.SHARED}:
        known |= templates.read_texts(folder).keys()
    assert sorted(set(messages(surface)) - known) == []


@pytest.mark.parametrize("surface", SURFACES, ids=lambda path: path.name)
def test_a_translation_keeps_the_names_of_its_values(surface: Path) -> None:
    path = surface / "locale" / "fr.po"
    if not path.exists():
        pytest.skip("this surface has no texts of its own")
    with path.open("rb") as file:
        catalog = read_po(file, locale="fr")
    assert [problem for _, problems in catalog.check() for problem in problems] == []


# Dates and numbers


def test_dates_and_hours_follow_the_reader_and_the_place(pages: Environment) -> None:
    at = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    assert shown(pages, "{{ day|date }}", day=date(2026, 11, 23)) == "23 novembre 2026"
    assert shown(pages, "{{ day|date }}", day=date(2026, 11, 23), lang="en") == "23 November 2026"
    assert shown(pages, "{{ at|moment('Europe/Paris') }}", at=at) == "23 nov. 2026, 18:05"
    assert shown(pages, "{{ at|time('America/New_York') }}", at=at) == "12:05"
    assert shown(pages, "{{ 1204|number }}") == "1\u202f204"


# What protects pages


def test_what_a_person_writes_is_escaped(pages: Environment) -> None:
    source = '{% from "components/structure.html" import notice %}{{ notice(text) }}'
    page = shown(pages, source, text="<script>alert(1)</script>")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_attribute_cannot_be_broken_out_of(pages: Environment) -> None:
    source = '{% from "components/controls.html" import button %}{{ button("x", attrs=attrs) }}'
    page = shown(pages, source, attrs={"hx-post": '"><script>'})
    assert "<script>" not in page


def test_a_forgotten_value_is_an_error(pages: Environment) -> None:
    with pytest.raises(UndefinedError):
        shown(pages, "{{ forgotten }}")


# Files and pictures


def test_a_file_has_the_name_of_the_last_build(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"app.css": "app-1.css"}))
    fixed = templates.environment(static=tmp_path)
    watching = templates.environment(static=tmp_path, reload=True)
    source = '{{ asset("app.css") }}'
    assert shown(fixed, source) == shown(watching, source) == "/static/app-1.css"

    manifest.write_text(json.dumps({"app.css": "app-2.css"}))
    os.utime(manifest, ns=(1, 1))

    assert shown(fixed, source) == "/static/app-1.css"
    assert shown(watching, source) == "/static/app-2.css"


def test_a_picture_offers_no_width_above_its_own() -> None:
    small = SimpleNamespace(sha="ab", width=60)
    middling = SimpleNamespace(sha="ab", width=400)
    assert templates.srcset(small, "avif") == "/media/ab/80.avif 80w"
    assert templates.srcset(middling, "webp") == (
        "/media/ab/80.webp 80w, /media/ab/160.webp 160w, /media/ab/320.webp 320w"
    )
