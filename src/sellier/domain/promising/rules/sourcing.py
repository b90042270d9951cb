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
class _Tried:
    """Who passed the fences once something was given up."""

    relaxation: Relaxation | None
    found: Passed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What was found for one destination; the last try is the one that decided."""

    to: Destination
    wanted: Wanted
    weighs: Scales
    tried: Sequence[_Tried]
    candidates: Sequence[Candidate]
    cover: Cover | None
    is_part: bool  # less than what is wanted

    @property
    def able(self) -> Sequence[Able]:
        return self.tried[-1].found.able


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where every unit is taken from; `short` is the first need not served whole, if any."""

    takes: Sequence[Take]
    short: Need | None
    plans: Sequence[_Plan]

    @property
    def log(self) -> Log:
        """Say why it came out like this. Written when it is read: a promise keeps none."""
        return Log(parts=[_told(plan) for plan in self.plans])


def decide(question: Question, rule_set: RuleSet) -> Decision:
    """Decide where to take what is needed from.

    What goes to one destination is decided together. What is collected or carried out comes from
    that boutique alone, so it is decided first; each decision sees what the ones before it left.
    Unless the question allows for a part, everything is served or nothing is. Takes come sorted
    by (sku, location, line).
    """
    taken: dict[LocationId, dict[Sku, int]] = defaultdict(lambda: defaultdict(int))
    takes: list[Take] = []
    plans: list[_Plan] = []
    for to, needs in _by_destination(question.needs):
        asked = Asked(to=to, wanted=_summed(needs), taken=taken)
        plan = _plan(question, asked, rule_set)
        plans.append(plan)
        shares = _shares(plan)
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
        plans=plans,
    )


def _plan(question: Question, asked: Asked, rule_set: RuleSet) -> _Plan:
    fences, most = rule_set.fences, rule_set.max_parcels
    weighs = scales(rule_set, to=asked.to, wanted=asked.wanted)
    tried: list[_Tried] = []
    units = tuple(asked.wanted.values())
    for relaxation in (None, *rule_set.relaxations):
        if relaxation is not None:
            fences = relaxed(fences, relaxation)
        if relaxation is Relaxation.PARCELS:
            most = 0  # no bound any more
        found = passed(question, asked, fences)
        candidates = _candidates(found.able, weighs)
        tried.append(_Tried(relaxation=relaxation, found=found))
        covered = _covered(candidates, wanted=units, most=most)
        if covered is not None:
            break
    is_part = covered is None
    if is_part and question.is_partial:
        covered = _part_of(candidates, wanted=units, most=most)
    return _Plan(
        to=asked.to,
        wanted=asked.wanted,
        weighs=weighs,
        tried=tried,
        candidates=candidates,
        cover=covered,
        is_part=is_part,
    )


def _candidates(able: Sequence[Able], weighs: Scales) -> Sequence[Candidate]:
    codes = [source.code for source, _ in able]
    return list(map(Candidate, weighs.weights(able), codes, [gives for _, gives in able]))


def _covered(candidates: Sequence[Candidate], *, wanted: Gives, most: int) -> Cover | None:
    """Return a plan within the bound on parcels; a bound of none takes whoever gives most."""
    sums = _sums([each.gives for each in candidates])
    if not sums or any(have < want for have, want in zip(sums, wanted, strict=True)):
        return None
    if most:
        return cover(candidates, wanted=wanted, most=most)
    found = greedy(candidates, wanted=wanted, most=None)
    return Cover(chosen=found, is_exact=False) if found else None


def _part_of(candidates: Sequence[Candidate], *, wanted: Gives, most: int) -> Cover | None:
    """Return a plan for as much as there is."""
    there = tuple(map(min, _sums([each.gives for each in candidates]), wanted))
    if not any(there):
        return None
    whole = _covered([_within(each, there) for each in candidates], wanted=there, most=most)
    if whole is not None:
        return whole
    chosen = list(taking_most(candidates, wanted=wanted, most=most or None))
    return Cover(chosen=chosen, is_exact=False)


def _within(candidate: Candidate, there: Gives) -> Candidate:
    gives = tuple(map(min, candidate.gives, there))
    return candidate._replace(gives=gives)


def _sums(given: Sequence[Gives]) -> Sequence[int]:
    """Return how much there is of each SKU; nothing when nobody gives."""
    return list(map(sum, zip(*given, strict=True)))


def _shares(plan: _Plan) -> Shares:
    """Give each location of a plan its units: of each SKU, who has most gives first."""
    if plan.cover is None:
        return {}
    codes = {each.code for each in plan.cover.chosen}
    ids = {source.code: source.location_id for source, _ in plan.able if source.code in codes}
    shares: defaultdict[LocationId, dict[Sku, int]] = defaultdict(dict)
    for at, (sku, units) in enumerate(plan.wanted.items()):
        short = units
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


def _told(plan: _Plan) -> Part:
    to, wanted = plan.to, plan.wanted
    shares = _shares(plan)
    said = explained(
        plan.cover,
        able=plan.able,
        candidates=plan.candidates,
        wanted=tuple(wanted.values()),
        to=to,
        weighs=plan.weighs,
        shares=shares,
    )
    missing = {
        sku: units - sum(given.get(sku, 0) for given in shares.values())
        for sku, units in wanted.items()
    }
    return Part(
        way=to.way,
        country=to.country,
        at=_at(plan),
        wanted={str(sku): units for sku, units in wanted.items()},
        rules=plan.weighs.kinds,
        steps=[
            _step(one, wanted, has_plan=one is plan.tried[-1] and not plan.is_part)
            for one in plan.tried
        ],
        chosen=said.chosen,
        missing={sku: units for sku, units in missing.items() if units},
        beaten=said.beaten,
        beaten_by=said.beaten_by,
        partial=said.partial,
        is_exact=plan.cover is None or plan.cover.is_exact,
        is_located=to.latitude is not None,
    )


def _at(plan: _Plan) -> str | None:
    """Return the code of the boutique that the destination names, when it serves."""
    asked = plan.to.location_id
    if asked is None:
        return None
    return next((source.code for source, _ in plan.able if source.location_id == asked), None)


def _step(tried: _Tried, wanted: Wanted, *, has_plan: bool) -> Step:
    able = tried.found.able
    have = dict(zip(wanted, _sums([gives for _, gives in able]) or [0] * len(wanted), strict=True))
    return Step(
        relaxed=tried.relaxation,
        fenced=tried.found.fenced(),
        able=len(able),
        short={sku: units - have[sku] for sku, units in wanted.items() if have[sku] < units},
        has_plan=has_plan,
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
