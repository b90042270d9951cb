"""Which location serves which line: the decision alone, without a database.

Fences say who may serve. Rules in order say what is better, and the first that is not a tie decides
between two plans. When no plan is possible, something is given up, step by step.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sellier.domain.promising.rules.cover import Candidate, Cover, cover, greedy, taking_most
from sellier.domain.promising.rules.explain import explained
from sellier.domain.promising.rules.fences import Able, Asked, Passed, Question, passed, relaxed
from sellier.domain.promising.rules.log import Log, Part, Step
from sellier.domain.promising.rules.needs import Destination, Need, Take
from sellier.domain.promising.rules.rule_set import RuleSet
from sellier.domain.promising.rules.weigh import Gives, Scales, scales
from sellier.domain.promising.states import Relaxation
from sellier.kernel.ids import LocationId, Sku

Wanted = Mapping[Sku, int]
Shares = Mapping[LocationId, Mapping[Sku, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where every unit is taken from; `short` is the first need not served whole, if any."""

    takes: Sequence[Take]
    short: Need | None
    log: Log


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What was found for one destination."""

    cover: Cover | None
    able: Sequence[Able]
    candidates: Sequence[Candidate]
    wanted: Gives
    steps: Sequence[Step]


def decide(question: Question, rule_set: RuleSet) -> Decision:
    """Decide where to take what is needed from.

    What goes to one destination is decided together. What is collected or carried out comes from
    that boutique alone, so it is decided first; each decision sees what the ones before it left.
    Unless the question allows for a part, everything is served or nothing is. Takes come sorted
    by (sku, location, line).
    """
    taken: dict[LocationId, dict[Sku, int]] = defaultdict(lambda: defaultdict(int))
    takes: list[Take] = []
    parts: list[Part] = []
    for to, needs in _by_destination(question.needs):
        asked = Asked(to=to, wanted=_summed(needs), taken=taken)
        weighs = scales(rule_set, to=to, wanted=asked.wanted)
        plan = _plan(question, asked, rule_set, weighs=weighs)
        shares = _shares(plan, list(asked.wanted))
        parts.append(_told(plan, asked, weighs=weighs, shares=shares))
        takes += _takes(needs, shares)
        for location_id, units in shares.items():
            for sku, quantity in units.items():
                taken[location_id][sku] += quantity
    short = _first_short(question.needs, takes)
    return Decision(
        takes=sorted(takes, key=lambda take: (take.sku, take.location_id, take.line_id))
        if short is None or question.is_partial
        else (),
        short=short,
        log=Log(parts=parts),
    )


def _plan(question: Question, asked: Asked, rule_set: RuleSet, *, weighs: Scales) -> _Plan:
    fences, most = rule_set.fences, rule_set.max_parcels
    steps: list[Step] = []
    units = tuple(asked.wanted.values())
    for relaxation in (None, *rule_set.relaxations):
        if relaxation is not None:
            fences = relaxed(fences, relaxation)
        if relaxation is Relaxation.PARCELS:
            most = 0  # no bound any more
        found = passed(question, asked, fences)
        candidates = _candidates(found.able, weighs)
        covered = _covered(candidates, wanted=units, most=most)
        steps.append(_step(found, asked, relaxation=relaxation, has_plan=covered is not None))
        if covered is not None:
            return _Plan(
                cover=covered, able=found.able, candidates=candidates, wanted=units, steps=steps
            )
    part = _part_of(candidates, wanted=units, most=most) if question.is_partial else None
    return _Plan(cover=part, able=found.able, candidates=candidates, wanted=units, steps=steps)


def _candidates(able: Sequence[Able], weighs: Scales) -> Sequence[Candidate]:
    return [
        Candidate(each.source.code, weighs.weight(each.source, each.gives), each.gives)
        for each in able
    ]


def _covered(candidates: Sequence[Candidate], *, wanted: Gives, most: int) -> Cover | None:
    """Return a plan within the bound on parcels; a bound of none takes whoever gives most."""
    sums = [sum(units) for units in zip(*(each.gives for each in candidates), strict=True)]
    if not sums or any(have < want for have, want in zip(sums, wanted, strict=True)):
        return None
    if most:
        return cover(candidates, wanted=wanted, most=most)
    found = greedy(candidates, wanted=wanted, most=None)
    return Cover(chosen=found, is_exact=False) if found else None


def _part_of(candidates: Sequence[Candidate], *, wanted: Gives, most: int) -> Cover | None:
    """Return a plan for as much as there is."""
    sums = [sum(units) for units in zip(*(each.gives for each in candidates), strict=True)]
    there = tuple(map(min, sums, wanted))
    if not any(there):
        return None
    whole = _covered([_within(each, there) for each in candidates], wanted=there, most=most)
    if whole is not None:
        return whole
    chosen = list(taking_most(candidates, wanted=wanted, most=most or None))
    return Cover(chosen=chosen, is_exact=False)


def _within(candidate: Candidate, there: Gives) -> Candidate:
    gives = tuple(map(min, candidate.gives, there))
    return Candidate(candidate.code, candidate.weight, gives)


def _shares(plan: _Plan, skus: Sequence[Sku]) -> Shares:
    """Give each location of a plan its units: of each SKU, who has most gives first."""
    if plan.cover is None:
        return {}
    ids = {each.source.code: each.source.location_id for each in plan.able}
    shares: defaultdict[LocationId, dict[Sku, int]] = defaultdict(dict)
    for at, sku in enumerate(skus):
        short = plan.wanted[at]
        for each in sorted(plan.cover.chosen, key=lambda each: -each.gives[at]):
            quantity = min(short, each.gives[at])
            if quantity:
                shares[ids[each.code]][sku] = quantity
                short -= quantity
    return shares


def _takes(needs: Sequence[Need], shares: Shares) -> Iterator[Take]:
    """Hand the units of each location out to the lines that share them, in the lines' order."""
    left = {place: dict(units) for place, units in sorted(shares.items())}
    for need in needs:
        short = need.quantity
        for place, units in left.items():
            quantity = min(short, units.get(need.sku, 0))
            if quantity:
                units[need.sku] -= quantity
                short -= quantity
                yield Take(line_id=need.line_id, sku=need.sku, location_id=place, quantity=quantity)


