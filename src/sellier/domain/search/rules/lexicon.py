"""The words of fashion in two languages, read from `lexicon.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sellier.domain.search.rules.words import fold, joined_key, key, phrase_key, tokens

LANGUAGES = ("en", "fr")


class Kind(StrEnum):
    TYPE = "type"
    COLOR = "color"
    PERSON = "person"
    QUALITY = "quality"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Concept:
    """One idea and its names. What the other fields mean is told in `lexicon.toml`."""

    kind: Kind
    code: str
    names: Mapping[str, tuple[str, ...]]
    also: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shades: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    implies: str | None = None
    gender: str | None = None
    age: str | None = None

    def all_names(self) -> tuple[str, ...]:
        """Return the names in every language."""
        return tuple(name for names in self.names.values() for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """`by_key`: language to phrase key to what it may mean. `phrases`: name to language to keys.

    `said` holds the same phrases folded, longest first, to be looked for in running text.
    """

    concepts: Mapping[tuple[Kind, str], Concept]
    by_key: Mapping[str, Mapping[str, tuple[Concept, ...]]]
    phrases: Mapping[str, Mapping[str, frozenset[str]]]
    said: Mapping[str, tuple[str, ...]]
    spoken: frozenset[str]


def parse_lexicon(text: str) -> Lexicon:
    """Read a lexicon. A wrong one is a bug of ours, so it fails loudly."""
    raw = tomllib.loads(text)
    concepts = {
        (kind, code): _concept(kind, code, entry)
        for kind in Kind
        for code, entry in raw[kind].items()
    }
    phrases = {
        name: {lang: frozenset(map(phrase_key, _split(entry[lang]))) for lang in LANGUAGES}
        for name, entry in raw["phrase"].items()
    }
    spoken = {
        token
        for entries in raw.values()
        for entry in entries.values()
        for lang in LANGUAGES
        for name in _split(entry.get(lang, ""))
        for token in tokens(name)
    }
    return Lexicon(
        concepts=concepts,
        by_key={lang: _by_key(concepts, lang) for lang in LANGUAGES},
        phrases=phrases,
        said={name: _said(entry) for name, entry in raw["phrase"].items()},
        spoken=frozenset(spoken),
    )


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _said(entry: Mapping[str, str]) -> tuple[str, ...]:
    names = {fold(name) for lang in LANGUAGES for name in _split(entry[lang])}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _concept(kind: Kind, code: str, entry: Mapping[str, str]) -> Concept:
    return Concept(
        kind=kind,
        code=code,
        names={lang: _split(entry[lang]) for lang in LANGUAGES},
        also=_split(entry.get("also", "")),
        otherwise=_split(entry.get("else", "")),
        words=_split(entry.get("words", "")),
        shades=_split(entry.get("shades", "")),
        facts=_split(entry.get("fact", "")),
        implies=entry.get("type"),
        gender=entry.get("gender"),
        age=entry.get("age"),
    )


def _by_key(
    concepts: Mapping[tuple[Kind, str], Concept], lang: str
) -> Mapping[str, tuple[Concept, ...]]:
    found: dict[str, list[Concept]] = {}
    for concept in concepts.values():
        words = [tokens(name) for name in concept.names[lang]]
        phrases = dict.fromkeys([*map(key, words), *map(joined_key, words)])
        for phrase in phrases:
            found.setdefault(phrase, []).append(concept)
    return {phrase: tuple(meanings) for phrase, meanings in found.items()}
