"""The sheet a piece is drawn on: what is painted, and the gradients, filters and patterns it needs.

A class, though the house likes values, because a drawing is built stroke after stroke and its
definitions must be gathered, shared and named so that many drawings can stand in one page.
"""

from hashlib import blake2s

from sellier.demo.drawings.look import Look
from sellier.demo.drawings.palette import METALS, PALETTE, Shade

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000" role="img" fill="none"'
    ' stroke-linecap="round" stroke-linejoin="round">'
)


class Sheet:
    def __init__(self, look: Look) -> None:
        self.look = look
        self.shade = PALETTE[look.color]
        self._prefix = "s" + blake2s(repr(look).encode(), digest_size=4).hexdigest()
        self._names: dict[str, str] = {}
        self._body: list[str] = []

    def accent(self, otherwise: str) -> Shade:
        return PALETTE[self.look.accent or otherwise]

    def metal(self, otherwise: str = "gold") -> str:
        """Give the palette key of the hardware: the accent where it is a metal."""
        accent = self.look.accent
        return accent if accent in METALS else otherwise

    def vary(self, count: int, *, step: int = 1) -> int:
        """Choose among `count` details; another `step` chooses independently."""
        return self.look.variation // step % count

    def picks(self, which: int, *, of: int, step: int = 1) -> bool:
        """Tell whether the variation chooses this one of so many details."""
        return self.vary(of, step=step) == which

    def define(self, markup: str) -> str:
        """Keep a definition, `@` standing for its id, and give the address to paint with."""
        name = self._names.setdefault(markup, f"{self._prefix}{len(self._names):x}")
        return f"url(#{name})"

    def add(self, *markup: str) -> None:
        self._body.extend(markup)

    def linear(self, stops: str, *, axis: str = "0 0 1 1") -> str:
        """Define a gradient: `"0 #fff, 1 #000 .5"`, along an axis within the form's box."""
        x1, y1, x2, y2 = axis.split()
        head = f'<linearGradient id="@" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
        return self.define(f"{head}{_stops(stops)}</linearGradient>")

    def radial(self, stops: str, *, center: str = ".4 .3 .8") -> str:
        x, y, r = center.split()
        head = f'<radialGradient id="@" cx="{x}" cy="{y}" r="{r}">'
        return self.define(f"{head}{_stops(stops)}</radialGradient>")

    def blur(self, deviation: float) -> str:
        return self.define(
            '<filter id="@" x="-40%" y="-40%" width="180%" height="180%">'
            f'<feGaussianBlur stdDeviation="{deviation:g}"/></filter>'
        )

    def clip(self, data: str) -> str:
        return self.define(f'<clipPath id="@"><path d="{data}"/></clipPath>')

    def document(self) -> str:
        defined = "".join(markup.replace("@", name, 1) for markup, name in self._names.items())
        return f"{_HEAD}<defs>{defined}</defs>{''.join(self._body)}</svg>"


def _stops(stops: str) -> str:
    return "".join(_stop(*stop.split()) for stop in stops.split(","))


def _stop(offset: str, color: str, opacity: str = "") -> str:
    veil = f' stop-opacity="{opacity}"' if opacity else ""
    return f'<stop offset="{offset}" stop-color="{color}"{veil}/>'


def fill(data: str, paint: str, *, opacity: float = 1, extra: str = "") -> str:
    veil = f' opacity="{opacity:g}"' if opacity != 1 else ""
    return f'<path d="{data}" fill="{paint}"{veil}{_spaced(extra)}/>'


def stroke(data: str, paint: str, *, width: float = 2, opacity: float = 1, extra: str = "") -> str:
    veil = f' opacity="{opacity:g}"' if opacity != 1 else ""
    return f'<path d="{data}" stroke="{paint}" stroke-width="{width:g}"{veil}{_spaced(extra)}/>'


def group(*markup: str, extra: str = "") -> str:
    return f"<g{_spaced(extra)}>{''.join(markup)}</g>"


def _spaced(extra: str) -> str:
    return f" {extra}" if extra else ""
