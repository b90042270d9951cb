"""Check a rule set against the locations that there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sellier.domain.promising.errors import CanSourceNothing, RuleSetRefused
from sellier.domain.promising.rules.fences import Asked, Question, passed, relaxed
from sellier.domain.promising.rules.needs import Destination
from sellier.domain.promising.rules.rule_set import RuleSet
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.states import RuleKind, Way
from sellier.kernel.ids import Sku

_ANY: Final = Sku("any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The places that could serve, the countries sold to, and the names that rules may use."""

    sources: Sequence[Source]
    countries: Collection[str]
    banners: Collection[str]
    maisons: Collection[str]


def check_network(rule_set: RuleSet, network: Network) -> None:
    """Refuse names that nothing has, and fences that nobody passes.

    Raises `RuleSetRefused`, `CanSourceNothing`.
    """
    fences = rule_set.fences
    codes = {source.code for source in network.sources}
    for at, rule in enumerate(rule_set.rules):
        if rule.kind is RuleKind.PREFERRED:
            _check_known(rule.codes, codes, field=f"rules.{at}.codes", what="location")
    countries = {source.country for source in network.sources}
    _check_known(fences.countries, countries, field="fences.countries", what="location in")
    _check_known(fences.banners, network.banners, field="fences.banners", what="banner")
    for maison, banners in fences.maisons.items():
        _check_known([maison], network.maisons, field="fences.maisons", what="maison")
        _check_known(banners, network.banners, field="fences.maisons", what="banner")
    if network.sources and not any(_serves(rule_set, network, to) for to in network.countries):
        raise CanSourceNothing(
            "Under these fences no location may send anything to any country that we sell to. "
            "Allow more countries or banners, or let a fence be given up.",
            field="fences",
            reason="nobody_serves",
        )


def _check_known(said: Collection[str], known: Collection[str], *, field: str, what: str) -> None:
    for code in said:
        if code not in known:
            raise RuleSetRefused(
                f"There is no {what} {code}. Correct it or leave it out.",
                field=field,
                reason="not_known",
                code=code,
            )


def _serves(rule_set: RuleSet, network: Network, country: str) -> bool:
    """Tell whether anybody may send to a country once all that may be given up is given up."""
    fences = rule_set.fences
    for relaxation in rule_set.relaxations:
        fences = relaxed(fences, relaxation)
    stocked = [source._replace(available={_ANY: 1_000}, in_hand=0) for source in network.sources]
    asked = Asked(to=Destination(way=Way.SHIP, country=country), wanted={_ANY: 1}, taken={})
    return bool(passed(Question(sources=stocked, needs=()), asked, fences).able)
