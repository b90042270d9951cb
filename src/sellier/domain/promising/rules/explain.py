"""Say of a plan what it is, and which rule kept each other location out of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final

from sellier.domain.promising.rules.cover import Candidate, Cover
from sellier.domain.promising.rules.fences import Able
from sellier.domain.promising.rules.log import Beaten, Chosen
from sellier.domain.promising.rules.needs import Destination
from sellier.domain.promising.rules.weigh import Gives, Scales, km_to
from sellier.domain.promising.states import RuleKind
from sellier.kernel.ids import LocationId, Sku

NAMED_MAX: Final = 5  # others that a log names; the rest are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a log says of a plan."""

    chosen: Sequence[Chosen] = ()
    beaten: Sequence[Beaten] = ()
    beaten_by: Mapping[RuleKind, int] = field(default_factory=dict)
    partial: int = 0


def explained(
    cover: Cover | None,
    *,
    able: Sequence[Able],
    candidates: Sequence[Candidate],
    wanted: Gives,
    to: Destination,
    weighs: Scales,
    shares: Mapping[LocationId, Mapping[Sku, int]],
) -> Explained:
    """Say what was chosen, and of each other able location the rule that decided against it."""
    if cover is None:
        return Explained()
    codes = {each.code for each in cover.chosen}
    sources = {source.code: source for source, _ in able if source.code in codes}
    chosen = []
    for each in cover.chosen:
        source = sources[each.code]
        km = km_to(source, to)
        units = {str(sku): count for sku, count in shares[source.location_id].items()}
        chosen.append(Chosen(code=each.code, units=units, km=None if km is None else round(km)))
    others = list(_others(cover, candidates, wanted=wanted))
    weights = Counter([(instead.weight, weight) for weight, _, instead in others])
    beaten_by: Counter[RuleKind] = Counter()
    for (ours, theirs), count in weights.items():
        beaten_by[weighs.rule(ours, theirs)] += count
    beaten = []
    for weight, code, instead in nsmallest(NAMED_MAX, others):
        rule, (ours, theirs) = weighs.decided(instead.weight, weight)
        beaten.append(
            Beaten(code=code, instead_of=instead.code, rule=rule, ours=ours, theirs=theirs)
        )
    return Explained(
        chosen=chosen,
        beaten=beaten,
        beaten_by=dict(beaten_by),
        partial=len(able) - len(cover.chosen) - len(others),
    )


def _others(
    cover: Cover, candidates: Sequence[Candidate], *, wanted: Gives
) -> Iterator[tuple[int, str, Candidate]]:
    """Yield who could stand in the place of one chosen: their weight, their code, and that one."""
    codes = {each.code for each in cover.chosen}
    gaps = _gaps(cover.chosen, wanted)
    replaced: dict[Gives, Candidate | None] = {}  # many give the same
    for weight, code, gives in candidates:
        if code in codes:
            continue
        if gives not in replaced:
            fitting = (member for member, gap in gaps if all(map(int.__ge__, gives, gap)))
            replaced[gives] = next(fitting, None)
        member = replaced[gives]
        if member is not None:
            yield weight, code, member


def _gaps(chosen: Sequence[Candidate], wanted: Gives) -> Sequence[tuple[Candidate, Gives]]:
    """Return what each location of a plan must be able to give, given the others; dearest first."""
    sums = [sum(units) for units in zip(*(each.gives for each in chosen), strict=True)]
    return [
        (
            member,
            tuple(
                max(0, want - (have - own))
                for want, have, own in zip(wanted, sums, member.gives, strict=True)
            ),
        )
        for member in reversed(chosen)
    ]
