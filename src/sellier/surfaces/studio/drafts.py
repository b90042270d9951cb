"""A rule set as a form: every rule has its row, in order, on or off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

import msgspec

from sellier.domain.promising.rules import RuleSet
from sellier.domain.promising.rules.rule_set import BOUNDS, PARCELS_MAX
from sellier.domain.promising.states import Relaxation, RuleKind
from sellier.infra.web import Form

Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]

KINDS: Final = tuple(kind for kind in RuleKind if kind is not RuleKind.CODE)
COSTS: Final = ("parcel", "abroad", "boutique", "per_100_km")
PARCELS: Final = PARCELS_MAX


class DraftForm(Form, frozen=True, kw_only=True):
    """What the page sends. Numbers come as typed: a wrong one is shown again beside its fault.

    `key` is the form's own: sent twice, it makes one version. `do` is the button pressed.
    """

    key: UUID
    do: Short = "check"
    name: Short = ""
    note: Short = ""
    order: Short = ""
    on_fewest_parcels: Short = ""
    on_warehouses_first: Short = ""
    on_boutiques_first: Short = ""
    on_same_country: Short = ""
    on_nearest: Short = ""
    on_least_busy: Short = ""
    on_spare_last_sizes: Short = ""
    on_deepest_stock: Short = ""
    on_cheapest: Short = ""
    on_preferred: Short = ""
    value_nearest: Short = "50"
    value_least_busy: Short = "25"
    value_spare_last_sizes: Short = "1"
    codes: Long = ""
    max_parcels: Short = "3"
    same_country: Short = ""
    countries: Short = ""
    banners: Short = ""
    maisons: Long = ""
    within_km: Short = "0"
    within_capacity: Short = ""
    keep_last: Short = "0"
    lift_last_sizes: Short = ""
    lift_distance: Short = ""
    lift_capacity: Short = ""
    lift_countries: Short = ""
    lift_parcels: Short = ""
    cost_parcel: Short = "900"
    cost_abroad: Short = "1500"
    cost_boutique: Short = "300"
    cost_per_100_km: Short = "40"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule as the page lists it."""

    kind: RuleKind
    is_on: bool
    value: str | None


def form_of(rule_set: RuleSet, *, key: UUID, name: str) -> DraftForm:
    """Fill the form with a rule set: its rules first, in order, then those it does not use."""
    fences = rule_set.fences
    used = {rule.kind: rule for rule in rule_set.rules}
    order = [*used, *(kind for kind in KINDS if kind not in used)]
    values = {
        f"value_{kind}": str(used[kind].value if kind in used else bounds.usual)
        for kind, bounds in BOUNDS.items()
    }
    preferred = used.get(RuleKind.PREFERRED)
    return DraftForm(
        key=key,
        name=name,
        order=",".join(order),
        codes=", ".join(preferred.codes) if preferred else "",
        max_parcels=str(rule_set.max_parcels),
        same_country="yes" if fences.is_same_country else "",
        countries=", ".join(fences.countries),
        banners=", ".join(fences.banners),
        maisons="\n".join(
            f"{maison}: {', '.join(banners)}" for maison, banners in fences.maisons.items()
        ),
        within_km=str(fences.within_km),
        within_capacity="yes" if fences.is_within_capacity else "",
        keep_last=str(fences.keep_last),
        **values,
        **{f"on_{kind}": "yes" for kind in used},
        **{f"lift_{each}": "yes" for each in rule_set.relaxations},
        **{f"cost_{cost}": str(getattr(rule_set.costs, cost)) for cost in COSTS},
    )


def rows(form: DraftForm) -> Sequence[Row]:
    """Return the rules in the form's order; one that it does not name comes last."""
    named = [kind for kind in form.order.split(",") if kind in KINDS]
    ordered = dict.fromkeys([*map(RuleKind, named), *KINDS])
    return [
        Row(
            kind=kind,
            is_on=bool(getattr(form, f"on_{kind}")),
            value=getattr(form, f"value_{kind}") if kind in BOUNDS else None,
        )
        for kind in ordered
    ]


def moved(form: DraftForm) -> DraftForm:
    """Return the form after its button for moving a rule, if it was one, was pressed."""
    verb, _, kind = form.do.partition(":")
    order = [row.kind for row in rows(form)]
    if verb in ("up", "down") and kind in order:
        at = order.index(RuleKind(kind))
        to = max(0, min(len(order) - 1, at + (1 if verb == "down" else -1)))
        order.insert(to, order.pop(at))
    return msgspec.structs.replace(form, order=",".join(order))


def body_of(form: DraftForm) -> Mapping[str, object]:
    """Return what the form says, as `promising.rules.parse` reads it."""
    return {
        "max_parcels": _number(form.max_parcels),
        "fences": {
            "same_country": bool(form.same_country),
            "countries": [code.upper() for code in _codes(form.countries)],
            "banners": _codes(form.banners),
            "maisons": _maisons(form.maisons),
            "within_km": _number(form.within_km),
            "within_capacity": bool(form.within_capacity),
            "keep_last": _number(form.keep_last),
        },
        "rules": [_rule(form, row) for row in rows(form) if row.is_on],
        "relaxations": [str(each) for each in Relaxation if getattr(form, f"lift_{each}")],
        "costs": {cost: _number(getattr(form, f"cost_{cost}")) for cost in COSTS},
    }


def field_of(form: DraftForm, path: str) -> str:
    """Return the form's field that a part of a rule set is written in."""
    head, _, rest = path.partition(".")
    match head:
        case "fences" | "costs":
            name = rest.partition(".")[0]
            return f"cost_{name}" if head == "costs" else name or "same_country"
        case "rules" if rest:
            at, _, part = rest.partition(".")
            kind = [row.kind for row in rows(form) if row.is_on][int(at)]
            return "codes" if part == "codes" else f"{'value' if part else 'on'}_{kind}"
        case "relaxations" if rest:
            chosen = [each for each in Relaxation if getattr(form, f"lift_{each}")]
            return f"lift_{chosen[int(rest)]}"
        case _:
            return head


def _rule(form: DraftForm, row: Row) -> Mapping[str, object]:
    said: dict[str, object] = {"rule": str(row.kind)}
    if row.value is not None:
        said["value"] = _number(row.value)
    if row.kind is RuleKind.PREFERRED:
        said["codes"] = _codes(form.codes)
    return said


def _number(typed: str) -> object:
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdigit() else typed or 0


def _codes(typed: str) -> list[str]:
    return [code.strip() for code in typed.replace("\n", ",").split(",") if code.strip()]


def _maisons(typed: str) -> Mapping[str, object]:
    lines = (line.partition(":") for line in typed.splitlines() if line.strip())
    return {maison.strip(): _codes(banners) for maison, _, banners in lines}