def _step(found: Passed, asked: Asked, *, relaxation: Relaxation | None, has_plan: bool) -> Step:
    wanted = asked.wanted
    sums = [sum(units) for units in zip(*(each.gives for each in found.able), strict=True)]
    have = dict(zip(wanted, sums or [0] * len(wanted), strict=True))
    return Step(
        relaxed=relaxation,
        fenced=found.fenced,
        able=len(found.able),
        short={sku: units - have[sku] for sku, units in wanted.items() if have[sku] < units},
        has_plan=has_plan,
    )


def _told(plan: _Plan, asked: Asked, *, weighs: Scales, shares: Shares) -> Part:
    to, wanted = asked.to, asked.wanted
    said = explained(
        plan.cover,
        able=plan.able,
        candidates=plan.candidates,
        wanted=plan.wanted,
        to=to,
        weighs=weighs,
        shares=shares,
    )
    codes = (each.source.code for each in plan.able if each.source.location_id == to.location_id)
    missing = {
        sku: units - sum(given.get(sku, 0) for given in shares.values())
        for sku, units in wanted.items()
    }
    return Part(
        way=to.way,
        country=to.country,
        at=next(codes, None),
        wanted={str(sku): units for sku, units in wanted.items()},
        rules=weighs.kinds,
        steps=plan.steps,
        chosen=said.chosen,
        missing={sku: units for sku, units in missing.items() if units},
        beaten=said.beaten,
        beaten_by=said.beaten_by,
        partial=said.partial,
        is_exact=plan.cover is None or plan.cover.is_exact,
        is_located=to.latitude is not None,
    )


def _by_destination(needs: Sequence[Need]) -> Sequence[tuple[Destination, Sequence[Need]]]:
    groups: defaultdict[Destination, list[Need]] = defaultdict(list)
    for need in needs:
        groups[need.to].append(need)
    return sorted(groups.items(), key=lambda group: group[0].location_id is None)


def _summed(needs: Sequence[Need]) -> Wanted:
    wanted: defaultdict[Sku, int] = defaultdict(int)
    for need in needs:
        wanted[need.sku] += need.quantity
    return dict(wanted)


def _first_short(needs: Sequence[Need], takes: Sequence[Take]) -> Need | None:
    served: defaultdict[tuple[object, Sku], int] = defaultdict(int)
    for take in takes:
        served[take.line_id, take.sku] += take.quantity
    asked: defaultdict[tuple[object, Sku], int] = defaultdict(int)
    for need in needs:
        asked[need.line_id, need.sku] += need.quantity
        if asked[need.line_id, need.sku] > served[need.line_id, need.sku]:
            return need
    return None
