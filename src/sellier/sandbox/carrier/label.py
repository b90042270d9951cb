"""The label on a parcel, A6: read by a machine, by whoever sorts, and by whoever rings the bell."""

from typing import Final, Literal

import segno
from fpdf import FPDF

from sellier.sandbox.carrier import rules
from sellier.sandbox.carrier.values import Service, Shipment
from sellier.sandbox.carrier.wire import Address

WIDTH: Final = 105.0
HEIGHT: Final = 148.0
EDGE: Final = 7.0
INNER: Final = WIDTH - 2 * EDGE
FONT: Final = "helvetica"  # one that every printer has, as carriers' labels do
SERVICES: Final = {Service.STANDARD: "STANDARD", Service.EXPRESS: "EXPRESS"}
NAMES: Final = {Service.STANDARD: "48 h", Service.EXPRESS: "24 h"}
SPECIMEN: Final = "Étiquette d’essai : ce transporteur est imaginaire."  # noqa: RUF001  French

Style = Literal["", "B"]


def label(shipment: Shipment, *, public_url: str) -> bytes:
    """Return the label as PDF; the same shipment has the same label."""
    pdf = FPDF(unit="mm", format=(WIDTH, HEIGHT))
    pdf.set_creation_date(shipment.created_at)
    pdf.set_title(f"Porteo {shipment.number}")
    pdf.set_lang("fr")
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.add_page()
    pdf.set_line_width(0.3)
    _head(pdf, shipment)
    _sender(pdf, shipment)
    _recipient(pdf, shipment.recipient)
    _codes(pdf, shipment, url=f"{public_url}/track/{shipment.number}")
    _foot(pdf, shipment)
    return bytes(pdf.output())


def _head(pdf: FPDF, shipment: Shipment) -> None:
    pdf.set_fill_color(0)
    pdf.rect(0, 0, WIDTH, 21, style="F")
    pdf.set_text_color(255)
    _mark(pdf, x=EDGE, y=6.2)
    _text(pdf, (EDGE + 13, 13.8), "porteo", size=23, style="B")
    _right(pdf, 10.2, SERVICES[shipment.service], size=14, style="B")
    _right(pdf, 15.6, NAMES[shipment.service], size=10)
    pdf.set_text_color(0)


def _mark(pdf: FPDF, *, x: float, y: float) -> None:
    """Draw a parcel under an arch: two strokes that read at any size."""
    pdf.set_draw_color(255)
    pdf.set_line_width(1.3)
    pdf.arc(x, y, 9.5, 180, 360, b=11)
    pdf.line(x, y + 5.5, x, y + 8.6)
    pdf.line(x + 9.5, y + 5.5, x + 9.5, y + 8.6)
    pdf.set_fill_color(255)
    pdf.rect(x + 2.9, y + 4.9, 3.7, 3.7, style="F")
    pdf.set_draw_color(0)
    pdf.set_line_width(0.3)


def _sender(pdf: FPDF, shipment: Shipment) -> None:
    sender = shipment.sender
    _text(pdf, (EDGE, 27.5), "DE / FROM", size=6)
    name = _fit(pdf, sender.name, INNER * 0.62, size=8, style="B")
    _text(pdf, (EDGE, 31.6), name, size=8, style="B")
    where = ", ".join([*(line for line in sender.lines if line), _town(sender)])
    _text(pdf, (EDGE, 35.4), _fit(pdf, where, INNER * 0.66, size=8), size=8)
    _right(pdf, 27.5, "POIDS / WEIGHT", size=6)
    _right(pdf, 33.2, f"{shipment.weight_g / 1000:.2f} kg".replace(".", ","), size=12, style="B")
    pdf.line(EDGE, 39.5, WIDTH - EDGE, 39.5)


