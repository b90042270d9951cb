"""Why a decision came out as it did, in values that are kept and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sellier.domain.promising.states import Fence, Relaxation, RuleKind, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """How many locations a fence ruled out, and the first of them."""

    count: int
    codes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One search: under the fences as set, or after something more was given up."""

    relaxed: Relaxation | None
    fenced: Mapping[Fence, Fenced]
    able: int  # locations that passed every fence and have some of it
    short: Mapping[str, int] = field(default_factory=dict)  # units missing, by SKU
    has_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A location of the plan and what it gives, by SKU."""

    code: str
    units: Mapping[str, int]
    km: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """A location that could have stood in the place of one chosen, and the rule that decided."""

    code: str
    instead_of: str
    rule: RuleKind
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was decided for one destination."""

    way: Way
    country: str
    at: str | None  # the boutique of what is collected or carried out
    wanted: Mapping[str, int]
    rules: Sequence[RuleKind]
    steps: Sequence[Step]
    chosen: Sequence[Chosen] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    beaten: Sequence[Beaten] = ()
    beaten_by: Mapping[RuleKind, int] = field(default_factory=dict)
    partial: int = 0  # able locations that could have replaced none of the chosen
    is_exact: bool = True
    is_located: bool = True  # the destination's coordinates are known


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A decision as it is kept."""

    parts: Sequence[Part]
