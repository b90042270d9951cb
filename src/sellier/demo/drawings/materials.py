"""How each material takes the light: its relief, its grain and its weave."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.palette import Shade, blend, channels, luminance
from sellier.demo.drawings.prints import printed
from sellier.demo.drawings.sheet import Sheet, fill, group
from sellier.demo.drawings.weaves import weave

_WHITE = "#ffffff"
_OPEN = (
    '<filter id="@" x="-4%" y="-4%" width="108%" height="108%" color-interpolation-filters="sRGB">'
)
_MIRROR = "0 #ffffff .34, .26 #ffffff .1, .27 #ffffff 0, .7 #ffffff 0, .86 #ffffff .12, 1 #ffffff 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    relief: float  # how far inward an edge turns away from the light
    shadow: float
    glow: float
    sheen: float = 0.5  # contrast between the lit and the far side
    grain: str = ""  # attributes of the noise that stands for the grain
    height: float = 0  # of the grain
    gloss: float = 0  # a mirror-like reflection


_FINE = 'type="fractalNoise" baseFrequency=".75" numOctaves="2"'
_PEBBLE = 'type="fractalNoise" baseFrequency=".13" numOctaves="2"'
_NAP = 'type="fractalNoise" baseFrequency=".32 .4" numOctaves="3"'
_FELT = 'type="fractalNoise" baseFrequency=".5" numOctaves="3"'
_SLUB = 'type="fractalNoise" baseFrequency=".02 .55" numOctaves="2"'

_PLAIN = Finish(relief=14, shadow=0.34, glow=0.3)
FINISHES: Mapping[Material, Finish] = MappingProxyType(
    {
        Material.CALF: Finish(
            relief=20, shadow=0.5, glow=0.42, sheen=0.7, grain=_FINE, height=0.5, gloss=0.16
        ),
        Material.GRAINED: Finish(
            relief=18, shadow=0.5, glow=0.34, sheen=0.5, grain=_PEBBLE, height=3.6
        ),
        Material.SUEDE: Finish(
            relief=26, shadow=0.36, glow=0.2, sheen=0.26, grain=_NAP, height=1.3
        ),
        Material.PATENT: Finish(relief=16, shadow=0.75, glow=0.5, sheen=1, gloss=1.3),
        Material.QUILTED: Finish(
            relief=20, shadow=0.5, glow=0.36, sheen=0.6, grain=_FINE, height=0.5
        ),
        Material.CANVAS: Finish(relief=12, shadow=0.36, glow=0.24, sheen=0.3),
        Material.SILK: Finish(relief=14, shadow=0.36, glow=0.5, sheen=0.9),
        Material.SATIN: Finish(relief=16, shadow=0.45, glow=0.6, sheen=1, gloss=0.3),
        Material.LACE: Finish(relief=8, shadow=0.2, glow=0.2, sheen=0.2),
        Material.WOOL: Finish(
            relief=16, shadow=0.36, glow=0.22, sheen=0.3, grain=_FELT, height=1.3
        ),
        Material.TWEED: Finish(
            relief=16, shadow=0.34, glow=0.22, sheen=0.3, grain=_FELT, height=2.2
        ),
        Material.CASHMERE: Finish(
            relief=22, shadow=0.34, glow=0.3, sheen=0.3, grain=_FELT, height=0.8
        ),
        Material.KNIT: Finish(relief=20, shadow=0.4, glow=0.26, sheen=0.3),
        Material.COTTON: Finish(relief=12, shadow=0.28, glow=0.3, sheen=0.35),
        Material.LINEN: Finish(
            relief=12, shadow=0.3, glow=0.24, sheen=0.3, grain=_SLUB, height=0.45
        ),
        Material.DENIM: Finish(relief=14, shadow=0.4, glow=0.3, sheen=0.3, grain=_FELT, height=1.2),
        Material.CERAMIC: Finish(relief=24, shadow=0.5, glow=0.5, sheen=0.9, gloss=0.5),
        Material.LACQUER: Finish(relief=14, shadow=0.6, glow=0.5, sheen=1, gloss=0.8),
        Material.ACETATE: Finish(relief=9, shadow=0.6, glow=0.5, sheen=0.7, gloss=0.6),
    }
)


def surface(
    sheet: Sheet,
    data: str,
    *,
    shade: Shade | None = None,
    material: Material | None = None,
    turn: float = 0,
    line: float = 0,
    lifted: float = 0,
) -> str:
    """Paint a closed form in a material: body color, grain, weave, turned edges, reflection.

    `line` closes it with a contour of that width, `lifted` throws a shadow on what lies beneath.
    """
    design = "" if shade or material else printed(sheet, turn=turn)
    shade = shade or sheet.shade
    material = material or sheet.look.material
    finish = FINISHES.get(material, _PLAIN)
    contour = f'stroke="{shade.stroke}" stroke-opacity=".8" stroke-width="{line:g}"'
    base = fill(data, _body(sheet, shade, finish=finish), extra=contour if line else "")
    mirror = sheet.linear(_MIRROR) if material is Material.PATENT else ""
    for over in (design or weave(sheet, shade, material), mirror):
        base += fill(data, over) if over else ""
    formed = group(base, extra=f'filter="{_form(sheet, shade, finish)}"')
    return raised(sheet, formed, lifted) if lifted else formed


def raised(sheet: Sheet, markup: str, height: float, *, strength: float = 0.5) -> str:
    """Throw the shadow of a raised part on what lies beneath."""
    shadow = sheet.define(
        '<filter id="@" x="-20%" y="-20%" width="140%" height="150%">'
        f'<feDropShadow dx="{height * 0.35:g}" dy="{height:g}" stdDeviation="{height * 0.55:g}"'
        f' flood-color="#0d080c" flood-opacity="{strength:g}"/></filter>'
    )
    return group(markup, extra=f'filter="{shadow}"')


def _body(sheet: Sheet, shade: Shade, *, finish: Finish) -> str:
    lit = blend(shade.base, shade.light, min(1, 0.85 * finish.sheen + _deep(shade)))
    far = blend(shade.base, shade.dark, 0.8 * finish.sheen)
    return sheet.linear(f"0 {lit}, .42 {shade.base}, 1 {far}", axis=".1 0 .75 1")


def _deep(shade: Shade) -> float:
    """Dark colors need a wider span to show their form."""
    return 0.5 * max(0, 0.3 - luminance(shade.base))


def _form(sheet: Sheet, shade: Shade, finish: Finish) -> str:
    depth = finish.relief
    dark, light = blend(shade.dark, "#120c14", 0.45), blend(shade.light, _WHITE, 0.35)
    dim = 0.45 + 0.55 * luminance(shade.base)
    steps = [
        _OPEN,
        _grain(finish, dim),
        f'<feGaussianBlur in="SourceAlpha" stdDeviation="{depth:g}" result="b"/>',
        _edge(depth * -0.55, dark, strength=finish.shadow, name="s"),
        _edge(depth * 0.5, light, strength=finish.glow, name="h"),
        _gloss(finish),
        '<feMerge><feMergeNode in="g"/><feMergeNode in="s"/><feMergeNode in="h"/>',
        '<feMergeNode in="r"/>' if finish.gloss else "",
        "</feMerge></filter>",
    ]
    return sheet.define("".join(steps))


def _grain(finish: Finish, dim: float) -> str:
    if not finish.height:
        return '<feOffset in="SourceGraphic" dx="0" dy="0" result="g"/>'
    height = finish.height * (0.7 + 0.3 * dim)
    return (
        f'<feTurbulence {finish.grain} seed="3"/><feGaussianBlur stdDeviation=".9"/>'
        f'<feDiffuseLighting surfaceScale="{height:.2f}" diffuseConstant=".94"'
        ' lighting-color="#fff"><feDistantLight azimuth="235" elevation="56"/>'
        '</feDiffuseLighting><feComposite in2="SourceGraphic" operator="arithmetic" k1="1.28"'
        ' result="t"/><feComposite in="t" in2="SourceGraphic" operator="in" result="g"/>'
    )


def _edge(offset: float, color: str, *, strength: float, name: str) -> str:
    """Tint what the form's blurred and shifted self no longer covers: an edge turning away."""
    red, green, blue = (f"{value / 255:.2f}" for value in channels(color))
    return (
        f'<feOffset in="b" dx="{offset:g}" dy="{offset * 1.25:g}" result="o"/>'
        '<feComposite in="SourceAlpha" in2="o" operator="out"/>'
        f'<feColorMatrix values="0 0 0 0 {red} 0 0 0 0 {green} 0 0 0 0 {blue}'
        f' 0 0 0 {strength:.2f} 0" result="{name}"/>'
    )


def _gloss(finish: Finish) -> str:
    if not finish.gloss:
        return ""
    return (
        f'<feGaussianBlur in="SourceAlpha" stdDeviation="{finish.relief * 0.6:g}"/>'
        f'<feSpecularLighting surfaceScale="9" specularConstant="{finish.gloss:g}"'
        ' specularExponent="36" lighting-color="#fff"><feDistantLight azimuth="238"'
        ' elevation="40"/></feSpecularLighting>'
        '<feComposite in2="SourceAlpha" operator="in" result="r"/>'
    )
