"""Lines as an illustrator gives them: a few points, smooth but where a corner is asked for.

`"400 200 300 260| 280 700|"` is three knots; `|` after a knot makes it a corner. Runs between
corners become smooth curves, two corners in a row a straight edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

WIDTH = 800
_REACH = 0.37  # of a handle, in chords: a third for a straight run, 0.39 for a quarter circle


@dataclass(frozen=True, slots=True)
class Knot:
    x: float
    y: float
    corner: bool = False


Line = tuple[Knot, ...]


def number(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def knots(text: str) -> Line:
    words = text.replace(",", " ").split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return tuple(Knot(float(x), float(y.rstrip("|")), y.endswith("|")) for x, y in pairs)


def mirrored(half: Line) -> Line:
    """Complete a left half, drawn from the top of the axis down to its foot."""
    other = tuple(Knot(WIDTH - k.x, k.y, k.corner) for k in reversed(half))
    return half + tuple(k for k in other if abs(k.x - WIDTH / 2) > 1)


def reflected(line: Line) -> Line:
    return tuple(Knot(WIDTH - k.x, k.y, k.corner) for k in line)


def moved(line: Line, dx: float, dy: float) -> Line:
    return tuple(Knot(k.x + dx, k.y + dy, k.corner) for k in line)


def inset(line: Line, by: float) -> Line:
    """Move a closed line inward by a distance, as a row of stitches follows an edge."""
    turn = 1 if _area(line) > 0 else -1
    return tuple(
        _inward(line[at - 1], knot, line[(at + 1) % len(line)], by=turn * by)
        for at, knot in enumerate(line)
    )


def _area(line: Line) -> float:
    ends = zip(line, line[1:] + line[:1], strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in ends)


def _normal(a: Knot, b: Knot) -> tuple[float, float]:
    length = hypot(b.x - a.x, b.y - a.y) or 1
    return (a.y - b.y) / length, (b.x - a.x) / length


def _inward(before: Knot, knot: Knot, after: Knot, *, by: float) -> Knot:
    (ax, ay), (bx, by_) = _normal(before, knot), _normal(knot, after)
    x, y = ax + bx, ay + by_
    reach = max(0.5, (x * x + y * y) / 2)
    return Knot(knot.x + x / reach * by, knot.y + y / reach * by, knot.corner)


def outline(line: str | Line) -> str:
    """Give the path data of a closed form."""
    form = knots(line) if isinstance(line, str) else line
    return _data(form, [*form, form[0]], closed=True) + "Z"


def trace(line: str | Line) -> str:
    """Give the path data of an open line."""
    form = knots(line) if isinstance(line, str) else line
    return _data(form, form, closed=False)


def symmetric(half: str) -> str:
    return outline(mirrored(knots(half)))


def _data(form: Line, stops: Sequence[Knot], *, closed: bool) -> str:
    count = len(form)
    parts = [f"M{round(form[0].x)} {round(form[0].y)}"]
    for at in range(len(stops) - 1):
        here, there = stops[at], stops[at + 1]
        if here.corner and there.corner:
            parts.append("l" + _steps(here, (there.x, there.y)))
            continue
        before = here if here.corner or (at == 0 and not closed) else form[at - 1]
        last = at + 2 > count - 1 and not closed
        after = there if there.corner or last else form[(at + 2) % count]
        parts.append("c" + _steps(here, *_bend(before, here, there=there, after=after)))
    return "".join(parts)


def _steps(here: Knot, *points: tuple[float, float]) -> str:
    """Write points relative to a knot, in whole units: short, and fine enough at this size."""
    x0, y0 = round(here.x), round(here.y)
    text = " ".join(f"{round(x) - x0} {round(y) - y0}" for x, y in points)
    return text.replace(" -", "-")


def _bend(before: Knot, here: Knot, *, there: Knot, after: Knot) -> tuple[tuple[float, float], ...]:
    """Round the run between two knots: tangents from the neighbors, reach from the chord."""
    reach = _REACH * hypot(there.x - here.x, there.y - here.y)
    one, two = _lean(here, before, there, reach=reach), _lean(there, after, here, reach=reach)
    if before is here:
        one = ((here.x + two[0]) / 2, (here.y + two[1]) / 2)
    if after is there:
        two = ((there.x + one[0]) / 2, (there.y + one[1]) / 2)
    return one, two, (there.x, there.y)


def _lean(knot: Knot, away: Knot, toward: Knot, *, reach: float) -> tuple[float, float]:
    dx, dy = toward.x - away.x, toward.y - away.y
    length = hypot(dx, dy) or 1
    return knot.x + dx / length * reach, knot.y + dy / length * reach


def box(x: float, y: float, *, width: float, height: float, radius: float = 0) -> str:
    """Give a rectangle, its corners rounded."""
    r = min(radius, width / 2, height / 2)
    n = number
    if r == 0:
        return f"M{n(x)} {n(y)}h{n(width)}v{n(height)}h{n(-width)}Z"
    arc = f"a{n(r)} {n(r)} 0 0 1 "
    across, down = n(width - 2 * r), n(height - 2 * r)
    return (
        f"M{n(x + r)} {n(y)}h{across}{arc}{n(r)} {n(r)}v{down}{arc}{n(-r)} {n(r)}"
        f"h-{across}{arc}{n(-r)} {n(-r)}v-{down}{arc}{n(r)} {n(-r)}Z"
    )


def ellipse(x: float, y: float, *, rx: float, ry: float) -> str:
    n = number
    half = f"a{n(rx)} {n(ry)} 0 1 0 "
    return f"M{n(x - rx)} {n(y)}{half}{n(2 * rx)} 0{half}{n(-2 * rx)} 0Z"


def arch(left: float, right: float, /, *, foot: float, top: float, lean: float = 0) -> str:
    """Give the free arc of a handle or a chain; `lean` opens it wider than its feet."""
    rise = (4 * top - foot) / 3
    n = number
    return (
        f"M{n(left)} {n(foot)}C{n(left - lean)} {n(rise)} {n(right + lean)} {n(rise)}"
        f" {n(right)} {n(foot)}"
    )


def handle(left: float, right: float, /, *, foot: float, top: float) -> str:
    """Give the stiff arc of a rolled handle: straight legs, round shoulders."""
    n = number
    middle, span = (left + right) / 2, (right - left) / 2
    knee = min(foot, top + span * 1.05)
    reach, rest = span * 0.56, (knee - top) * 0.56
    return (
        f"M{n(left)} {n(foot)}L{n(left)} {n(knee)}"
        f"C{n(left)} {n(knee - rest)} {n(middle - reach)} {n(top)} {n(middle)} {n(top)}"
        f"C{n(middle + reach)} {n(top)} {n(right)} {n(knee - rest)} {n(right)} {n(knee)}"
        f"L{n(right)} {n(foot)}"
    )
