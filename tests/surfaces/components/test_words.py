"""What codes are called wherever they are shown."""

import pytest
from jinja2 import Environment

from sellier.infra import templates


@pytest.fixture(scope="module")
def pages() -> Environment:
    return templates.environment()


def said(pages: Environment, call: str, *, lang: str) -> str:
    source = f'{{% from "components/words.html" import size_name, size_words %}}{{{{ {call} }}}}'
    return pages.from_string(source).render(lang=lang)


@pytest.mark.parametrize("size", ["U", "TU", "OS", "", None])
def test_one_size_is_called_so(pages: Environment, *, size: str | None) -> None:
    for call in (f"size_name({size!r})", f"size_words({size!r})"):
        assert said(pages, call, lang="fr") == "Taille unique"
        assert said(pages, call, lang="en") == "One size"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        ("40.5", "Taille 40,5", "Size 40.5"),
        ("38", "Taille 38", "Size 38"),
        ("1.7 oz", "Taille 1,7 oz", "Size 1.7 oz"),
        ("Gr. M", "Taille Gr. M", "Size Gr. M"),
    ],
)
def test_a_half_size_has_the_comma_of_its_language(
    pages: Environment, size: str, *, french: str, english: str
) -> None:
    assert said(pages, f"size_words({size!r})", lang="fr") == french
    assert said(pages, f"size_words({size!r})", lang="en") == english