def _recipient(pdf: FPDF, to: Address) -> None:
    _text(pdf, (EDGE, 45), "À / TO", size=6)
    y = 52.2
    _text(pdf, (EDGE, y), _fit(pdf, to.name, INNER, size=15, style="B"), size=15, style="B")
    for line in (line for line in to.lines if line.strip()):
        y += 6
        _text(pdf, (EDGE, y), _fit(pdf, line, INNER, size=11.5), size=11.5)
    y += 8.2
    _text(pdf, (EDGE, y), _fit(pdf, _town(to), INNER - 20, size=16, style="B"), size=16, style="B")
    pdf.set_fill_color(0)
    pdf.set_text_color(255)
    pdf.rect(WIDTH - EDGE - 15, y - 6.6, 15, 8.6, style="F")
    pdf.set_font(FONT, "B", 16)
    pdf.text(WIDTH - EDGE - 7.5 - pdf.get_string_width(to.country) / 2, y - 0.4, to.country)
    pdf.set_text_color(0)
    if to.phone:
        _text(pdf, (EDGE, y + 5.6), _fit(pdf, to.phone, INNER, size=9), size=9)


def _codes(pdf: FPDF, shipment: Shipment, *, url: str) -> None:
    top = 92.0
    pdf.line(EDGE, top, WIDTH - EDGE, top)
    _qr(pdf, url, x=EDGE, y=top + 4.5, side=34)
    left = EDGE + 39
    _text(pdf, (left, top + 7.5), "NUMÉRO DE SUIVI / TRACKING", size=6)
    _text(pdf, (left, top + 14.4), rules.spaced(shipment.number), size=15, style="B")
    _text(pdf, (left, top + 21.4), "RÉFÉRENCE / REFERENCE", size=6)
    _text(pdf, (left, top + 26), _fit(pdf, shipment.reference, INNER - 39, size=10), size=10)
    _text(pdf, (left, top + 32.6), "ÉTABLIE LE / MADE ON", size=6)
    _text(pdf, (left, top + 37.2), f"{shipment.created_at:%d.%m.%Y  %H:%M} UTC", size=10)


def _foot(pdf: FPDF, shipment: Shipment) -> None:
    pdf.set_line_width(0.3)
    pdf.line(EDGE, 135.5, WIDTH - EDGE, 135.5)
    sort = f"{shipment.recipient.country} {shipment.recipient.postal_code[:2]}".strip()
    _text(pdf, (EDGE, 143.4), rules.printable(sort), size=17, style="B")
    _right(pdf, 140.2, SPECIMEN, size=6)
    _right(pdf, 143.2, "Specimen: this carrier does not exist.", size=6)


def _qr(pdf: FPDF, text: str, *, x: float, y: float, side: float) -> None:
    """Draw a code in plain squares, so that it is sharp at any resolution."""
    rows = segno.make(text, error="m", micro=False).matrix
    module = side / len(rows)
    pdf.set_fill_color(0)
    for down, row in enumerate(rows):
        for along, dark in enumerate(row):
            if dark:
                pdf.rect(x + along * module, y + down * module, module, module, style="F")


def _town(address: Address) -> str:
    return f"{address.postal_code} {address.city}".strip()


def _fit(pdf: FPDF, text: str, width: float, *, size: float, style: Style = "") -> str:
    """Shorten what would run over the edge of the paper."""
    pdf.set_font(FONT, style, size)
    shown = rules.printable(text)
    while len(shown) > 1 and pdf.get_string_width(shown) > width:
        shown = shown.rstrip("…")[:-1].rstrip() + "…"
    return shown


def _text(pdf: FPDF, at: tuple[float, float], text: str, *, size: float, style: Style = "") -> None:
    pdf.set_font(FONT, style, size)
    pdf.text(*at, text)


def _right(pdf: FPDF, y: float, text: str, *, size: float, style: Style = "") -> None:
    pdf.set_font(FONT, style, size)
    pdf.text(WIDTH - EDGE - pdf.get_string_width(text), y, text)
