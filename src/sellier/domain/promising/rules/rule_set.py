"""Rule sets: fences, then rules in order, then what is given up step by step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from sellier.domain.promising.errors import RuleSetRefused
from sellier.domain.promising.states import Relaxation, RuleKind

PARCELS_MAX: Final = 6
CODES_MAX: Final = 500
NAME_LONGEST: Final = 60
NOTE_LONGEST: Final = 200
AMOUNT_MAX: Final = 1_000_000

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the number of a rule may be. Within one step of it, two plans are a tie."""

    low: int
    high: int
    usual: int


BOUNDS: Final[Mapping[RuleKind, Bounds]] = {
    RuleKind.NEAREST: Bounds(low=1, high=5_000, usual=50),  # km
    RuleKind.LEAST_BUSY: Bounds(low=1, high=100, usual=25),  # percent of a day's capacity
    RuleKind.SPARE_LAST_SIZES: Bounds(low=1, high=20, usual=1),  # units that should stay
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One preference; `value` and `codes` mean something to some kinds only."""

    kind: RuleKind
    value: int = 0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """Who may serve at all. Nothing said means no fence."""

    is_same_country: bool = False
    countries: tuple[str, ...] = ()
    banners: tuple[str, ...] = ()
    # The pieces of a maison leave only from locations under these banners.
    maisons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within_km: int = 0
    is_within_capacity: bool = False
    keep_last: int = 0  # units of each size that a boutique keeps for its own visitors


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What sending costs, in minor units of the group's own currency."""

    parcel: int = 900
    abroad: int = 1_500  # more, when it crosses a border
    boutique: int = 300  # more, when a boutique prepares it
    per_100_km: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """How sources are chosen. The first rule that is not a tie decides."""

    max_parcels: int
    fences: Fences
    rules: tuple[Rule, ...]
    relaxations: tuple[Relaxation, ...]
    costs: Costs


# Until a group says otherwise: one parcel if possible, warehouses, home, and never a lost sale.
DEFAULT: Final = RuleSet(
    max_parcels=3,
    fences=Fences(),
    rules=(
        Rule(kind=RuleKind.FEWEST_PARCELS),
        Rule(kind=RuleKind.WAREHOUSES_FIRST),
        Rule(kind=RuleKind.SAME_COUNTRY),
    ),
    relaxations=(Relaxation.PARCELS,),
    costs=Costs(),
)


def body_of(rule_set: RuleSet) -> dict[str, object]:
    """Write a rule set as it is kept: `parse` reads it back."""
    fences = rule_set.fences
    return {
        "max_parcels": rule_set.max_parcels,
        "fences": {
            "same_country": fences.is_same_country,
            "countries": list(fences.countries),
            "banners": list(fences.banners),
            "maisons": {maison: list(banners) for maison, banners in fences.maisons.items()},
            "within_km": fences.within_km,
            "within_capacity": fences.is_within_capacity,
            "keep_last": fences.keep_last,
        },
        "rules": [_rule_body(rule) for rule in rule_set.rules],
        "relaxations": [str(each) for each in rule_set.relaxations],
        "costs": asdict(rule_set.costs),
    }


def _rule_body(rule: Rule) -> dict[str, object]:
    said: dict[str, object] = {"rule": str(rule.kind)}
    if rule.kind in BOUNDS:
        said["value"] = rule.value
    if rule.kind is RuleKind.PREFERRED:
        said["codes"] = list(rule.codes)
    return said


def parse(body: object) -> RuleSet:
    """Read a rule set from plain values. Raises `RuleSetRefused`, whose `field` is what is wrong.

    What is left out is as in a rule set that says nothing: no fence, no relaxation.
    """
    said = _table(body, "", ("max_parcels", "fences", "rules", "relaxations", "costs"))
    found = RuleSet(
        max_parcels=_whole(said, "max_parcels", low=1, high=PARCELS_MAX, usual=DEFAULT.max_parcels),
        fences=_fences(said.get("fences", {})),
        rules=tuple(_rule(each, at) for at, each in enumerate(_items(said, "rules"))),
        relaxations=tuple(
            _relaxation(each, at) for at, each in enumerate(_items(said, "relaxations"))
        ),
        costs=_costs(said.get("costs", {})),
    )
    check(found)
    return found


def check(rule_set: RuleSet) -> None:
    """Refuse what contradicts itself. Raises `RuleSetRefused`."""
    kinds = [rule.kind for rule in rule_set.rules]
    for at, kind in enumerate(kinds):
        if kind in kinds[:at]:
            raise _refused(
                f"rules.{at}", f"“{kind}” stands twice; the second never decides.", "twice"
            )
    if {RuleKind.WAREHOUSES_FIRST, RuleKind.BOUTIQUES_FIRST} <= set(kinds):
        raise _refused(
            "rules", "Warehouses first and boutiques first contradict; keep one.", "contradict"
        )
    fences = rule_set.fences
    if fences.is_same_country and fences.countries:
        raise _refused(
            "fences.countries", "Choose the customer's country, or a list; not both.", "not_both"
        )
    _check_relaxations(rule_set)


def _check_relaxations(rule_set: RuleSet) -> None:
    fences = rule_set.fences
    is_set = {
        Relaxation.LAST_SIZES: fences.keep_last > 0,
        Relaxation.DISTANCE: fences.within_km > 0,
        Relaxation.CAPACITY: fences.is_within_capacity,
        Relaxation.COUNTRIES: fences.is_same_country or bool(fences.countries),
        Relaxation.PARCELS: True,
    }
    for at, each in enumerate(rule_set.relaxations):
        if each in rule_set.relaxations[:at]:
            raise _refused(f"relaxations.{at}", f"“{each}” is given up twice; say it once.")
        if not is_set[each]:
            raise _refused(
                f"relaxations.{at}",
                f"“{each}” is given up, but no fence asks for it; set it first.",
                "no_fence",
            )


def _fences(said: object) -> Fences:
    names = ("same_country", "countries", "banners", "maisons", "within_km", "within_capacity")
    table = _table(said, "fences", (*names, "keep_last"))
    maisons = _table(table.get("maisons", {}), "fences.maisons", None)
    return Fences(
        is_same_country=_yes(table, "same_country"),
        countries=_codes(table.get("countries", []), "fences.countries", _COUNTRY),
        banners=_codes(table.get("banners", []), "fences.banners", _CODE),
        maisons={
            maison: _codes(banners, f"fences.maisons.{maison}", _CODE)
            for maison, banners in maisons.items()
        },
        within_km=_whole(table, "within_km", at="fences.", high=20_000),
        is_within_capacity=_yes(table, "within_capacity"),
        keep_last=_whole(table, "keep_last", at="fences.", high=20),
    )


def _rule(said: object, at: int) -> Rule:
    where = f"rules.{at}"
    table = _table(said, where, ("rule", "value", "codes"))
    name = table.get("rule")
    known = [kind for kind in RuleKind if kind is not RuleKind.CODE]
    if name not in known:
        raise _refused(where, f"There is no rule “{name}”. There are: {', '.join(known)}.")
    kind = RuleKind(str(name))
    bounds = BOUNDS.get(kind)
    if bounds is None and "value" in table:
        raise _refused(f"{where}.value", f"“{kind}” takes no number; leave it out.")
    codes = _codes(table.get("codes", []), f"{where}.codes", _CODE)
    if bool(codes) != (kind is RuleKind.PREFERRED):
        raise _refused(f"{where}.codes", "Only “preferred” names locations, and it must.", "nobody")
    value = 0
    if bounds is not None:
        value = _whole(
            table, "value", at=f"{where}.", low=bounds.low, high=bounds.high, usual=bounds.usual
        )
    return Rule(kind=kind, value=value, codes=codes)


def _relaxation(said: object, at: int) -> Relaxation:
    if said not in list(Relaxation):
        known = ", ".join(Relaxation)
        raise _refused(f"relaxations.{at}", f"“{said}” cannot be given up. These can: {known}.")
    return Relaxation(str(said))


def _costs(said: object) -> Costs:
    table = _table(said, "costs", tuple(asdict(Costs())))
    return Costs(
        **{
            name: _whole(table, name, at="costs.", high=AMOUNT_MAX, usual=usual)
            for name, usual in asdict(Costs()).items()
        }
    )


def _table(said: object, where: str, known: Sequence[str] | None) -> Mapping[str, object]:
    if not isinstance(said, Mapping):
        raise _refused(where, "Write a table of names and values here.")
    for name in said:
        if known is not None and name not in known:
            path = f"{where}.{name}".lstrip(".")
            raise _refused(path, f"There is no “{name}” here. There are: {', '.join(known)}.")
    return said


def _items(table: Mapping[str, object], name: str) -> Sequence[object]:
    said = table.get(name, [])
    if not isinstance(said, list | tuple):
        raise _refused(name, "Write a list here.")
    return said


def _whole(
    table: Mapping[str, object],
    name: str,
    *,
    at: str = "",
    low: int = 0,
    high: int,
    usual: int = 0,
) -> int:
    said = table.get(name, usual)
    if isinstance(said, bool) or not isinstance(said, int) or not low <= said <= high:
        raise _refused(
            f"{at}{name}",
            f"Write a whole number from {low} to {high}.",
            "number",
            low=low,
            high=high,
        )
    return said


def _yes(table: Mapping[str, object], name: str) -> bool:
    said = table.get(name, False)
    if not isinstance(said, bool):
        raise _refused(f"fences.{name}", "Say true or false.")
    return said


def _codes(said: object, where: str, shape: re.Pattern[str]) -> tuple[str, ...]:
    if not isinstance(said, list | tuple) or len(said) > CODES_MAX:
        raise _refused(where, f"Write a list of at most {CODES_MAX} codes.")
    for each in said:
        if not isinstance(each, str) or not shape.fullmatch(each):
            raise _refused(where, f"“{each}” is not a code.", "code", code=str(each))
    return tuple(dict.fromkeys(said))


def _refused(where: str, says: str, reason: str = "shape", **details: object) -> RuleSetRefused:
    """Refuse a part; `reason` and `details` let a page say it in the reader's language."""
    return RuleSetRefused(says, field=where, reason=reason, **details)
